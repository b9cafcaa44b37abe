"""The command line, and the one place where errors are printed."""
import errno
import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from autodevelop.errors import AutodevelopError


def program() -> NoReturn:
    """Run the command of this process, and end it.

    Git waits for a hook: it looks for no garbage, and ends without tidying
    up after itself, which together take a fifth of a short one's time.
    Others tidy up, but do not look for garbage a last time.
    """
    if sys.argv[1:2] != ['hook']:
        try:
            sys.exit(main())
        finally:
            gc.freeze()
    gc.disable()
    status = main()
    sys.stderr.flush()
    os._exit(status)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns the exit status: 0 fine, 1 a check failed or drift, 2 usage or
    configuration, 130 interrupted. Python's own 1 would hide a bug among
    failed checks, so a traceback ends with 3.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(given)
    except AutodevelopError as error:
        return _say(error)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NOT_WRITABLE:
            return _say(AutodevelopError(
                f'a disk cannot be written to: {error}',
                'make room there, or let it be written; then try again', 1))
        sys.excepthook(*sys.exc_info())
        return 3


NOT_WRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
"""Wherever a disk says so, it is no bug."""


def _say(error: AutodevelopError) -> int:
    print(f'autodevelop: {error.what}', file=sys.stderr)
    print(f'to mend it: {error.what_to_do}', file=sys.stderr)
    return error.status


def _run(given: Sequence[str]) -> int:
    from autodevelop import hook_commands
    if given[:1] == ['hook'] and ''.join(given[1:2])[:1] not in ('', '-'):
        # As git calls it: argparse would take a fifth of the time.
        return hook_commands.hook(given[1], given[2:])
    from autodevelop.options import Command, parse
    options = parse(given)
    command: Command = options.command
    return command(options)


if __name__ == '__main__':
    program()
