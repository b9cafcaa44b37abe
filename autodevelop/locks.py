"""Locks on folders, which end with the processes that hold them."""
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from autodevelop.errors import AutodevelopError


@contextmanager
def held(folder: Path, what: str, holder: str) -> Iterator[None]:
    """Hold a folder, until this process and what it forked have ended.

    Whoever holds it is waited for, and named on standard error: ``waiting for
    WHAT, which HOLDER``.

    Raises AutodevelopError where no lock can be written.
    """
    with ExitStack() as locked:
        try:
            _lock(folder, what, holder, locked)
        except OSError as error:
            raise AutodevelopError(
                f'{what} cannot be used: {error}',
                f'see that there is room below {folder}, and that it can be '
                'written') from error
        yield


def _lock(folder: Path, what: str, holder: str, locked: ExitStack) -> None:
    from filelock import lock_descriptor
    folder.mkdir(parents=True, exist_ok=True)
    lock = locked.enter_context(open(folder / 'lock', 'ab'))
    # A file of its own: Windows lets nobody read what is locked.
    name = folder / 'holder'
    if not lock_descriptor(lock.fileno(), blocking=False):
        other = (name.read_text(encoding='utf-8', errors='replace')
                 if name.exists() else 'another process holds')
        sys.stderr.write(f'autodevelop: waiting for {what}, which {other}\n')
        lock_descriptor(lock.fileno())
    name.write_text(holder, encoding='utf-8')
