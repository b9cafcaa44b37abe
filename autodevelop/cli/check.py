"""autodevelop check: run the cells of a stage on a tree, in its clean room."""
import argparse
import sys
import tempfile
from pathlib import Path

from autodevelop.checks.check import check
from autodevelop.checks.sessions import Request
from autodevelop.checks.verdict import require_checked, verify
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks.staged import Staged
from autodevelop.matrix.plan import skipped_names
from autodevelop.matrix.settings import STAGES
from autodevelop.results.tables import result_table
from autodevelop.system.git import Repository, find_repository, resolve
from autodevelop.system.process import interrupt_on_signals

EXAMPLE = ('autodevelop check --staged --stage pre-push -- -k name\n'
           'Arguments after -- are passed to the sessions.')


def add_options(parser: argparse.ArgumentParser) -> None:
    tree = parser.add_mutually_exclusive_group()
    tree.add_argument('revision', metavar='REV', nargs='?', default='HEAD',
                      help='the commit to check; default: HEAD')
    tree.add_argument('--staged', action='store_true',
                      help='check what is staged instead')
    parser.add_argument('--stage', default='ci', choices=STAGES,
                        help='default: ci')
    parser.add_argument('--fresh', action='store_true',
                        help='also run what already passed')
    parser.add_argument('-j', dest='jobs', metavar='N', default='1',
                        help='run N sessions in parallel; N can be auto')


def run(options: argparse.Namespace) -> int:
    interrupt_on_signals()
    repository = find_repository()
    revision = None if options.staged else options.revision
    head, tree = _resolve(repository, revision)
    request = Request(
        repository, options.stage, tree, head, (tuple(options.posargs),),
        options.fresh, options.jobs, skipped_names())
    verdict = check(request)
    sys.stdout.write(result_table(verdict.rows))
    what = revision or 'the staged tree'
    verify(verdict, request, what)
    require_checked(verdict, what)
    return 0


def _resolve(repository: Repository,
             revision: str | None) -> tuple[str | None, str]:
    """The commit and the tree of a revision; HEAD and what is staged."""
    name = revision or 'HEAD'
    head, tree = resolve(repository, f'{name}^{{commit}}', f'{name}^{{tree}}')
    if revision is None:
        with tempfile.TemporaryDirectory() as scratch:
            tree = Staged(repository, Path(scratch)).tree
    if not tree:
        raise AutodevelopError(f'there is no commit {revision!r}',
                               'find it with: git log')
    return head, tree
