"""The mtimes of a room's files: no two versions of a file share a second.

Python trusts a .pyc file, and mypy its cache, by the size of the source and
the whole second of its mtime:
https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
Two commits in a row, or a session that fixes a file, write two versions of it
within a second. Rather than wait for the clock, a room counts seconds ahead
of it. The room's *stamp* holds what that takes.
"""
import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from autodevelop.git import Repository, git, try_git


FEW = 100
"""Up to so many files, git finds faster by name than by looking at all."""


class Stamp(NamedTuple):
    """What a stamp says of the files that git tracks in a room.

    tree: what they are; empty while somebody may change them unseen.
    last: no file has had a later second when the tree was last known.
    since: the second in which that was; all that changed since is as new.
    """

    tree: str
    last: int
    since: int


@contextmanager
def new_seconds(repository: Repository, stamp: Path,
                tree: str) -> Iterator[None]:
    """Give what a checkout of this tree writes a second that is not used yet.

    Most checkouts write in such a second by themselves, and cost nothing
    more. A new room has no stamp, and nothing compiled.
    """
    before = _read(stamp)
    expect_changes(stamp)
    if not before or before.tree and before.last < _second_of(stamp):
        yield
        settle(stamp, tree)
        return
    # What is not known to be whole, is found by its mtime alone.
    known = bool(before.tree)
    listed = try_git(repository, 'diff-tree', '-r', '--name-only', '-z',
                     '--no-renames', before.tree, tree) if known else None
    yield
    if listed and listed.status == 0:
        names = bump_mtimes(repository, stamp, _split(listed.output))
    else:
        everything = _split(git(repository, 'ls-files', '-z'))
        names = bump_mtimes(repository, stamp, everything, before.since)
    if names:
        # Else git would take these files for changed. To look for few among
        # 10,000 takes it a tenth of the time that all of them take.
        git(repository, '--literal-pathspecs', 'add', '--refresh',
            '--pathspec-from-file=-', '--pathspec-file-nul', given=os.fsencode(
                '\0'.join(names if len(names) < FEW else ['.'])))
    settle(stamp, tree)


def expect_changes(stamp: Path) -> None:
    """Note that files may change from now on; a kill leaves it noted."""
    before = _read(stamp)
    if not before:
        _write(stamp, Stamp('', 0, 0))
    elif before.tree:
        _write(stamp, before._replace(tree=''))


def settle(stamp: Path, tree: str) -> None:
    """Note that the files are those of a tree, as git's index has them."""
    before = _read(stamp)
    _write(stamp, Stamp(tree, before.last if before else 0, 0))


def bump_mtimes(repository: Repository, stamp: Path, names: Iterable[str],
                since: int = 0) -> list[str]:
    """Set the mtimes of files to a second that none of them had.

    It is later than now, or make and others would take what was built from an
    earlier version for newer.

    since: leave files alone that are older.

    Returns the names of those that have the new mtime.
    """
    assert repository.work_tree
    root = os.path.realpath(repository.work_tree)
    before = _read(stamp) or Stamp('', 0, 0)
    second = max(before.last, int(time.time())) + 1
    # Written before it is used: a kill in between wastes a second.
    _write(stamp, before._replace(tree='', last=second))
    # A session may have put a symlink to somewhere else for a folder.
    paths = {name: repository.work_tree / name for name in names}
    inside = {folder: Path(os.path.realpath(folder)).is_relative_to(root)
              for folder in {path.parent for path in paths.values()}}
    bumped = [name for name, path in paths.items()
              if inside[path.parent] and _is_file_since(path, since)]
    for name in bumped:
        os.utime(paths[name], (second, second))
    return bumped


def _is_file_since(path: Path, since: int) -> bool:
    """Not so for submodules, nor symlinks: who follows one sees its target."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_mtime >= since


def _read(stamp: Path) -> Stamp | None:
    """The stamp; None if there is none."""
    try:
        tree, last, since = stamp.read_text('ascii').split()
        read = Stamp(tree.strip('-'), int(last), int(since))
    except FileNotFoundError:
        return None
    except ValueError:  # It is of an older autodevelop, or damaged.
        return Stamp('', 0, 0)
    if not read.tree:
        return read
    # Sessions were still writing files until the tree was known.
    written = _second_of(stamp)
    return read._replace(last=max(read.last, written),
                         # Where the clock was set back, it is no bound.
                         since=min(written, int(time.time()) - 1))


def _write(stamp: Path, content: Stamp) -> None:
    """Write over what is there, at once: a kill leaves the one or the other.

    The counter is not lost as it would be with a file that is emptied first.
    """
    line = f'{content.tree or "-":64} {content.last:19} {content.since:19}\n'
    number = os.open(stamp, os.O_WRONLY | os.O_CREAT, 0o666)
    with open(number, 'wb', buffering=0) as file:
        file.write(line.encode())
        file.truncate()


def _second_of(stamp: Path) -> int:
    """When it was written, by the clock of the file system.

    That of files is some milliseconds behind that of ``time``.
    """
    return int(stamp.stat().st_mtime)


def _split(output: bytes) -> list[str]:
    return os.fsdecode(output).split('\0')[:-1]
