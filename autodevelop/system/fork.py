"""Python modules run as programs, in a copy of this process.

A child continues in a function of its own: coverage no longer measures the
function that was running at the fork.
"""
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import IO, NamedTuple, NoReturn

from autodevelop.system.locks import HELD
from autodevelop.system.process import (
    Variables, merged, run_foreground, stop_child,
)
from autodevelop.system.signals import (
    hold_signals, lead_a_group, needs_a_group,
)

FORKS = hasattr(os, 'fork') and sys.platform != 'darwin'
"""Whether forking is safe: system libraries of macOS may abort in a forked
child (https://bugs.python.org/issue33725), and Windows cannot fork."""

MODULE = (sys.executable, '-P', '-c',
          'import runpy, sys; sys.path.append("."); '
          'runpy.run_module(sys.argv.pop(1), None, "__main__", True)')
"""What comes before ``module argument ...``, as ``python -m`` does.

Modules of the current folder come last: one may be an email.py.
"""

NOTHING = nullcontext()


def run_module(module: str, arguments: Sequence[str], variables: Variables,
               folder: Path, output: IO[bytes],
               meanwhile: AbstractContextManager[None] = NOTHING) -> int:
    """Run ``python -m module`` in the foreground; forked, if that is safe.

    A fork saves the start of Python and its imports: 80 of 310 ms of a
    pre-commit hook. The child shares our locks, so that nobody enters a room
    while what runs there outlives us.

    meanwhile: entered once it runs, so that it may start threads.

    Returns its exit status.
    """
    if not FORKS:
        with meanwhile:
            return run_foreground([*MODULE, module, *arguments], variables,
                                  folder, output, pass_fds=HELD)
    sys.stderr.flush()  # only on linux
    release = hold_signals()  # only on linux
    child = _Forked(os.fork() or _exec_module(  # only on linux
        module, arguments, variables, folder, output.fileno(), release))
    try:  # only on linux
        release()
        if needs_a_group():
            child.lead_a_group()
        with meanwhile:
            return child.wait()
    except BaseException:  # only on linux
        stop_child(child)
        raise


class _Forked(NamedTuple):  # only on linux
    """A forked child, waited for as a Popen is."""

    pid: int

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit status; raise TimeoutExpired as Popen does."""
        if timeout is None:
            return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            try:
                ended, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                return 130  # It ended as a signal interrupted wait().
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        raise subprocess.TimeoutExpired('', timeout)

    def send_signal(self, sig: int, /) -> None:
        os.kill(self.pid, sig)

    def lead_a_group(self) -> None:
        """Create the group now, even if the child was not scheduled yet."""
        with suppress(OSError):  # It may have exited.
            os.setpgid(self.pid, self.pid)


def _exec_module(module: str, arguments: Sequence[str], variables: Variables,
                 folder: Path, output: int, release: Callable[[], None],
                 ) -> NoReturn:  # only on linux
    """Become ``python -m module``, in a forked child."""
    status = 1
    try:
        if needs_a_group():
            lead_a_group()
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for stream in (1, 2):
            os.dup2(output, stream)
        sys.stdin = open(0)
        sys.stdout, sys.stderr = (
            open(stream, 'w', buffering=1, errors='backslashreplace')
            for stream in (1, 2))
        environment = merged(variables)
        _forget_paths(environment)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = [module, *arguments]
        sys.path.append(str(folder))  # As in MODULE.
        for name in [each for each in sys.modules
                     if each.partition('.')[0] == 'autodevelop']:
            del sys.modules[name]
        status = _run_main(module, release)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            # Returning would unwind the frames of the parent.
            os._exit(status)


def _forget_paths(environment: dict[str, str]) -> None:  # only on linux
    """Take what PYTHONPATH no longer has off the path of this copy."""
    before, after = (each.get('PYTHONPATH', '').split(os.pathsep)
                     for each in (os.environ, environment))
    gone = set(before) - set(after)
    sys.path[:] = [each for each in sys.path if each not in gone]


def _run_main(module: str, release: Callable[[], None],
              ) -> int:  # only on linux
    import runpy
    try:
        release()
        runpy.run_module(module, run_name='__main__', alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f'{end.code}\n')
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except KeyboardInterrupt:
        return 130
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    return 0
