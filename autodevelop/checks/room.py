"""A clean room: a persistent linked work tree in which a tree is checked.

Each stage has one, below the common git directory. Its path never changes, so
that virtual environments, editable installs and caches stay valid.
"""
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from autodevelop.checks.mtimes import (
    bump_mtimes, expect_changes, new_seconds, settle,
)
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import (
    Repository, empty_tree, git, git_line, git_unchecked,
)
from autodevelop.system.locks import lock
from autodevelop.system.output import say


class Room(NamedTuple):
    """An open room; ``repository`` is its linked work tree."""

    folder: Path
    repository: Repository

    @property
    def tree(self) -> Path:
        """The folder of its files."""
        assert self.repository.work_tree
        return self.repository.work_tree

    @property
    def stamp(self) -> Path:
        """Says what is checked out: see mtimes.py."""
        return self.folder / 'stamp'


@contextmanager
def open_room(repository: Repository, stage: str, tree: str,
              head: str | None) -> Iterator[Room]:
    """Lock the room of a stage and check a tree out in it.

    tree: the object id of a tree.
    head: the commit of HEAD in the room; None in a repository without one,
        where an empty commit takes its place.

    A damaged, pruned or deleted work tree is recreated. Raises
    AutodevelopError when that fails.
    """
    folder = repository.home / stage
    with lock(folder, f'the {stage} room',
              f'process {os.getpid()} or its child has locked it'):
        commit = head or git_line(repository, *_IDENTITY, 'commit-tree', '-m',
                                  'nothing', empty_tree(repository))
        try:
            room = _ensure_worktree(repository, folder, commit)
            check_out(room, tree, commit)
        except (AutodevelopError, OSError, ValueError):
            shutil.rmtree(folder / 'tree', ignore_errors=True)
            room = _ensure_worktree(repository, folder, commit)
            check_out(room, tree, commit)
        yield room


_IDENTITY = ('-c', 'user.name=autodevelop', '-c', 'user.email=@')
_WHOLE = ('-c', 'core.sparseCheckout=false')


def check_out(room: Room, tree: str, commit: str) -> None:
    """Make the room's files, index and HEAD those of a tree and a commit."""
    git_dir = room.repository.git_dir
    # We hold the room's lock: whoever left these was killed.
    (git_dir / 'index.lock').unlink(missing_ok=True)
    (git_dir / 'HEAD.lock').unlink(missing_ok=True)
    if (git_dir / 'HEAD').read_text().strip() != commit:
        git(room.repository, 'update-ref', '--no-deref', 'HEAD', commit)
    with new_seconds(room.repository, room.stamp, tree):
        git(room.repository, *_WHOLE, '-c', 'submodule.recurse=false',
            'read-tree', '--reset', '-u', tree)
        git(room.repository, 'clean', '-ffdq')
    # A full disk can leave a truncated one.
    for compiled in (room.tree / '__pycache__').glob('noxfile.*.pyc'):
        compiled.unlink()


def tree_of(room: Room, tree: str) -> str:
    """Write the tree that the room has now; ``tree`` is what was checked out.

    Untracked and deleted files are not part of it. Files that a session
    changed get a new mtime, so that later sessions notice the change.
    """
    listed = os.fsdecode(git(
        room.repository, *_WHOLE, 'diff-index', '--name-only', '-z',
        '--ignore-submodules=all', tree))
    if not listed:
        settle(room.stamp, tree)
        return tree
    changed = [name for name in listed.split('\0')
               if name and not _as_checked_out(room, tree, name)]
    if not changed:
        return tree
    # Before git adds them: its index records the mtimes, too.
    bump_mtimes(room.repository, room.stamp, changed)
    git(room.repository, *_WHOLE, '--literal-pathspecs', 'add', '--update',
        '--pathspec-from-file=-', '--pathspec-file-nul',
        input=os.fsencode('\0'.join(changed)))
    return git_line(room.repository, 'write-tree')


def _as_checked_out(room: Room, tree: str, name: str) -> bool:
    """Whether a file is as git wrote it, even if not as git would add it.

    With attributes and line endings git sees a change that nobody made.
    """
    path = room.tree / name
    wrote = git_unchecked(room.repository, 'cat-file',
                          '--filters', f'{tree}:{name}')
    mode = git_line(room.repository, '--literal-pathspecs', 'ls-tree', tree,
                    '--', name)[:6]
    return (wrote.status == 0 and path.is_file() and not path.is_symlink()
            and path.read_bytes() == wrote.output
            and (mode == '100755') == os.access(path, os.X_OK))


def _ensure_worktree(repository: Repository, folder: Path,
                     commit: str) -> Room:
    """The room's work tree, created if it is missing or damaged."""
    tree = folder / 'tree'
    link = tree / '.git'
    if not (link.is_file() and _is_of(repository, _git_dir(link))):
        if sys.stderr.isatty():
            say(f'creating the {folder.name} room; the first run takes '
                'longer')
        if (folder / 'stamp').exists():
            # Caches outside the tree may have entries for the old files.
            expect_changes(folder / 'stamp')
        shutil.rmtree(tree, ignore_errors=True)
        bare = Repository(repository.common, repository.common, None,
                          repository.local)
        # Forced twice: git locks a work tree while it creates it, and a kill
        # leaves it locked.
        git(bare, 'worktree', 'add', '--quiet', '-ff', '--detach',
            '--no-checkout', str(tree), commit)
    return Room(folder, Repository(repository.common, _git_dir(link), tree,
                                   repository.local))


def _git_dir(link: Path) -> Path:
    # Relative to the link with worktree.useRelativePaths (git 2.48).
    text = os.fsdecode(link.read_bytes())
    path = text.removeprefix('gitdir: ').rstrip('\n')
    return (link.parent / path).resolve()


def _is_of(repository: Repository, git_dir: Path) -> bool:
    # In a copied repository the link still points to the original.
    worktrees = (repository.common / 'worktrees').resolve()
    return git_dir.parent == worktrees and git_dir.is_dir()
