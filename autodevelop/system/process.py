"""The only way to run other programs: argument lists, never a shell."""
import os
import signal
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import IO, NamedTuple, Protocol

from autodevelop.system.signals import heeding_interrupts, needs_a_group

Variables = Mapping[str, str | None]
"""Environment variables that differ from this process's; None unsets one."""

SAME_SIGNAL_SECONDS = 1.0
"""Time to exit for a child that the terminal interrupted with us."""

INTERRUPT_SECONDS = 5.0
"""Time for an interrupted child to stop its own children."""


class Completed(NamedTuple):
    """The exit status of a program, and the bytes that it printed."""

    status: int
    output: bytes
    messages: bytes


def start(command: Sequence[str], variables: Variables,
          folder: Path | None = None) -> subprocess.Popen[str]:
    """Start a program whose output is read later; several run side by side.

    folder: where it runs; None is the current folder.
    """
    return subprocess.Popen(
        command, cwd=folder, env=merged(variables),
        text=True, encoding='utf-8', errors='backslashreplace',
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)


def run(command: Sequence[str], variables: Variables,
        folder: Path | None = None, input: bytes = b'') -> Completed:
    """Run a program and return what it printed."""
    with subprocess.Popen(
            command, cwd=folder, env=merged(variables), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        try:
            output, messages = child.communicate(input)
        except BaseException:
            # As subprocess.run does; but sudo is root's, not ours to kill.
            with suppress(PermissionError):
                child.kill()
            raise
    return Completed(child.returncode, output, messages)


def run_foreground(command: Sequence[str], variables: Variables, folder: Path,
                   output: IO[bytes] | None = None, input: bytes = b'',
                   pass_fds: Collection[int] = ()) -> int:
    """Run a program; if interrupted, stop it and its children.

    output: where it prints; None is this process's standard error, so that
        standard output has only the caller's own.
    pass_fds: open files that it keeps, as for Popen.

    Returns its exit status.
    """
    target = output or sys.stderr.fileno()
    stdin = subprocess.PIPE if input else subprocess.DEVNULL
    apart = needs_a_group()
    with heeding_interrupts() if apart else nullcontext():
        child = subprocess.Popen(
            command, cwd=folder, env=merged(variables), stdin=stdin,
            stdout=target, stderr=target, pass_fds=pass_fds,
            process_group=0 if apart else None)
    with child:
        try:
            if child.stdin:
                _write(child.stdin, input)
            return child.wait()
        except BaseException:
            stop_child(child)
            raise


def run_apart(command: Sequence[str]) -> tuple[int, bytes]:
    """Run a program that is not trusted with this terminal.

    It is in a session of its own, where it cannot type for its user:
    https://man7.org/linux/man-pages/man2/TIOCSTI.2const.html
    If interrupted, that is left to the caller: it may be another user's.

    Returns its exit status and what it printed; messages are passed on.
    """
    from tempfile import TemporaryFile  # Hooks do not wait for it.
    with TemporaryFile() as output:
        child = subprocess.Popen(
            command, cwd='/', env=merged({}), stdin=subprocess.DEVNULL,
            stdout=output, start_new_session=True)
        status = child.wait()
        output.seek(0)
        return status, output.read()


def start_detached(command: Sequence[str]) -> None:
    """Start a program in a session of its own, and do not wait for it.

    It has no input and no output: readers of this process's do not wait for
    it.
    """
    subprocess.Popen(
        command, env=merged({}), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True)


def merged(variables: Variables) -> dict[str, str]:
    """This process's environment variables, changed by these."""
    both = {**os.environ, **variables}
    return {name: value for name, value in both.items() if value is not None}


def _write(stdin: IO[bytes], content: bytes) -> None:
    try:
        stdin.write(content)
        stdin.close()
    except BrokenPipeError:
        pass  # A hook may exit without reading all of its input.


class Child(Protocol):
    """The part of Popen that stopping a child needs."""

    @property
    def pid(self) -> int: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int, /) -> None: ...


def stop_child(child: Child) -> None:
    """Wait for a child that got the same Ctrl-C; else interrupt, then kill.

    nox stops its children when it is interrupted; a second SIGINT meanwhile
    would make it leave them running.
    """
    if needs_a_group():
        _stop_group(child)
        return
    try:
        child.wait(SAME_SIGNAL_SECONDS)
    except subprocess.TimeoutExpired:
        # Windows sends Ctrl-C to all processes of a console.
        child.send_signal(signal.SIGTERM if sys.platform == 'win32'
                          else signal.SIGINT)
        try:
            child.wait(INTERRUPT_SECONDS)
        except subprocess.TimeoutExpired:
            child.send_signal(getattr(signal, 'SIGKILL', signal.SIGTERM))
            child.wait()


def _stop_group(child: Child) -> None:
    """Interrupt the whole group of a child, as a terminal does; then kill."""
    _signal_group(child.pid, signal.SIGINT)
    try:
        child.wait(INTERRUPT_SECONDS)
    except subprocess.TimeoutExpired:
        _signal_group(child.pid, signal.SIGKILL)
        child.wait()
    finally:
        # The child may exit before its own children, which may ignore SIGINT.
        _signal_group(child.pid, signal.SIGKILL)


def _signal_group(leader: int, number: int) -> None:
    assert sys.platform != 'win32'
    # It may have exited; for a zombie macOS raises PermissionError.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
