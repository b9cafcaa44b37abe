"""The commands, one module each: its options and its body.

A module is imported by the name of its command, so that a command waits for
no other's imports. It has

- ``EXAMPLE``, a command line for its --help;
- ``add_options(parser)``;
- ``run(options)``, which returns the exit status;
- perhaps ``INTERMIXED``: options may stand between positional arguments.
"""
import argparse
import difflib
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from autodevelop import __version__
from autodevelop.errors import AutodevelopError
from autodevelop.system.output import choose_color
from autodevelop.system.process import interrupt_on_signals

COMMANDS = {
    'init': 'set up hooks and CI in this repository',
    'new': 'start a project with hooks and CI, around a small service',
    'doctor': 'say what is wrong in this repository, and what to do',
    'plan': 'list the cells of the noxfile and where each runs',
    'check': 'run the cells of a stage on a commit, in a clean room',
    'run': 'run cells in the work tree, as a CI job does',
    'hooks': 'install, uninstall or show the git hooks',
    'rooms': 'list the clean rooms of all repositories, or remove some',
    'ci': 'write the CI files, or check that they are up to date',
    'schema': 'print a JSON schema of the settings, for editors',
    'report': 'show the results of one or more runs of nox',
    'history': 'list the runs that the ledger remembers, newest first',
    'coverage': 'combine the coverage of all cells and report it',
    'sign': 'sign that all cells passed, for a server that trusts CI',
    'deploy': 'check a commit, serve it beside the live release, and switch',
    'deploy status': 'show which release is live and whether it answers',
    'deploy releases': 'list the attempts to deploy, newest first',
    'deploy rollback': 'roll back to an earlier release',
    'deploy start': 'start the live release if it does not answer',
    'deploy logs': 'print the logs of the live release and those before it',
    'deploy env': 'set, list or unset variables of the application',
    'deploy exec': 'run a command in the environment of the live release',
    'deploy abort': 'end the deploy that is running',
    'webhook': 'receive the webhooks of a forge and deploy what was merged',
    'health': 'ask a service for its health and its release',
    'hook': 'run a git hook (called by the scripts that git runs)',
}
"""What each command does, for --help; its module has the same name."""


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
    if name not in COMMANDS:
        parser = _main_parser()
        parser.parse_args(arguments[:1])
        if name:
            raise _unknown(name)
        parser.print_help(sys.stderr)
        return 2
    module: Any = import_module(f'autodevelop.cli.{name.replace(" ", ".")}')
    parser = _command_parser(name, module.EXAMPLE)
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
