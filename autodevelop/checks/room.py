"""A clean room: a persistent work tree in which a tree is checked.

Each stage of a repository has one, in the user's cache folder. Its path never
changes, so that virtual environments, editable installs and caches stay valid.
"""
import os
import posixpath
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from autodevelop.checks.mtimes import checked_out, expect_changes, new_seconds
from autodevelop.checks.room_repository import (
    create, is_intact, remove_old_rooms, synchronize,
)
from autodevelop.errors import AutodevelopError
from autodevelop.system.cache import short_hash
from autodevelop.system.files import (
    make_writable, remove_folder, write_file,
)
from autodevelop.system.git import Repository, git, git_unchecked, split_names
from autodevelop.system.locks import lock
from autodevelop.system.output import say

CLEAN = 'clean', '-ffdq'
"""Removes what git neither tracks nor ignores."""


class Room(NamedTuple):
    """An open room.

    repository: its own.
    origin: the user's, from which it borrows.
    branch: the branch of HEAD there; empty for none.
    project: the folder of the noxfile that is checked; empty for the root.
    """

    folder: Path
    repository: Repository
    origin: Repository
    branch: str = ''
    project: str = ''

    @property
    def tree(self) -> Path:
        """The folder of its files."""
        assert self.repository.work_tree
        return self.repository.work_tree

    @property
    def project_tree(self) -> Path:
        """The folder of the noxfile."""
        return self.tree / self.project

    @property
    def kept(self) -> Path:
        """Where to keep files for the project that are not in the tree.
        """
        return self.folder / (
            short_hash(self.project) if self.project else '')

    def path(self, name: str) -> str:
        """The path in the tree of a name in the project's folder."""
        return posixpath.normpath(posixpath.join(self.project, name))

    @property
    def stamp(self) -> Path:
        """Says what is checked out: see mtimes.py."""
        return self.folder / 'stamp'


@contextmanager
def open_room(repository: Repository, stage: str, tree: str,
              head: str | None) -> Iterator[Room]:
    """Lock the room of a stage and check a tree out in it.

    tree: the object id of a tree.
    head: the commit of HEAD in the room; None for a branch without one.

    A damaged or deleted room is recreated. Raises AutodevelopError when that
    fails.
    """
    folder = repository.cache / stage
    with lock(folder, f'the {stage} room',
              f'process {os.getpid()} or its child has locked it',
              folder.parent):
        git_dir = folder / 'tree/.git'
        room = Room(folder, repository._replace(
            common=git_dir, git_dir=git_dir, work_tree=folder / 'tree'),
            repository)
        if not is_intact(repository, folder):
            _recreate(repository, room)
        try:
            branch = check_out(room, tree, head)
        except (AutodevelopError, OSError, ValueError):
            _recreate(repository, room)
            branch = check_out(room, tree, head)
        yield room._replace(branch=branch)


def check_out(room: Room, tree: str, head: str | None) -> str:
    """Make the room's files, index, refs and HEAD those that are wanted.

    Returns the branch of HEAD; empty for none.
    """
    branch = synchronize(room.origin, room.folder, head)
    is_new = os.listdir(room.tree) == ['.git']
    left = set[str]() if is_new or checked_out(room.stamp) == tree else (
        _folders_to_empty(room, tree))
    with new_seconds(room.repository, room.stamp, tree):
        git(room.repository, '-c', 'submodule.recurse=false',
            'read-tree', '--reset', '-u', tree)
        if not is_new:
            _clean(room.repository, room.tree)
    _remove_untracked(room, left)
    return branch


def _clean(repository: Repository, tree: Path) -> None:
    if git_unchecked(repository, *CLEAN).status:
        make_writable(tree)
        git(repository, *CLEAN)


def check_out_outside(room: Room, names: Iterable[str]) -> None:
    """Check out files that a commit changes outside of a sparse checkout."""
    missing = [name for name in names
               if not os.path.lexists(room.tree / name)]
    if missing and (room.folder / 'sparse').exists():
        given = os.fsencode('\0'.join(missing))
        git(room.repository, 'update-index', '--no-skip-worktree', '-z',
            '--stdin', input=given)
        git(room.repository, 'checkout-index', '--force', '-z', '--stdin',
            input=given)


def enter_project(room: Room, project: str) -> Room:
    """The room with the noxfile in this folder."""
    room = room._replace(project=project)
    # A full disk can leave a truncated one.
    compiled = room.project_tree / '__pycache__'
    for path in compiled.glob('noxfile.*.pyc'):
        path.unlink()
    return room


def _folders_to_empty(room: Room, tree: str) -> set[str]:
    """The folders of files that are in the room's index and not in a tree."""
    done = git_unchecked(room.repository, 'diff-index', '--cached', '-z',
                         '--name-only', '--no-renames', '--diff-filter=A',
                         tree)
    return {folder.as_posix()
            for name in split_names(done.output)
            for folder in PurePosixPath(name).parents[:-1]}


def _remove_untracked(room: Room, folders: set[str]) -> None:
    """Remove those without tracked files, and what is ignored in them.

    A left __pycache__ would keep a package importable that is gone.
    """
    if not folders:
        return
    tracked = split_names(git(room.repository, 'ls-files', '-z'))
    kept = {folder.as_posix() for name in tracked
            for folder in (PurePosixPath(name), *PurePosixPath(name).parents)}
    for name in folders - kept:
        remove_folder(room.tree / name)


def _recreate(repository: Repository, room: Room) -> None:
    remove_old_rooms(repository, room.folder.name)
    if sys.stderr.isatty():
        say(f'creating the {room.folder.name} room; the first run takes '
            'longer')
    if room.stamp.exists():
        # Caches outside the tree may have entries for the old files.
        expect_changes(room.stamp)
    write_file(repository.cache / 'repository',
               os.fsencode(f'{os.path.realpath(repository.common)}\n'))
    create(repository, room.folder)
