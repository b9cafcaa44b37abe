"""The options of every command, and what they call."""
import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from autodevelop import (
    __version__, commands, deploy_options, hook_commands,
)
from autodevelop.ci import dynamic, names
from autodevelop.settings import STAGES

Command = Callable[[argparse.Namespace], int]
Add = Callable[[str, Command, str, str], argparse.ArgumentParser]


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are two lines, too."""

    def error(self, message: str) -> NoReturn:
        print(f'autodevelop: {message}', file=sys.stderr)
        print(f'to mend it: see {self.prog} --help', file=sys.stderr)
        sys.exit(2)


def parse(given: Sequence[str]) -> argparse.Namespace:
    """Parse a command line; ``command`` of the result runs it.

    What follows two dashes is ``posargs``. Raises SystemExit, with status 2
    for what cannot be parsed, as argparse does.
    """
    dashes = given.index('--') if '--' in given else len(given)
    posargs = list(given[dashes + 1:])
    return _parser().parse_args(given[:dashes],
                                argparse.Namespace(posargs=posargs))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog='autodevelop',
        description='Git hooks and CI that run what the noxfile says.',
        epilog='Each command has a --help of its own, with an example.',
    )
    parser.add_argument('--version', action='version', version=__version__)
    commands = parser.add_subparsers(metavar='COMMAND', required=True)

    def add(name: str, command: Command, summary: str,
            example: str) -> argparse.ArgumentParser:
        added: _Parser = commands.add_parser(
            name, help=summary,
            description=f'{summary[0].upper()}{summary[1:]}.',
            epilog=f'example: {example}')
        added.set_defaults(command=command)
        return added

    _add_plan(add)
    _add_run(add)
    _add_hooks(add)
    _add_health(add)
    deploy_options.add_commands(add)
    return parser


def _add_plan(add: Add) -> None:
    plan = add('plan', _plan, "list the noxfile's cells, and where each runs",
               'autodevelop plan --json')
    form = plan.add_mutually_exclusive_group()
    form.add_argument('--json', action='store_true',
                      help='print the schema that docs/plan.md describes')
    for name in names('dynamic'):
        form.add_argument(f'--{name}', dest='provider', action='store_const',
                          const=name, help=dynamic(name).HELP)

    ci = add('ci', _ci, 'write the files of the CI providers',
             'autodevelop ci --check')
    ci.add_argument('--check', action='store_true',
                    help='write nothing; print a diff and fail on drift')
    ci.add_argument('providers', metavar='PROVIDER', nargs='*',
                    help='default: those of [tool.autodevelop] ci')


def _add_run(add: Add) -> None:
    run = add('run', _run, 'run cells here as a CI job does, and keep what '
              'they find in results/',
              'autodevelop run "tests-3.13(linux)"')
    run.add_argument('cells', metavar='CELL', nargs='*',
                     help='default: the list in the variable '
                     'AUTODEVELOP_CELLS, which CI files set')
    run.add_argument('--download-python', default='never',
                     choices=('auto', 'never', 'always'),
                     help='what nox does where a Python is missing; default: '
                     'never')
    run.add_argument('--key', action='store_true',
                     help='run nothing; print what a pass of them on this '
                     'tree and machine is remembered by')

    add('coverage', _coverage, 'combine the coverage of every cell of the '
        'run, by name; what follows the dashes goes to coverage report',
        'autodevelop coverage -- --fail-under=100')

    report = add('report', _report, 'show what runs of nox passed, and '
                 'what they could not run; fail when nothing ran',
                 'autodevelop report .nox/results.json')
    report.add_argument('results', type=Path, metavar='FILE', nargs='+',
                        help='what nox --report FILE wrote, or the folder '
                        'of the results of all cells')
    report.add_argument('--markdown', action='store_true',
                        help='write a page: cells, coverage, the uncovered '
                        'lines of the change, the slowest tests')
    report.add_argument('--base', metavar='REV', default='HEAD^',
                        help='what the change is seen against; default: '
                        'HEAD^')


def _add_hooks(add: Add) -> None:
    check = add('check', _check, "run a stage's cells on a commit, or on what "
                'is staged, in its clean room',
                'autodevelop check --staged --stage pre-push -- -k name; what '
                "follows the dashes are the sessions' positional arguments")
    tree = check.add_mutually_exclusive_group()
    tree.add_argument('revision', metavar='REV', nargs='?', default='HEAD',
                      help='default: HEAD')
    tree.add_argument('--staged', action='store_true',
                      help='check what is staged instead')
    check.add_argument('--stage', default='ci', choices=STAGES,
                       help='default: ci')
    check.add_argument('--fresh', action='store_true',
                       help='run what passed before, too')
    check.add_argument('-j', dest='jobs', metavar='N', default='1',
                       help='sessions side by side, or auto')

    hooks = add('hooks', _hooks, 'have git run the hooks of this project',
                'autodevelop hooks install')
    hooks.add_argument('action', choices=('install', 'uninstall', 'status'))
    old = hooks.add_mutually_exclusive_group()
    old.add_argument('--replace', action='store_true',
                     help='displace the hooks that are there')
    old.add_argument('--keep', action='store_true',
                     help='run the hooks that are there first')

    hook = add('hook', _hook, 'do what a hook of git asks; its scripts call '
               'this', 'autodevelop hook pre-commit')
    hook.add_argument('name', metavar='NAME')
    hook.add_argument('arguments', nargs='*', metavar='ARGUMENT')


def _add_health(add: Add) -> None:
    health = add('health', _health, 'ask a service how it is, and which '
                 'release answers',
                 'autodevelop health http://127.0.0.1:8000/healthz')
    health.add_argument('url', metavar='URL',
                        help='http://HOST:PORT/PATH or unix:SOCKET:/PATH')
    health.add_argument('--release', metavar='ID',
                        help='wait for this one to answer')
    health.add_argument('--timeout', metavar='S', type=float, default=5.0,
                        help='seconds to wait for a good answer; default: 5')


def _plan(options: argparse.Namespace) -> int:
    return commands.plan(options.json, options.provider)


def _ci(options: argparse.Namespace) -> int:
    return commands.ci(options.check, options.providers)


def _report(options: argparse.Namespace) -> int:
    return commands.report(options.results, options.markdown, options.base)


def _coverage(options: argparse.Namespace) -> int:
    return commands.coverage(options.posargs)


def _run(options: argparse.Namespace) -> int:
    return commands.run(options.cells, options.download_python, options.key)


def _check(options: argparse.Namespace) -> int:
    revision = None if options.staged else options.revision
    return hook_commands.check(revision, options.stage, options.fresh,
                               options.jobs, tuple(options.posargs))


def _hooks(options: argparse.Namespace) -> int:
    return hook_commands.hooks(options.action, options.replace, options.keep)


def _hook(options: argparse.Namespace) -> int:
    return hook_commands.hook(options.name, options.arguments)


def _health(options: argparse.Namespace) -> int:
    return commands.health(options.url, options.release, options.timeout)
