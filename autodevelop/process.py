"""The one door to other programs: argument lists, never a shell."""
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple, Protocol

Environment = Mapping[str, str | None]
"""Variables that differ from this process's; None unsets one."""

SAME_SIGNAL = 1.0
"""Seconds to end for a child that a terminal interrupted with us."""

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
        command, cwd=folder, env=merged(environment),
        text=True, encoding='utf-8', errors='backslashreplace',
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)


def run(command: Sequence[str], environment: Environment,
        folder: Path | None = None, given: bytes = b'') -> Completed:
    """Run a program to its end; what it is given is its standard input."""
    done = subprocess.run(command, cwd=folder, env=merged(environment),
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
    with subprocess.Popen(
            command, cwd=folder, env=merged(environment), stdin=stdin,
            stdout=target, stderr=target,
            preexec_fn=lead_a_group if needs_a_group() else None) as child:
        try:
            if child.stdin:
                _give(child.stdin, given)
            return child.wait()
        except BaseException:
            end_child(child)
            raise


def needs_a_group() -> bool:
    """Whether a child must lead a process group, so that it can be ended.

    SIGINT is ignored in a job in the background of sh, and so below many CI
    runners: a terminal's Ctrl-C is not for it. Children inherit that, and
    would ignore ours. SIGTERM is no help: nox dies of it at once and leaves
    its own children. In a group of its own a child may heed SIGINT, since a
    terminal interrupts another group; and we reach all of its children.
    """
    return sys.platform != 'win32' and (
        signal.getsignal(signal.SIGINT) == signal.SIG_IGN)


def lead_a_group() -> None:
    """Lead a process group that can be interrupted: for a new child."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def interrupt_on_signals() -> None:
    """Have SIGTERM and SIGHUP do what Ctrl-C does: unwind, and end children.

    Python's own answer to them is to die at once, which leaves what it
    started running. What is ignored stays ignored: nohup means it so.
    """
    # Windows has no SIGHUP.
    for number in (signal.SIGTERM, getattr(signal, 'SIGHUP', signal.SIGTERM)):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def merged(environment: Environment) -> dict[str, str]:
    """All variables of a program that differs in these."""
    both = {**os.environ, **environment}
    return {name: value for name, value in both.items() if value is not None}


def _give(stdin: IO[bytes], given: bytes) -> None:
    try:
        stdin.write(given)
        stdin.close()
    except BrokenPipeError:
        pass  # It may end without reading all of it, as git's hooks may.


class Child(Protocol):
    """What there is of a Popen that ends as children do."""

    @property
    def pid(self) -> int: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int, /) -> None: ...


def end_child(child: Child) -> None:
    """Wait for a child that got the same Ctrl-C; else interrupt, then kill.

    nox ends its own children when it is interrupted, but a second
    interruption meanwhile would make it leave them.
    """
    if needs_a_group():
        _end_group(child)
        return
    try:
        child.wait(SAME_SIGNAL)
    except subprocess.TimeoutExpired:
        # Windows has sent its Ctrl-C to all that share the console.
        child.send_signal(signal.SIGTERM if sys.platform == 'win32'
                          else signal.SIGINT)
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.send_signal(getattr(signal, 'SIGKILL', signal.SIGTERM))
            child.wait()


def _end_group(child: Child) -> None:
    """Interrupt all of a child's group, as a terminal does; then kill it."""
    _signal_group(child.pid, signal.SIGINT)
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        _signal_group(child.pid, signal.SIGKILL)
        child.wait()
    finally:
        # The child may have ended before its own, which may ignore SIGINT.
        _signal_group(child.pid, signal.SIGKILL)


def _signal_group(leader: int, number: int) -> None:
    assert sys.platform != 'win32'
    # It may have ended; macOS says so of zombies by the second.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
