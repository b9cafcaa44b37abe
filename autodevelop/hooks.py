"""Git's hook protocols: what a hook is told, to a check."""
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autodevelop.check import Verdict, check, check_in, verify
from autodevelop.errors import AutodevelopError
from autodevelop.git import (
    REGULAR, Change, Repository, changes, empty_tree, resolve, try_git,
)
from autodevelop.mend import Staged, mend_files
from autodevelop.report import result_table
from autodevelop.room import Room, enter
from autodevelop.sessions import Request
from autodevelop.settings import read_settings, skipped_by_name

ROUNDS = 3
"""How often sessions may fix what they fixed, until nothing changes."""

ABANDONED = 24 * 3600
"""Seconds after which no hook still runs."""

LONGEST = 24_000 if sys.platform == 'win32' else 100_000
"""Bytes of file names for one run: Windows takes 32,767 characters for a
whole command line, Linux 131,072 bytes for one argument and more in all."""


def pre_commit(repository: Repository) -> None:
    """Check what is staged, and put into the commit what sessions fix.

    Raises AutodevelopError, with status 1, to refuse the commit.
    """
    own = repository.git_dir / 'autodevelop'
    own.mkdir(exist_ok=True)
    _forget_what_was_killed(own)
    with tempfile.TemporaryDirectory(dir=own, prefix='commit-') as scratch:
        staged = Staged(repository, Path(scratch))
        head, before, theirs = resolve(
            repository, 'HEAD', 'HEAD^{tree}', 'MERGE_HEAD^{tree}')
        before = before or empty_tree(repository)
        names = _names(repository, before, theirs, staged.tree)
        with enter(repository, 'pre-commit', staged.tree, head) as room:
            tree = _settle(repository, room, staged.tree, head, names)
        staged.assert_unchanged()
        if tree == staged.tree:
            return
        if tree == before:
            raise AutodevelopError(
                'fixing undoes the whole change: nothing is left to commit',
                'see it with: git diff --cached', status=1)
        fixes = list(changes(repository, staged.tree, tree))
        staged.write(fixes)
        mend_files(staged, fixes)
        sys.stderr.write('autodevelop: fixed in this commit: '
                         f'{", ".join(ascii(fix.path) for fix in fixes)}\n')


def _forget_what_was_killed(own: Path) -> None:
    """Remove the scratch folders of hooks that did not end themselves."""
    for folder in own.glob('commit-*'):
        if folder.stat().st_mtime < time.time() - ABANDONED:
            shutil.rmtree(folder, ignore_errors=True)


def _names(repository: Repository, before: str, theirs: str | None,
           tree: str) -> list[str]:
    """The files that the commit adds or modifies; in a merge, both ways."""
    names = {each.path: each for each in changes(repository, before, tree)}
    if theirs:
        differing = {each.path for each in changes(repository, theirs, tree)}
        names = {path: each for path, each in names.items()
                 if path in differing}
    return [path for path, each in names.items() if each.mode in REGULAR]


def _settle(repository: Repository, room: Room, tree: str, head: str | None,
            names: Sequence[str]) -> str:
    """Run the stage until it changes nothing; return the tree that passed."""
    chunks: tuple[tuple[str, ...], ...] = ((),)
    if read_settings(room.tree).file_names:
        chunks = tuple(chunked(names))
    if not chunks:
        return tree
    request = Request(repository, 'pre-commit', tree, head, chunks,
                      skip=skipped_by_name())
    for _ in range(ROUNDS):
        verdict = _quietly(room, request)
        verify(verdict, verdict.tree, 'what is staged')
        if verdict.tree == request.tree:
            _say_skipped(verdict)
            return verdict.tree
        fixes = list(changes(repository, request.tree, verdict.tree))
        _refuse_what_is_no_fix(fixes)
        request = request._replace(tree=verdict.tree)
    raise AutodevelopError(
        f'the sessions still change files after {ROUNDS} runs',
        'have them agree; nothing was committed or changed', status=1)


def _quietly(room: Room, request: Request) -> Verdict:
    """Run the stage; show what nox prints only when something failed."""
    with tempfile.TemporaryFile() as output:
        verdict = check_in(room, request._replace(output=output))
        if verdict.failed:
            output.seek(0)
            sys.stderr.write(output.read().decode(errors='backslashreplace'))
    return verdict


def _refuse_what_is_no_fix(fixes: Iterable[Change]) -> None:
    for fix in fixes:
        if fix.mode not in REGULAR or fix.old_mode not in REGULAR:
            raise AutodevelopError(
                f'a session removed {ascii(fix.path)}, or made something '
                'else of it', 'stage that yourself, or mend the session',
                status=1)


def chunked(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Split names into command lines that every platform takes.

    A name with a leading dash would be taken for an option.
    """
    chunk, size = list[str](), 0
    for name in names:
        safe = f'./{name}' if name.startswith('-') else name
        size += len(os.fsencode(safe)) + 3
        if chunk and size > LONGEST:
            yield tuple(chunk)
            chunk, size = [], len(os.fsencode(safe)) + 3
        chunk.append(safe)
    if chunk:
        yield tuple(chunk)


def pre_push(repository: Repository, remote: str, lines: Sequence[str]) -> int:
    """Check each commit that the remote does not have; return how many.

    lines: git's own, ``local-ref local-oid remote-ref remote-oid``.

    Raises AutodevelopError, with status 1, to refuse the push.
    """
    # What is pushed may be named by an expression that has spaces in it.
    pushed = [line.rsplit(' ', 3) for line in lines if line.strip()]
    wanted = [f'{oid}^{{{kind}}}' for _, oid, _, _ in pushed
              if oid.strip('0') for kind in ('commit', 'tree')]
    found = resolve(repository, *wanted)
    tips = dict.fromkeys(zip(found[::2], found[1::2]))
    held = [oid for _, _, _, oid in pushed if oid.strip('0')]
    held = [oid for oid in resolve(repository, *held) if oid]
    trees = {tree: commit for commit, tree in tips if commit and tree
             and _is_new(repository, commit, remote, held)}
    for tree, commit in trees.items():
        verdict = check(Request(repository, 'pre-push', tree, commit,
                                jobs='auto', skip=skipped_by_name()))
        what = f'commit {commit[:12]}'
        _say_how(verdict, what)
        verify(verdict, tree, what)
    return len(trees)


def _is_new(repository: Repository, commit: str, remote: str,
            held: Sequence[str]) -> bool:
    done = try_git(repository, 'rev-list', '--max-count=1', commit, '--not',
                   f'--remotes={remote}', *held)
    return bool(done.output) or done.status != 0


def _say_how(verdict: Verdict, what: str) -> None:
    """Say that it passed before, or show how each cell ended."""
    if all(row.outcome in ('already passed', 'not here')
           for row in verdict.rows):
        sys.stderr.write(f'autodevelop: {what} passed before\n')
    else:
        sys.stderr.write(result_table(verdict.rows))


def _say_skipped(verdict: Verdict) -> None:
    for row in verdict.rows:
        if row.outcome == 'skipped':
            sys.stderr.write(f'autodevelop: {row.session} skipped: '
                             f'{row.detail}\n')
