"""autodevelop check: run the cells of a stage on a tree, in its clean room."""
import argparse
import os
import posixpath
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from autodevelop.checks.check import check
from autodevelop.checks.room import open_room
from autodevelop.checks.sessions import Request
from autodevelop.checks.verdict import STAGED, Verdict, require_checked, verify
from autodevelop.cli.output_options import add_output_options
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks.file_names import changes_of_commit
from autodevelop.git_hooks.pre_commit import NAMED, say_left_out, with_names
from autodevelop.git_hooks.stable import run_until_stable
from autodevelop.git_hooks.staged import Staged
from autodevelop.matrix.plan import skipped_names
from autodevelop.matrix.projects import (
    all_projects, current_folder, folders_of, names_of, no_project_here,
    noxfile_of, projects_of,
)
from autodevelop.matrix.special import STAGES
from autodevelop.results.tables import result_table
from autodevelop.system.git import (
    Repository, empty_tree, find_repository, git_unchecked, resolve,
    split_names,
)
from autodevelop.system.output import listed, say

EXAMPLE = ('autodevelop check --staged --stage pre-push -- -k name\n'
           'Arguments after -- are passed to the sessions.')


def add_options(parser: argparse.ArgumentParser) -> None:
    tree = parser.add_mutually_exclusive_group()
    tree.add_argument('revision', metavar='REV', nargs='?', default='HEAD',
                      help='the commit to check; default: HEAD')
    tree.add_argument('--staged', action='store_true',
                      help='check what is staged instead')
    parser.add_argument('--stage', default='ci', choices=STAGES,
                        help='the stage to run; default: ci')
    parser.add_argument('--project', metavar='DIR',
                        help='the folder of the noxfile, from the root of '
                        'the repository; default: this folder, or the next '
                        'above it with a noxfile')
    parser.add_argument('--fresh', action='store_true',
                        help='also run what already passed')
    parser.add_argument('-j', dest='jobs', metavar='N', default='1',
                        help='run N sessions in parallel; N can be auto')
    add_output_options(
        parser, 'also print the output of what passed')


def run(options: argparse.Namespace) -> int:
    repository = find_repository()
    revision = None if options.staged else options.revision
    head, tree = _resolve(repository, revision)
    what = revision or STAGED
    request = Request(
        repository, options.stage, tree, head, (tuple(options.posargs),),
        options.fresh, options.jobs, skipped_names(), options.verbose,
        options.quiet, project=_find_project(
            repository, tree, options.project, what))
    is_commit = options.staged and options.stage == 'pre-commit'
    verdict = (_check_as_the_hook(request)
               if is_commit and not options.posargs else check(request))
    if verdict.failed or not options.quiet:
        sys.stdout.write(result_table(verdict.rows, sys.stdout))
        sys.stdout.flush()  # Before what is written to standard error.
    _say_what_is_newer(request, options)
    verify(verdict, request, what)
    require_checked(verdict, what)
    return 0


def _say_what_is_newer(request: Request, options: argparse.Namespace) -> None:
    """Name the working files that are not what was checked."""
    repository = request.repository
    if options.quiet or not repository.work_tree or (
            not options.staged and request.head != resolve(
                repository, 'HEAD')[0]):
        return
    than = [] if options.staged or not request.head else [request.head]
    done = git_unchecked(repository, 'diff', '--name-only', '-z', *than)
    if names := split_names(done.output):
        where = 'staged' if options.staged else 'committed'
        say(f'what is not {where} was not checked: '
            f'{listed([*map(ascii, names)], NAMED)}')


def _resolve(repository: Repository,
             revision: str | None) -> tuple[str | None, str]:
    """The commit and the tree of a revision; HEAD and what is staged."""
    # Git takes what follows :/TEXT for part of the text.
    name = revision or 'HEAD'
    oid = resolve(repository, name)[0] or name
    head, tree = resolve(repository, f'{oid}^{{commit}}', f'{oid}^{{tree}}')
    if revision is None:
        with TemporaryDirectory() as scratch:
            tree = Staged(repository, Path(scratch)).tree
    if not tree:
        raise AutodevelopError(f'there is no commit {revision!r}',
                               'find it with: git log')
    return head, tree


def _find_project(repository: Repository, tree: str, given: str | None,
                  what: str) -> str:
    """The folder of the noxfile: this one, or one above the current folder."""
    if given is not None:
        name = posixpath.normpath(given.replace(os.sep, '/') or '.')
        wanted = '' if name == '.' else name
        if not projects_of(repository, tree, [wanted]):
            others = all_projects(repository, tree)
            raise AutodevelopError(
                f'there is no {noxfile_of(wanted)} in {what}',
                f'choose one of: {names_of(others)}' if others else
                'see which files it has: git ls-files')
        return wanted
    found = projects_of(repository, tree, folders_of(
        [noxfile_of(current_folder(repository))]))
    if not found and (others := all_projects(repository, tree)):
        raise no_project_here(repository, others)
    # Without any, reading the plan says how to begin.
    return max(found, key=len, default='')


def _check_as_the_hook(request: Request) -> Verdict:
    """Check what is staged as a commit does, but write no fix.

    Where nothing is staged, sessions run on everything, as by hand.
    """
    repository = request.repository
    before, theirs = resolve(repository, 'HEAD^{tree}', 'MERGE_HEAD^{tree}')
    if request.tree == before:
        return check(request)
    changed = changes_of_commit(
        repository, before or empty_tree(repository), theirs, request.tree)
    with open_room(repository, request.stage, request.tree,
                   request.head) as room, TemporaryDirectory() as scratch:
        stable = run_until_stable(
            room, with_names(room, changed, request),
            Staged(repository, Path(scratch)),
            {each.path for each in changed.files})
    say_left_out(stable.left_out)
    if stable.fixes:
        fixed = listed([ascii(each.path) for each in stable.fixes], NAMED)
        say(f'a commit would fix {fixed}; nothing was written')
    return stable.verdict._replace(tree=request.tree)
