"""The pre-commit hook: check what is staged, and commit it fixed."""
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autodevelop.checks.check import Verdict, check_in, print_verdict, verify
from autodevelop.checks.room import Room, open_room
from autodevelop.checks.sessions import Request
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks.apply_fixes import apply_fixes
from autodevelop.git_hooks.staged import Staged
from autodevelop.matrix.plan import skipped_names
from autodevelop.matrix.settings import read_settings
from autodevelop.system.git import (
    REGULAR, Change, Repository, changes, empty_tree, resolve,
)
from autodevelop.system.output import say

MAX_RUNS = 3
"""How often the sessions may run before they must change nothing."""

ABANDONED_SECONDS = 24 * 3600
"""After this time no hook is still running."""

MAX_NAMES = 24_000 if sys.platform == 'win32' else 100_000
"""Bytes of file names in one run. A command line has at most 32,767 characters
on Windows; an argument has at most 131,072 bytes on Linux:
https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw
https://man7.org/linux/man-pages/man2/execve.2.html"""


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
        names = _names(repository, before, theirs, staged.tree)
        if staged.tree == before:
            say('nothing was checked: the commit changes no file')
            return
        if not noxfile:
            _say_no_noxfile()
            return
        with open_room(repository, 'pre-commit', staged.tree, head) as room:
            tree = _run_until_stable(
                repository, room, staged.tree, head, names)
        staged.assert_unchanged()
        if tree == staged.tree:
            return
        if tree == before:
            raise AutodevelopError(
                'the fixes undo the whole change: nothing is left to commit',
                'look at the change: git diff --cached', status=1)
        fixes = list(changes(repository, staged.tree, tree))
        if hook != 'pre-commit':
            _refuse_fixes(fixes)
        staged.write(fixes)
        apply_fixes(staged, fixes)
        say('fixed in this commit: '
            f'{", ".join(ascii(fix.path) for fix in fixes)}')


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


def _names(repository: Repository, before: str, theirs: str | None,
           tree: str) -> list[str]:
    """The files that the commit adds or changes; a merge, from both sides."""
    names = {each.path: each for each in changes(repository, before, tree)}
    if theirs:
        differing = {each.path for each in changes(repository, theirs, tree)}
        names = {path: each for path, each in names.items()
                 if path in differing}
    return [path for path, each in names.items() if each.mode in REGULAR]


def _run_until_stable(repository: Repository, room: Room, tree: str,
                      head: str | None, names: Sequence[str]) -> str:
    """Run the stage until it changes nothing; return the tree that passed."""
    chunks: tuple[tuple[str, ...], ...] = ((),)
    if read_settings(room.tree).file_names:
        chunks = tuple(chunked(names))
    request = Request(repository, 'pre-commit', tree, head, chunks,
                      skip=skipped_names())
    for _ in range(MAX_RUNS):
        verdict = check_in(room, request)
        print_verdict(room, verdict)
        verify(verdict, request._replace(tree=verdict.tree),
               'the staged tree')
        if verdict.tree == request.tree:
            _report(verdict)
            return verdict.tree
        fixes = list(changes(repository, request.tree, verdict.tree))
        _refuse_other_changes(fixes)
        request = request._replace(tree=verdict.tree)
    raise AutodevelopError(
        f'the sessions still change files after {MAX_RUNS} runs',
        'make them agree; nothing was committed or changed', status=1)


def _refuse_other_changes(fixes: Iterable[Change]) -> None:
    for fix in fixes:
        if fix.mode not in REGULAR or fix.old_mode not in REGULAR:
            raise AutodevelopError(
                f'a session deleted {ascii(fix.path)} or replaced it with '
                'something that is not a regular file',
                'stage that yourself, or fix the session', status=1)


def chunked(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Split names into chunks that fit on a command line.

    A name with a leading dash would look like an option. Without names, as in
    a commit that only deletes files, there is one empty chunk.
    """
    chunk, size = list[str](), 0
    for name in names:
        safe = f'./{name}' if name.startswith('-') else name
        size += len(os.fsencode(safe)) + 3
        if chunk and size > MAX_NAMES:
            yield tuple(chunk)
            chunk, size = [], len(os.fsencode(safe)) + 3
        chunk.append(safe)
    yield tuple(chunk)


def _report(verdict: Verdict) -> None:
    """Say what was not checked."""
    if verdict.unchecked:
        say(f'nothing was checked: {verdict.unchecked}')
        return
    for row in verdict.rows:
        if row.outcome == 'skipped':
            say(f'{row.session} skipped: {row.detail}')
