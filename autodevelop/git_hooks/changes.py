"""What differs between two trees."""
from collections.abc import Iterator
from typing import NamedTuple

from autodevelop.system.git import Repository, git, split_names

REGULAR = ('100644', '100755')
"""The modes of regular files; symlinks and submodules have others."""


class Change(NamedTuple):
    """A path that differs between two trees; all-zero modes for no file."""

    old_mode: str
    mode: str
    old_oid: str
    oid: str
    path: str


def changes(repository: Repository, old: str, new: str) -> Iterator[Change]:
    """Yield the paths that differ between two trees, without renames."""
    fields = split_names(git(
        repository, 'diff-tree', '-r', '-z', '--raw', '--no-renames',
        '--end-of-options', old, new))
    for meta, path in zip(fields[::2], fields[1::2]):
        old_mode, mode, old_oid, oid, _ = meta[1:].split(' ')
        yield Change(old_mode, mode, old_oid, oid, path)
