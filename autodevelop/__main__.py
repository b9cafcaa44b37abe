"""The command line, and the one place where errors are printed."""
import errno
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any, NoReturn

from autodevelop.errors import AutodevelopError

NOT_WRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
"""A full or read-only disk is not a bug, wherever it is noticed."""

READER_LEFT = 141
"""The status of programs that SIGPIPE ends, as with ``| head``."""


def program() -> NoReturn:
    """Run the command of this process, and exit.

    Git waits for a hook, which therefore skips the interpreter's shutdown:
    8 ms, 18 % of commit-msg and 8 % of pre-commit.
    """
    if sys.argv[1:2] != ['hook']:
        try:
            status = main()
        except SystemExit as ended:  # argparse, after --help.
            status = int(ended.code or 0)
        sys.exit(flushed(status))
    status = main()
    sys.stderr.flush()
    os._exit(status)


def flushed(status: int) -> int:
    """The exit status once all output is written, or its reader has left.

    Python would complain about that when it exits:
    https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    try:
        if sys.stdout:
            sys.stdout.flush()
        return status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_LEFT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns the exit status: 0 fine, 1 a check failed or drift, 2 usage or
    configuration, 3 a bug, 130 interrupted, 141 when the reader of the output
    has left. Python's own status for a traceback, 1, would look like a failed
    check.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    _encode(sys.stdout)
    try:
        return _run(given)
    except AutodevelopError as error:
        return _print(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return READER_LEFT
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NOT_WRITABLE:
            return _print(AutodevelopError(
                f'cannot write to disk: {error}',
                'free some space or make it writable, and retry', 1))
        sys.excepthook(*sys.exc_info())
        return 3


def _encode(stream: Any) -> None:
    """Make names of any characters printable, also in a code page."""
    if not isinstance(stream, TextIOWrapper):
        return  # A test replaced it, or pythonw.exe has none.
    if stream.isatty():
        stream.reconfigure(errors='replace')
    else:  # Programs read it.
        stream.reconfigure(encoding='utf-8', errors='backslashreplace')


def _print(error: AutodevelopError) -> int:
    sys.stderr.write(f'error: {error.message}\nhint: {error.hint}\n')
    return error.status


def _run(given: Sequence[str]) -> int:
    if given[:1] == ['hook'] and ''.join(given[1:2])[:1] not in ('', '-'):
        # Without argparse: 25 of 70 ms.
        from autodevelop.cli.hook import run_hook
        return run_hook(given[1], given[2:])
    if '_ARGCOMPLETE' in os.environ:
        from autodevelop.cli.completion import complete
        complete()
    from autodevelop.cli.command_line import run_command
    return run_command(given)


if __name__ == '__main__':
    program()
