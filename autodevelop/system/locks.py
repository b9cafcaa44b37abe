"""Locks on folders, released when the processes that hold them exit.

A killed process may leave a child that still works in the folder. So the child
holds the lock, too: it inherits the open file. On Windows a lock belongs to
one process alone, and what that has started is killed with it.
"""
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.system.output import say
from autodevelop.system.owners import foreign_owner

if sys.platform == 'win32':  # only on windows
    import msvcrt
else:
    import fcntl

HELD = set[int]()
"""The open files of our locks, for children that must hold them, too."""

POLL_SECONDS = 0.05
"""Time between two attempts to lock what another process has locked."""


@contextmanager
def lock(folder: Path, what: str, owner: str,
         within: Path | None = None) -> Iterator[None]:
    """Lock a folder in this block, and while a child has the open file.

    If it is locked, wait, and say who has it: ``waiting for WHAT: OWNER``.

    within: what another user owns there is named, too, if that fails.
    """
    with ExitStack() as stack:
        try:
            _acquire(folder, what, owner, stack)
        except OSError as error:
            # Another user may have made what is there.
            found, hint = foreign_owner(within or folder) or (
                error, f'check that the disk has space and {folder} is '
                'writable')
            raise AutodevelopError(f'cannot lock {what}: {found}',
                                   hint) from error
        yield


def _acquire(folder: Path, what: str, owner: str, stack: ExitStack) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file = stack.enter_context(open(folder / 'lock', 'ab'))
    # In a file of its own: nobody can read a locked file on Windows.
    name = folder / 'owner'
    if not _try_lock(file.fileno()):
        say(f'waiting for {what}: {_owner(name)}')
        while not _try_lock(file.fileno()):
            time.sleep(POLL_SECONDS)
    if sys.platform == 'win32':  # only on windows
        _kill_children_with_us()
    else:  # only on linux macos
        HELD.add(file.fileno())
        stack.callback(HELD.remove, file.fileno())
    name.write_text(owner, encoding='utf-8')


def _owner(name: Path) -> str:
    try:
        since = time.time() - name.stat().st_mtime
        owner = name.read_text(encoding='utf-8', errors='replace')
    except OSError:
        return 'another process has locked it'
    return f'{owner} (since {since:.0f} s)' if since >= 1 else owner


def locked_by(folder: Path) -> str:
    """Who has locked a folder; empty if nobody has."""
    try:
        with open(folder / 'lock', 'rb') as file:
            return '' if _try_lock(file.fileno()) else _owner(folder / 'owner')
    except OSError:
        return ''


def _try_lock(descriptor: int) -> bool:
    """Lock an open file as filelock does; False if another process has it.

    Without importing filelock, which takes 62 ms of the 560 of a commit.
    """
    try:
        if sys.platform == 'win32':  # only on windows
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:  # only on windows
        if error.errno:  # Wine gives none to what is locked.
            raise
        return False
    return True


if sys.platform == 'win32':  # only on windows
    @cache
    def _kill_children_with_us() -> None:
        """Put this process, and what it starts, in a job that ends with it:
        https://learn.microsoft.com/windows/win32/procthread/job-objects
        """
        from ctypes import WinDLL, c_void_p, sizeof, wintypes
        kernel = WinDLL('kernel32')
        for function in (kernel.CreateJobObjectW, kernel.GetCurrentProcess):
            function.restype = wintypes.HANDLE
        job = wintypes.HANDLE(kernel.CreateJobObjectW(None, None))
        # JOBOBJECT_EXTENDED_LIMIT_INFORMATION; its fifth number is LimitFlags.
        size = 80 + 8 * sizeof(c_void_p)
        limits = (wintypes.DWORD * (size // 4))()
        limits[4] = 0x2000  # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
        kernel.SetInformationJobObject(job, 9, limits, size)
        kernel.AssignProcessToJobObject(
            job, wintypes.HANDLE(kernel.GetCurrentProcess()))
