"""Files and folders of an application that stay when releases change."""
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.system.output import say

NAMED = 3
"""Files of an application that a line names."""


def link_shared(target: Target, release: Path, names: Sequence[str]) -> None:
    """Link these paths of a release to what stays of them.

    What the first release has at such a path becomes what is shared. A name
    with a dot is a file, which the application may create; others are folders.
    """
    for name in names:
        shared = target.folder / 'shared' / name.rstrip('/')
        path = release / name.rstrip('/')
        try:
            _link(path, shared, is_folder=(
                name.endswith('/') or '.' not in shared.name))
        except OSError as error:
            raise AutodevelopError(
                f'cannot share {name}: {error.strerror}',
                f'see what is at {shared}', status=1) from error


def _link(path: Path, shared: Path, is_folder: bool) -> None:
    if path.is_symlink() and os.readlink(path) == str(shared):
        return
    shared.parent.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not shared.exists():
        if path.is_dir():
            shutil.copytree(path, shared, symlinks=True)
        elif path.exists():
            shutil.copy2(path, shared)
        elif is_folder:
            shared.mkdir()
    new = path.with_name(f'.{path.name}.shared')
    new.unlink(missing_ok=True)
    new.symlink_to(shared)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    new.replace(path)


def say_left_behind(target: Target, before: int, live: int) -> None:
    """Say what the application wrote in the release that another replaced.

    It wrote that after gunicorn was ready, which then loaded it.
    """
    try:
        release, other = (
            target.run(number).joinpath('release').resolve(strict=True)
            for number in (before, live))
        since = (target.run(before) / 'ready').stat().st_mtime
        names = [str(path.relative_to(release))
                 for path in _written(release, since)]
    except FileNotFoundError:
        return
    if names and release != other:
        say(f'the application wrote files in {release}, which the new release '
            f'does not have: {", ".join(names[:NAMED])}'
            f'{"..." if names[NAMED:] else ""}')
        say(f'to keep such files: move them to {target.folder / "shared"}, '
            'and name them in shared of [tool.autodevelop.deploy]')


def keep_written(target: Target, commit: str, since: float) -> None:
    """Move what an application wrote in its release to where it stays.

    since: when the release went live.
    """
    release, kept = target.releases / commit, target.folder / 'left' / commit
    files = _written(release, since)
    for path in files:
        new = kept / path.relative_to(release)
        new.parent.mkdir(parents=True, exist_ok=True)
        path.replace(new)
    if files:
        say(f'what the application wrote in the old release {commit[:12]} is '
            f'now in {kept}')


def _written(release: Path, since: float) -> list[Path]:
    """The files that were written later; not those that Python compiles."""
    return sorted(
        Path(folder, name) for folder, _, names in os.walk(release)
        if Path(folder).name != '__pycache__' for name in names
        if Path(folder, name).lstat().st_mtime > since)
