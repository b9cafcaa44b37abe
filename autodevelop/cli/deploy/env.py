"""autodevelop deploy env: the environment variables of the application."""
import argparse
import sys

from autodevelop.cli.target_options import add_target_options, target_of
from autodevelop.deploy.policy import set_variables
from autodevelop.deploy.variables import read_variables
from autodevelop.errors import AutodevelopError

EXAMPLE = 'autodevelop deploy env set DATABASE_URL=postgres://localhost/shop'
INTERMIXED = True


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('action', choices=['set', 'list', 'unset'],
                        help='set and unset restart the live release; list '
                        'prints names only')
    parser.add_argument('variables', metavar='NAME[=VALUE]', nargs='*',
                        help='set reads the value of a NAME without =VALUE '
                        'from standard input')
    add_target_options(parser)


def run(options: argparse.Namespace) -> int:
    target = target_of(options)
    if options.action == 'list':
        sys.stdout.writelines(
            f'{name}\n' for name in sorted(read_variables(target)))
        return 0
    if not options.variables:
        raise AutodevelopError(
            f'no variable to {options.action}',
            f'run: autodevelop deploy env {options.action} NAME'
            + ('=VALUE' if options.action == 'set' else ''))
    changed: dict[str, str | None] = {}
    for each in options.variables:
        name, equals, value = each.partition('=')
        changed[name] = None if options.action == 'unset' else (
            value if equals else sys.stdin.read().removesuffix('\n'))
    print(set_variables(target, changed))
    return 0
