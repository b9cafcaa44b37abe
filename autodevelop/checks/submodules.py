"""The submodules of a room, at the commits that its tree records.

Their files come from the repositories that git keeps below the user's git
directory. What is not there is not fetched: its folder stays empty.
"""
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from autodevelop.checks.room import Room
from autodevelop.system.git import Repository, git, git_unchecked, resolve


def check_out_submodules(room: Room) -> None:
    """Check out each submodule whose commit is here, and those below it."""
    for folder in dict.fromkeys((room.origin.git_dir, room.origin.common)):
        _check_out(room, room.repository, folder / 'modules')


def _check_out(room: Room, parent: Repository, modules: Path,
               index: Path | None = None) -> None:
    for name, path, commit in _submodules(parent, index):
        own = modules / name
        assert parent.work_tree
        tree = parent.work_tree / path
        inside = Path(os.path.realpath(tree)).is_relative_to(
            os.path.realpath(room.tree))
        if not ((own / 'HEAD').is_file() and inside):
            continue
        module = Repository(own, own, tree, room.origin.local)
        if resolve(module, f'{commit}^{{tree}}') == [None]:
            continue
        digest = hashlib.sha256(os.fsencode(tree)).hexdigest()[:16]
        its_index = room.folder / f'submodule-{digest}-{commit}'
        if not its_index.exists():
            # Of another commit. Compiled files would match it by their time.
            shutil.rmtree(tree, ignore_errors=True)
            for old in room.folder.glob(f'submodule-{digest}-*'):
                old.unlink()
        tree.mkdir(parents=True, exist_ok=True)
        git(module, '-c', 'submodule.recurse=false', 'read-tree', '--reset',
            '-u', commit, index=its_index)
        _check_out(room, module, own / 'modules', its_index)


def _submodules(parent: Repository,
                index: Path | None) -> Iterator[tuple[str, str, str]]:
    """The name, path and commit of each submodule in an index."""
    assert parent.work_tree
    listing = parent.work_tree / '.gitmodules'
    if not listing.is_file():
        return
    done = git_unchecked(parent, 'config', '-z', '--file', str(listing),
                         '--get-regexp', r'^submodule\..*\.path$')
    for entry in os.fsdecode(done.output).split('\0')[:-1]:
        key, _, path = entry.partition('\n')
        name = key.removeprefix('submodule.').removesuffix('.path')
        staged = os.fsdecode(git(parent, 'ls-files', '--stage', '-z', '--',
                                 f':(literal){path}', index=index))
        mode, commit, *_ = [*staged.split(' '), '', '']
        # Git itself refuses such a name.
        if mode == '160000' and '..' not in name.split('/'):
            yield name, path, commit
