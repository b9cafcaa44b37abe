"""The submodules of a room, at the commits that its tree records.

Their files come from the repositories that git keeps below the user's git
directory. What is not there is not fetched: its folder stays empty.
"""
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from autodevelop.checks.room import Room
from autodevelop.system.cache import short_hash
from autodevelop.system.git import (
    Repository, git, git_unchecked, resolve, split_names,
)


class Submodule(NamedTuple):
    """A submodule: its name, its path, and the commit that is recorded."""

    name: str
    path: str
    commit: str


def check_out_submodules(room: Room) -> None:
    """Check out each submodule whose commit is here, and those below it."""
    for folder in dict.fromkeys((room.origin.git_dir, room.origin.common)):
        _check_out(room.repository, folder / 'modules', room.folder)


def fill_submodules(parent: Repository, scratch: Path, index: Path) -> None:
    """The same for any work tree, whose index is given.

    scratch: a folder for the index of each.
    """
    _check_out(parent, parent.common / 'modules', scratch, index)


def find_empty_submodules(parent: Repository,
                          index: Path) -> list[Submodule]:
    """Those of which no file is checked out."""
    assert parent.work_tree
    return [each for each in _submodules(parent, index)
            if not any((parent.work_tree / each.path).glob('*'))]


def _check_out(parent: Repository, modules: Path, scratch: Path,
               index: Path | None = None, top: Path | None = None) -> None:
    assert parent.work_tree
    top = top or parent.work_tree
    for name, path, commit in _submodules(parent, index):
        own = modules / name
        tree = parent.work_tree / path
        inside = Path(os.path.realpath(tree)).is_relative_to(
            os.path.realpath(top))
        if not ((own / 'HEAD').is_file() and inside):
            continue
        module = parent._replace(common=own, git_dir=own, work_tree=tree)
        if resolve(module, f'{commit}^{{tree}}') == [None]:
            continue
        digest = short_hash(str(tree), 16)
        its_index = scratch / f'submodule-{digest}-{commit}'
        if not its_index.exists():
            # Of another commit. Compiled files would match it by their time.
            shutil.rmtree(tree, ignore_errors=True)
            for old in scratch.glob(f'submodule-{digest}-*'):
                old.unlink()
        tree.mkdir(parents=True, exist_ok=True)
        git(module, '-c', 'submodule.recurse=false', 'read-tree', '--reset',
            '-u', commit, index=its_index)
        _check_out(module, own / 'modules', scratch, its_index, top)


def _submodules(parent: Repository,
                index: Path | None) -> Iterator[Submodule]:
    assert parent.work_tree
    listing = parent.work_tree / '.gitmodules'
    if not listing.is_file():
        return
    done = git_unchecked(parent, 'config', '-z', '--file', str(listing),
                         '--get-regexp', r'^submodule\..*\.path$')
    for entry in split_names(done.output):
        key, _, path = entry.partition('\n')
        name = key.removeprefix('submodule.').removesuffix('.path')
        staged = os.fsdecode(git(parent, 'ls-files', '--stage', '-z', '--',
                                 f':(literal){path}', index=index))
        mode, commit, *_ = [*staged.split(' '), '', '']
        # Git itself refuses such a name.
        if mode == '160000' and '..' not in name.split('/'):
            yield Submodule(name, path, commit)
