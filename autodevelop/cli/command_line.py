"""The command line: its parsers, and the command that it names."""
import argparse
import difflib
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from autodevelop import __version__
from autodevelop.cli import COMMANDS
from autodevelop.errors import AutodevelopError
from autodevelop.system.output import choose_color
from autodevelop.system.signals import interrupt_on_signals


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are printed like all others."""

    def error(self, message: str) -> NoReturn:
        """Raise AutodevelopError instead of printing and exiting."""
        raise AutodevelopError(message, f'run: {self.prog} --help')


def run_command(arguments: Sequence[str]) -> int:
    """Run the command that these arguments name; return its exit status.

    Raises SystemExit after --help and --version, as argparse does, and
    AutodevelopError for arguments that cannot be parsed.
    """
    two_words = ' '.join(arguments[:2])
    name = two_words if two_words in COMMANDS else ''.join(arguments[:1])
    if name not in COMMANDS and f'deploy {name}' in COMMANDS:
        # As crontabs and scripts of servers that are set up already call it.
        return run_command(['deploy', *arguments])
    if name not in COMMANDS:
        parser = _main_parser()
        parser.parse_args(arguments[:1])
        if name:
            raise _unknown(name)
        parser.print_help(sys.stderr)
        return 2
    module: Any = import_module(f'autodevelop.cli.{name.replace(" ", ".")}')
    parser = _command_parser(name, module.EXAMPLE)
    if hasattr(module, 'add_options'):
        module.add_options(parser)
    given = list(arguments[len(name.split()):])
    dashes = given.index('--') if '--' in given else len(given)
    posargs = argparse.Namespace(posargs=given[dashes + 1:])
    interrupt_on_signals()
    # argparse cannot do that where a positional is one of a group.
    parse = (parser.parse_intermixed_args if hasattr(module, 'INTERMIXED')
             else parser.parse_args)
    options = parse(given[:dashes], posargs)
    choose_color(getattr(options, 'color', 'auto'))
    status: int = module.run(options)
    return status


def _main_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog='autodevelop', usage='autodevelop COMMAND [OPTION ...]',
        description='Run what the noxfile says: in git hooks, CI and deploys.',
        epilog=f'commands:\n{_table("")}\n\nRun autodevelop COMMAND --help '
        'for the options of a command.',
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--version', action='version', version=__version__)
    parser.add_argument('command', nargs='?', help=argparse.SUPPRESS)
    return parser


def _command_parser(name: str, example: str) -> argparse.ArgumentParser:
    summary, more = COMMANDS[name], _table(f'{name} ')
    return Parser(
        prog=f'autodevelop {name}',
        description=f'{summary[0].upper()}{summary[1:]}.',
        epilog=(f'commands:\n{more}\n\n' if more else '')
        + f'example: {example}',
        formatter_class=argparse.RawDescriptionHelpFormatter)


def _table(prefix: str) -> str:
    """The commands that have one word more than this prefix, a line each."""
    rows = {name: summary for name, summary in COMMANDS.items()
            if name.startswith(prefix)
            and ' ' not in name.removeprefix(prefix)}
    return '\n'.join(f'  {name:16} {text}' for name, text in rows.items())


def _unknown(name: str) -> AutodevelopError:
    # Also the second words: rollback for deploy rollback.
    words = {name.split()[-1]: name for name in reversed(COMMANDS)}
    close = difflib.get_close_matches(name, words, n=1)
    return AutodevelopError(
        f'unknown command {name!r}',
        f'did you mean: autodevelop {words[close[0]]}' if close else
        'run: autodevelop --help')
