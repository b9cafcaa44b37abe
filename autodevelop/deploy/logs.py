"""What releases and their servers wrote: a file for each attempt."""
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from autodevelop.deploy.history import History
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError

KEPT = 20
"""How many logs of attempts stay."""

MAX_BYTES = 10 * 1024 * 1024
"""How much stays of the log of an attempt that has ended: its end."""

POLL_SECONDS = 0.2


def log_path(target: Target, number: int) -> Path:
    """The log of an attempt; it stays when the attempt has ended."""
    return target.folder / 'logs' / f'{number}.log'


def open_log(target: Target, number: int) -> Path:
    """Create the log of an attempt; return what its processes write to."""
    path = log_path(target, number)
    path.parent.mkdir(mode=0o750, exist_ok=True)
    path.touch(mode=0o640)
    link = target.run(number) / 'log'
    link.symlink_to(path)
    return link


def prune_logs(target: Target) -> None:
    """Remove all but the newest logs; of what has ended, keep the end."""
    running = target.attempts()
    logs = sorted((int(path.stem), path)
                  for path in (target.folder / 'logs').glob('[0-9]*.log'))
    for number, path in logs[:-KEPT]:
        if number not in running:
            path.unlink()
    for number, path in logs[-KEPT:]:
        if number not in running and path.stat().st_size > MAX_BYTES:
            _shorten(path)


def _shorten(path: Path) -> None:
    new = path.with_suffix('.new')
    with path.open('rb') as whole, new.open('wb') as end:
        whole.seek(-MAX_BYTES, os.SEEK_END)
        whole.readline()
        shutil.copyfileobj(whole, end)
    new.replace(path)


def last_lines(target: Target, number: int, lines: int) -> str:
    """The end of the log of an attempt; empty without one."""
    log = log_path(target, number)
    if not log.exists():
        return ''
    text = log.read_text(encoding='utf-8', errors='backslashreplace')
    return ''.join(f'{line}\n' for line in text.splitlines()[-lines:])


def attempt_log(target: Target, prefix: str, lines: int) -> str:
    """The end of the log of the newest attempt at a release, by its id."""
    number = next((each.number for each in History(target).attempts()
                   if each.release.startswith(prefix)), 0)
    if not log_path(target, number).exists():
        raise AutodevelopError(
            f'there is no log of {prefix} in {target.folder}',
            'see whether it was started: autodevelop deploy releases')
    return last_lines(target, number, lines)


def read_log(target: Target, lines: int) -> str:
    """The last lines of this and, if it has fewer, of earlier releases."""
    live = target.live()
    if live is None:
        raise AutodevelopError(f'nothing is live in {target.folder}',
                               'deploy a commit: autodevelop deploy REV')
    text = ''
    for number in range(live, max(live - KEPT, 0), -1):
        missing = lines - text.count('\n')
        if missing > 0:
            text = last_lines(target, number, missing) + text
    return text


def follow(target: Target) -> Iterator[str]:
    """Yield what is written from now on, by whatever is live then."""
    number = target.live()
    place = _size(target, number)
    while True:
        live = target.live()
        if live != number:
            yield _read_from(target, number, place)
            number, place = live, 0
        text = _read_from(target, number, place)
        place += len(text.encode(errors='surrogateescape'))
        yield text
        time.sleep(POLL_SECONDS)


def _size(target: Target, number: int | None) -> int:
    path = log_path(target, number or 0)
    return path.stat().st_size if path.exists() else 0


def _read_from(target: Target, number: int | None, place: int) -> str:
    path = log_path(target, number or 0)
    if not path.exists():
        return ''
    with path.open('rb') as log:
        log.seek(place)
        return log.read().decode(errors='surrogateescape')
