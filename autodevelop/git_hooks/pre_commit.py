"""The pre-commit hook: check what is staged, and commit it fixed."""
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from autodevelop.checks.room import Room, check_out_outside, open_room
from autodevelop.checks.sessions import Request
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks.apply_fixes import apply_fixes
from autodevelop.git_hooks.changes import REGULAR, Change
from autodevelop.git_hooks.file_names import (
    Changed, arguments_of, changes_of_commit,
)
from autodevelop.git_hooks.noxfiles import why_unchecked
from autodevelop.git_hooks.stable import Stable, run_projects
from autodevelop.git_hooks.staged import Staged
from autodevelop.matrix.plan import skipped_names
from autodevelop.matrix.projects import (
    chosen, errors_of, imports_nox, noxfile_of, projects_of,
)
from autodevelop.matrix.settings import read_settings
from autodevelop.system.git import Repository, empty_tree, resolve
from autodevelop.system.output import listed, say

ABANDONED_SECONDS = 24 * 3600
"""After this time no hook is still running."""

NAMED = 10
"""How many of the files whose fixes were dropped are named."""


def pre_commit(repository: Repository, hook: str = 'pre-commit') -> None:
    """Check what is staged, and add what the sessions fix to the commit.

    hook: pre-merge-commit, where git has not written MERGE_HEAD yet.

    Raises AutodevelopError, with status 1, to refuse the commit.
    """
    own = repository.git_dir / 'autodevelop'
    own.mkdir(exist_ok=True)
    _remove_abandoned(own)
    with tempfile.TemporaryDirectory(dir=own, prefix='commit-') as scratch:
        staged = Staged(repository, Path(scratch))
        head, before, theirs, noxfile = resolve(
            repository, 'HEAD', 'HEAD^{tree}', f'{_merged(hook)}^{{tree}}',
            f'{staged.tree}:noxfile.py')
        before = before or empty_tree(repository)
        if staged.tree == before:
            say('nothing was checked: the commit changes no file')
            return
        changed = changes_of_commit(repository, before, theirs, staged.tree)
        if not (noxfile
                or projects_of(repository, staged.tree, changed.folders)):
            say('nothing was checked: '
                + why_unchecked(repository, staged.tree, 'the commit'))
            return
        if stable := _run(staged, head, changed):
            _take_fixes(staged, stable, before, hook)


def _run(staged: Staged, head: str | None, changed: Changed) -> Stable | None:
    """Run the projects that the changes affect, and say how they ended.

    Returns what is to be committed; None when nothing could be checked.
    """
    with open_room(staged.repository, 'pre-commit', staged.tree,
                   head) as room:
        check_out_outside(room, (each.path for each in changed.files
                                 if each.mode in REGULAR))
        requests = requests_in(room, changed, Request(
            staged.repository, 'pre-commit', staged.tree, head,
            jobs='auto', skip=skipped_names()))
        if not requests:
            say('nothing was checked: the noxfile is outside the sparse '
                'checkout, or excluded by projects in [tool.autodevelop]')
            return None
        ended = run_projects(room, requests, staged,
                             {each.path for each in changed.files})
    for project, stable in ended.items():
        _report(stable, f'{project}: ' if project else '')
    return stable


def _take_fixes(staged: Staged, stable: Stable, before: str,
                hook: str) -> None:
    """Write the fixes to the index and to the working files."""
    staged.assert_unchanged()
    if stable.tree == before:
        raise AutodevelopError(
            'the fixes undo the whole change: nothing is left to commit',
            'look at the change: git diff --cached', status=1)
    if stable.fixes:
        if hook != 'pre-commit':
            _refuse_fixes(stable.fixes)
        staged.write(stable.fixes)
        apply_fixes(staged, stable.fixes)
        say('fixed in this commit: '
            f'{", ".join(ascii(fix.path) for fix in stable.fixes)}')


def requests_in(room: Room, changed: Changed,
                request: Request) -> list[Request]:
    """The request, for each project that the changes affect.

    The room tells which there are: it costs no process, and a sparse checkout
    may lack some.
    """
    paths = {each: room.tree / noxfile_of(each) for each in changed.folders}
    found = [each for each, path in sorted(paths.items())
             if imports_nox(path) or not each and path.is_file()]
    return [with_names(room, changed, request._replace(project=each))
            for each in chosen(read_settings(room.tree), found)]


def with_names(room: Room, changed: Changed, request: Request) -> Request:
    """The request, with the file names for sessions that ask for them."""
    with errors_of(request.project):
        files = read_settings(room.tree / request.project).files
    return request._replace(arguments=arguments_of(
        files, changed.within(request.project)))


def _refuse_fixes(fixes: Iterable[Change]) -> None:
    """Refuse to fix a merge: git commits the tree from before this hook."""
    raise AutodevelopError(
        'the sessions fix files of this merge: '
        f'{", ".join(ascii(fix.path) for fix in fixes)}',
        'complete the merge with the fixes: git commit', status=1)


def _merged(hook: str) -> str:
    """The commit that is merged; git names it in GITHEAD_ variables."""
    names = [name.removeprefix('GITHEAD_') for name in os.environ
             if name.startswith('GITHEAD_')]
    return names[0] if names and hook != 'pre-commit' else 'MERGE_HEAD'


def _remove_abandoned(own: Path) -> None:
    """Remove the scratch folders of hooks that were killed."""
    for folder in own.glob('commit-*'):
        if folder.stat().st_mtime < time.time() - ABANDONED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _report(stable: Stable, project: str) -> None:
    """Say what was not checked, and which fixes the commit does not have."""
    verdict = stable.verdict
    if verdict.unchecked:
        say(f'{project}nothing was checked: {verdict.unchecked}')
        return
    for row in verdict.rows:
        if row.outcome == 'skipped':
            say(f'{project}{row.session} skipped: {row.detail}')
    say_left_out(stable.left_out)


def say_left_out(left_out: Sequence[str]) -> None:
    """Say which files sessions changed that are not in the commit."""
    if left_out:
        fixes = 'fix' if len(left_out) == 1 else 'fixes'
        say(f'dropped the {fixes} of {listed([*map(ascii, left_out)], NAMED)}'
            ', which this commit does not change')
