"""The processes of gunicorn that serve attempts."""
import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from autodevelop.deploy.target import Target
from autodevelop.system.process import run

PROC = Path('/proc')

LOOKS_PER_SCAN = 8
"""How many checks of a pid file there are per scan of all processes."""


class Process(NamedTuple):
    """A process of gunicorn that serves an attempt, or starts to."""

    pid: int
    parent: int
    number: int


def find_processes(target: Target, numbers: Sequence[int]) -> list[Process]:
    """The processes of these attempts, with or without their pid files.

    They are recognised by the folder of the attempt on the command line, or
    in the title that gunicorn sets when setproctitle is installed.
    """
    own = re.compile(
        r'.*(?: --config |gunicorn: \w+ \[)'
        rf'{re.escape(str(target.folder))}/run/(\d+)[/\]].*', re.DOTALL)
    # Slim images have no ps.
    listed = (_read_proc() if (PROC / 'self/cmdline').exists()
              else _ask_ps())
    every = [Process(pid, parent, int(found[1]))
             for pid, parent, command in listed
             if (found := own.fullmatch(command))]
    return [each for each in every
            if each.number in numbers and each.pid != os.getpid()]


def is_running(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True  # It is another user's.
    except ProcessLookupError:
        return False
    with suppress(OSError):  # Without /proc it is not known.
        return _stat(PROC / str(pid))[0] != b'Z'
    return True


def _stat(folder: Path) -> list[bytes]:
    """State, parent and more of a process; see proc_pid_stat(5)."""
    return (folder / 'stat').read_bytes().rpartition(b')')[2].split()


def _read_proc() -> Iterator[tuple[int, int, str]]:
    """The pid, parent and command of the processes of this user; see proc(5).
    """
    user = os.getuid()
    for folder in PROC.iterdir():
        # A process may exit meanwhile; another user's is not ours to stop.
        with suppress(OSError):
            if folder.name.isdecimal() and (
                    user in (0, folder.stat().st_uid)):
                command = os.fsdecode((folder / 'cmdline').read_bytes())
                yield (int(folder.name), int(_stat(folder)[1]),
                       command.replace('\0', ' '))


def _ask_ps() -> Iterator[tuple[int, int, str]]:
    whose = ['-A'] if os.getuid() == 0 else ['-U', str(os.getuid())]
    listed = run(['ps', *whose, '-ww', '-o', 'pid=,ppid=,command='], {})
    for line in listed.output.decode(errors='replace').splitlines():
        pid, parent, *command = line.split(None, 2)
        yield int(pid), int(parent), ''.join(command)


def kill_marked(mark: str) -> int:
    """Kill the processes of this user with this in their environment.

    Only on Linux; how many there were.
    """
    found = 0
    for folder in PROC.glob('[0-9]*'):
        # It may have exited meanwhile, or be another user's.
        with suppress(OSError):
            if mark.encode() in (folder / 'environ').read_bytes().split(b'\0'):
                os.kill(int(folder.name), signal.SIGKILL)
                found += 1
    return found


def has_exited(target: Target, number: int) -> Callable[[], bool]:
    """Return a function that tells whether the gunicorn of an attempt exited.

    It looks for the pid file, and every 8th time through all processes, since
    gunicorn may exit before its pid file was ever seen.
    """
    path, asked, seen = target.run(number) / 'pid', 0, False

    def ask() -> bool:
        nonlocal asked, seen
        asked += 1
        try:
            os.kill(int(path.read_text()), 0)
        except PermissionError:
            pass  # It runs, as another user.
        except (OSError, ValueError):
            return seen or (not asked % LOOKS_PER_SCAN
                            and not find_processes(target, [number]))
        seen = True
        return False

    return ask


def send_signal(target: Target, numbers: Sequence[int],
                number: signal.Signals) -> bool:
    """Send a signal to the gunicorns of these attempts; False without any.

    SIGKILL is sent to their workers as well, which would run on for a moment.
    """
    found = find_processes(target, numbers)
    workers = {each.pid for each in found
               if each.parent in {other.pid for other in found}}
    for each in found:
        if each.pid not in workers or number == signal.SIGKILL:
            with suppress(ProcessLookupError):  # It has exited meanwhile.
                os.kill(each.pid, number)
    return bool(found)
