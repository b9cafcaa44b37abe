"""Python modules run as programs, in a copy of this process.

A copy goes on in a function of its own, called where it is forked: coverage
measures no more of the function that was running when it was forked.
"""
import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple, NoReturn

from autodevelop.process import (
    Environment, attend, end_child, lead_a_group, merged, needs_a_group,
)


FORKS = hasattr(os, 'fork') and sys.platform != 'darwin'
"""Whether a copy of a process can be trusted: the libraries of macOS may
abort in one, and Windows has none."""


def attend_module(module: str, arguments: Sequence[str],
                  environment: Environment, folder: Path,
                  output: IO[bytes] | None = None) -> int:
    """Attend to ``python -m module``: in a copy of this process, if it FORKS.

    Starting Python, and importing again what this process has imported,
    would be a quarter of what nox costs on the way of a commit. The copy
    also holds the locks that we hold, so that a room is not entered while
    what runs there outlives us.
    """
    if not FORKS:
        return attend([sys.executable, '-m', module, *arguments], environment,
                      folder, output)
    target = output or sys.stderr.fileno()
    sys.stderr.flush()
    child = _Forked(os.fork() or _become(
        module, arguments, environment, folder,
        target if isinstance(target, int) else target.fileno()))
    try:
        if needs_a_group():
            child.lead_a_group()
        return child.wait()
    except BaseException:
        end_child(child)
        raise


def leave(task: Callable[[], object]) -> None:
    """Have a copy of this process do a task, for which nobody waits.

    It has no terminal, no input, no output and no parent. Where a copy
    cannot be trusted, the task is waited for.
    """
    if not FORKS:
        task()
        return
    sys.stdout.flush()
    sys.stderr.flush()
    os.waitpid(os.fork() or _detach(task), 0)


def _detach(task: Callable[[], object]) -> NoReturn:
    """Leave the task to a child that nobody is the parent of."""
    try:
        os.setsid()
        os.fork() or _do_alone(task)
    finally:
        os._exit(0)


def _do_alone(task: Callable[[], object]) -> NoReturn:
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        # Else who reads what this process writes waits for this, too.
        _close_all_but_streams()
        task()
    finally:
        os._exit(0)


def _close_all_but_streams() -> None:
    for stream in map(int, os.listdir('/dev/fd')):
        if stream > 2:
            try:
                os.close(stream)
            except OSError:
                pass  # The one that the listing itself was read from.


@contextmanager
def relayed() -> Iterator[None]:
    """Write standard error to somebody who may go away meanwhile.

    A copy of this process hands it on, and drops it when nobody reads it any
    more, so that what is going on here goes on.
    """
    reader, writer = os.pipe()
    sys.stderr.flush()
    child = os.fork() or _hand_on(reader, writer)
    os.close(reader)
    before = os.dup(2)
    os.dup2(writer, 2)
    os.close(writer)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(before, 2)
        os.close(before)
        os.waitpid(child, 0)


def _hand_on(reader: int, writer: int) -> NoReturn:
    try:
        os.close(writer)
        os.setsid()
        while read := os.read(reader, 65536):
            try:
                os.write(2, read)
            except OSError:
                pass  # It is read to the end all the same.
    finally:
        os._exit(0)


class _Forked(NamedTuple):
    """A child without a program of its own."""

    pid: int

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status; raises TimeoutExpired as Popen does."""
        if timeout is None:
            return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        raise subprocess.TimeoutExpired('', timeout)

    def send_signal(self, sig: int, /) -> None:
        os.kill(self.pid, sig)

    def lead_a_group(self) -> None:
        """Have the group be there, even if the child was not run yet."""
        with suppress(OSError):  # It may have ended.
            os.setpgid(self.pid, self.pid)


def _become(module: str, arguments: Sequence[str], environment: Environment,
            folder: Path, output: int) -> NoReturn:
    """Be ``python -m module`` from here on."""
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
        variables = merged(environment)
        os.environ.clear()
        os.environ.update(variables)
        sys.argv = [module, *arguments]
        sys.path.insert(0, str(folder))
        for name in [each for each in sys.modules
                     if each.partition('.')[0] == 'autodevelop']:
            del sys.modules[name]
        status = _run_module(module)
    except BaseException:
        import traceback
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            # Beyond this are the frames of the process that was copied.
            os._exit(status)


def _run_module(module: str) -> int:
    import importlib
    import runpy
    import traceback
    try:
        # What is imported stays; looking for garbage among it takes long.
        gc.disable()
        importlib.import_module(module)
        gc.enable()
        runpy.run_module(module, run_name='__main__', alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f'{end.code}\n')
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except KeyboardInterrupt:
        return 130
    except BaseException:
        traceback.print_exc()
        return 1
    return 0
