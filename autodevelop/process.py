"""The one door to other programs: argument lists, never a shell."""
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple, NoReturn, Protocol

Environment = Mapping[str, str | None]
"""Variables that differ from this process's; None unsets one."""

PATIENCE = 5.0
"""Seconds that an interrupted program has to end its own children."""


class Completed(NamedTuple):
    """How a program ended, and the bytes that it printed."""

    status: int
    output: bytes
    messages: bytes


def start(command: Sequence[str], environment: Environment,
          folder: Path | None = None) -> subprocess.Popen[str]:
    """Start a program to read what it prints; several run side by side.

    folder: where it runs; None is the current folder.
    """
    return subprocess.Popen(
        command, cwd=folder, env=_merged(environment),
        text=True, encoding='utf-8', errors='backslashreplace',
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)


def run(command: Sequence[str], environment: Environment,
        folder: Path | None = None, given: bytes = b'') -> Completed:
    """Run a program to its end; what it is given is its standard input."""
    done = subprocess.run(command, cwd=folder, env=_merged(environment),
                          input=given, capture_output=True)
    return Completed(done.returncode, done.stdout, done.stderr)


def attend(command: Sequence[str], environment: Environment, folder: Path,
           output: IO[bytes] | None = None, given: bytes = b'') -> int:
    """Run a program that has children, and end them all if we are ended.

    output: where it prints; None is this process's standard error, so that
        standard output is for the caller's own words.
    """
    target = output or sys.stderr.fileno()
    stdin = subprocess.PIPE if given else subprocess.DEVNULL
    with subprocess.Popen(command, cwd=folder, env=_merged(environment),
                          stdin=stdin, stdout=target, stderr=target) as child:
        try:
            if child.stdin:
                _give(child.stdin, given)
            return child.wait()
        except BaseException:
            _end(child)
            raise


def attend_module(module: str, arguments: Sequence[str],
                  environment: Environment, folder: Path,
                  output: IO[bytes] | None = None) -> int:
    """Attend to ``python -m module``: forked, where a platform has that.

    Starting Python, and importing again what this process has imported,
    would be a quarter of what nox costs on the way of a commit. The copy
    also holds the locks that we hold, so that a room is not entered while
    what runs there outlives us.
    """
    if not hasattr(os, 'fork'):
        return attend([sys.executable, '-m', module, *arguments], environment,
                      folder, output)
    target = output or sys.stderr.fileno()
    sys.stderr.flush()
    child = _Forked(os.fork())
    if not child.pid:
        _become(module, arguments, environment, folder,
                target if isinstance(target, int) else target.fileno())
    try:
        return child.wait()
    except BaseException:
        _end(child)
        raise


def interrupt_on_signals() -> None:
    """Have SIGTERM and SIGHUP do what Ctrl-C does: unwind, and end children.

    Python's own answer to them is to die at once, which leaves what it
    started running.
    """
    # Windows has no SIGHUP.
    for number in (signal.SIGTERM, getattr(signal, 'SIGHUP', signal.SIGTERM)):
        signal.signal(number, signal.default_int_handler)


def _merged(environment: Environment) -> dict[str, str]:
    merged = {**os.environ, **environment}
    return {name: value for name, value in merged.items() if value is not None}


def _give(stdin: IO[bytes], given: bytes) -> None:
    try:
        stdin.write(given)
        stdin.close()
    except BrokenPipeError:
        pass  # It may end without reading all of it, as git's hooks may.


class _Child(Protocol):
    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int, /) -> None: ...


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


def _become(module: str, arguments: Sequence[str], environment: Environment,
            folder: Path, output: int) -> NoReturn:  # pragma: no cover
    """Be ``python -m module`` from here on; what ends here is not measured."""
    status = 1
    try:
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for stream in (1, 2):
            os.dup2(output, stream)
        sys.stdin = open(0)
        sys.stdout, sys.stderr = (
            open(stream, 'w', buffering=1, errors='backslashreplace')
            for stream in (1, 2))
        merged = _merged(environment)
        os.environ.clear()
        os.environ.update(merged)
        sys.argv, sys.path[0] = [module, *arguments], str(folder)
        for name in [each for each in sys.modules
                     if each.partition('.')[0] == 'autodevelop']:
            del sys.modules[name]
        status = _run_module(module)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _run_module(module: str) -> int:  # pragma: no cover
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


def _end(child: _Child) -> None:
    """Wait for a child that got the same Ctrl-C; else interrupt, then kill.

    nox ends its own children when it is interrupted, but a second
    interruption meanwhile would make it leave them.
    """
    try:
        child.wait(1.0)
    except subprocess.TimeoutExpired:
        child.send_signal(getattr(signal, 'CTRL_C_EVENT', signal.SIGINT))
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.send_signal(getattr(signal, 'SIGKILL', signal.SIGTERM))
            child.wait()
