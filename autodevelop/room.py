"""A clean room: a persistent work tree in which one tree is checked.

There is one for each stage, below the common git directory, so that its
path, and with it environments, editable installs and caches, stay valid.
"""
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.git import (
    Repository, ask, empty_tree, git, scrubbed, try_git,
)
from autodevelop.locks import held
from autodevelop.mtimes import (
    bump_mtimes, expect_changes, new_seconds, settle,
)


class Room(NamedTuple):
    """A room that was entered; ``repository`` is its linked work tree."""

    folder: Path
    repository: Repository

    @property
    def tree(self) -> Path:
        """The folder of the files."""
        assert self.repository.work_tree
        return self.repository.work_tree

    @property
    def stamp(self) -> Path:
        """Holds what is checked out, and the last second of a file there."""
        return self.folder / 'stamp'


@contextmanager
def enter(repository: Repository, stage: str, tree: str,
          head: str | None) -> Iterator[Room]:
    """Check a tree out in the room of a stage, and hold the room.

    tree: the object id of a tree.
    head: the commit that HEAD is in the room; None in an unborn repository,
        where a commit of no files takes its place.

    Whatever is wrong with a room that was left by a kill, pruned or deleted
    is mended by making it anew. Raises AutodevelopError when that fails.
    """
    folder = repository.home / stage
    with held(folder, f'the room of {stage}',
              f'process {os.getpid()} holds, or what it started'):
        commit = head or ask(repository, *_IDENTITY, 'commit-tree', '-m',
                             'nothing', empty_tree(repository))
        try:
            room = _furnished(repository, folder, commit)
            check_out(room, tree, commit)
        except (AutodevelopError, OSError, ValueError):
            shutil.rmtree(folder / 'tree', ignore_errors=True)
            room = _furnished(repository, folder, commit)
            check_out(room, tree, commit)
        yield room


_IDENTITY = ('-c', 'user.name=autodevelop', '-c', 'user.email=@')
_WHOLE = ('-c', 'core.sparseCheckout=false')


def check_out(room: Room, tree: str, commit: str) -> None:
    """Make the room's files, index and HEAD those of a tree and a commit."""
    git_dir = room.repository.git_dir
    # Only we work in the room, and we hold it: what locks it was killed.
    (git_dir / 'index.lock').unlink(missing_ok=True)
    (git_dir / 'HEAD.lock').unlink(missing_ok=True)
    if (git_dir / 'HEAD').read_text().strip() != commit:
        git(room.repository, 'update-ref', '--no-deref', 'HEAD', commit)
    with new_seconds(room.repository, room.stamp, tree):
        git(room.repository, *_WHOLE, '-c', 'submodule.recurse=false',
            'read-tree', '--reset', '-u', tree)
        git(room.repository, 'clean', '-ffdq')
    # A full disk can cut it short.
    for compiled in (room.tree / '__pycache__').glob('noxfile.*.pyc'):
        compiled.unlink()


def tree_of(room: Room, tree: str) -> str:
    """The tree that the room has now; ``tree`` is what it was entered with.

    Files that git does not track are not part of it; those that it does
    track and that were removed are not, either. Files that a session changed
    get a new mtime, so that what follows sees that they changed.
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
    # Before git looks at them: its index has the mtimes, too.
    bump_mtimes(room.repository, room.stamp, changed)
    git(room.repository, *_WHOLE, '--literal-pathspecs', 'add', '--update',
        '--pathspec-from-file=-', '--pathspec-file-nul',
        given=os.fsencode('\0'.join(changed)))
    return ask(room.repository, 'write-tree')


def _as_checked_out(room: Room, tree: str, name: str) -> bool:
    """Whether a file is as git wrote it, if not as git would add it.

    Attributes and line ends can have git see a change where nobody made one.
    """
    path = room.tree / name
    wrote = try_git(room.repository, 'cat-file', '--filters', f'{tree}:{name}')
    mode = ask(room.repository, '--literal-pathspecs', 'ls-tree', tree, '--',
               name)[:6]
    return (wrote.status == 0 and path.is_file() and not path.is_symlink()
            and path.read_bytes() == wrote.output
            and (mode == '100755') == os.access(path, os.X_OK))


def lend(room: Room) -> None:
    """Note that sessions may change files, until ``tree_of`` has looked."""
    expect_changes(room.stamp)


def _furnished(repository: Repository, folder: Path, commit: str) -> Room:
    """The room's work tree, made if it is not there or not whole."""
    tree = folder / 'tree'
    link = tree / '.git'
    if not (link.is_file() and _is_of(repository, _git_dir(link))):
        if sys.stderr.isatty():
            sys.stderr.write(f'autodevelop: making the room of {folder.name}, '
                             'which takes a while this once\n')
        if (folder / 'stamp').exists():
            # Caches outside of the tree may know files of the old one.
            expect_changes(folder / 'stamp')
        shutil.rmtree(tree, ignore_errors=True)
        bare = Repository(repository.common, repository.common, None,
                          repository.local)
        # Forced twice: a kill while git made one leaves it locked.
        git(bare, 'worktree', 'add', '--quiet', '-ff', '--detach',
            '--no-checkout', str(tree), commit)
    return Room(folder, Repository(repository.common, _git_dir(link), tree,
                                   repository.local))


def _git_dir(link: Path) -> Path:
    # With worktree.useRelativePaths, git counts from the link.
    text = os.fsdecode(link.read_bytes())
    path = text.removeprefix('gitdir: ').rstrip('\n')
    return (link.parent / path).resolve()


def _is_of(repository: Repository, git_dir: Path) -> bool:
    # The link in a copy of a repository still leads to the first one.
    worktrees = (repository.common / 'worktrees').resolve()
    return git_dir.parent == worktrees and git_dir.is_dir()


def environment(room: Room) -> dict[str, str | None]:
    """What the programs that run in the room must not inherit."""
    return scrubbed(room.repository)
