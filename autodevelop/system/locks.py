"""Locks on folders, released when the processes that hold them exit."""
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.system.output import say


@contextmanager
def lock(folder: Path, what: str, owner: str) -> Iterator[None]:
    """Lock a folder until this process and its forked children have exited.

    If it is locked, wait, and say for whom: ``waiting for WHAT: OWNER``.

    Raises AutodevelopError when no lock file can be written.
    """
    with ExitStack() as stack:
        try:
            _acquire(folder, what, owner, stack)
        except OSError as error:
            raise AutodevelopError(
                f'cannot lock {what}: {error}',
                f'check that the disk has space and {folder} is writable',
            ) from error
        yield


def _acquire(folder: Path, what: str, owner: str, stack: ExitStack) -> None:
    from filelock import lock_descriptor
    folder.mkdir(parents=True, exist_ok=True)
    file = stack.enter_context(open(folder / 'lock', 'ab'))
    # In a file of its own: nobody can read a locked file on Windows.
    name = folder / 'owner'
    if not lock_descriptor(file.fileno(), blocking=False):
        other = (name.read_text(encoding='utf-8', errors='replace')
                 if name.exists() else 'another process has locked it')
        say(f'waiting for {what}: {other}')
        lock_descriptor(file.fileno())
    name.write_text(owner, encoding='utf-8')
