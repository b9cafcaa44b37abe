"""The pre-commit hook: check what is staged, and commit it fixed."""
import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from autodevelop.checks.room import open_room
from autodevelop.checks.sessions import Request
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks.apply_fixes import apply_fixes
from autodevelop.git_hooks.file_names import arguments_of, changes_of_commit
from autodevelop.git_hooks.stable import Stable, run_until_stable
from autodevelop.git_hooks.staged import Staged
from autodevelop.matrix.plan import skipped_names
from autodevelop.matrix.settings import read_settings
from autodevelop.system.git import Change, Repository, empty_tree, resolve
from autodevelop.system.output import say

ABANDONED_SECONDS = 24 * 3600
"""After this time no hook is still running."""

NAMED = 10
"""How many of the files whose fixes were left out are named."""


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
        if not noxfile:
            _say_no_noxfile()
            return
        changed = changes_of_commit(repository, before, theirs, staged.tree)
        with open_room(repository, 'pre-commit', staged.tree, head) as room:
            stable = run_until_stable(room, Request(
                repository, 'pre-commit', staged.tree, head,
                skip=skipped_names(), arguments=arguments_of(
                    read_settings(room.tree).files, changed),
            ), staged, {each.path for each in changed})
        _report(stable)
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


def _say_no_noxfile() -> None:
    new = Path('noxfile.py').exists()
    say('nothing was checked: noxfile.py is not in the commit' + (
        '; run: git add noxfile.py' if new else ''))


def _refuse_fixes(fixes: Iterable[Change]) -> None:
    """Refuse to fix a merge: git commits the tree of before this hook."""
    raise AutodevelopError(
        'the sessions fix files of this merge: '
        f'{", ".join(ascii(fix.path) for fix in fixes)}',
        'git commit', status=1)


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


def _report(stable: Stable) -> None:
    """Say what was not checked, and which fixes the commit does not have."""
    verdict, left_out = stable.verdict, stable.left_out
    if verdict.unchecked:
        say(f'nothing was checked: {verdict.unchecked}')
        return
    for row in verdict.rows:
        if row.outcome == 'skipped':
            say(f'{row.session} skipped: {row.detail}')
    if left_out:
        names = ', '.join(map(ascii, left_out[:NAMED]))
        more = len(left_out) - NAMED
        say(names + (f' and {more} more' if more > 0 else '')
            + ': not in this commit; '
            + ('its fix was' if len(left_out) == 1 else 'their fixes were')
            + ' left out')
