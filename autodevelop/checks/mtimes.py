"""The mtimes of a room's files: no two versions of a file share a second.

Python validates a .pyc file, and mypy its cache, by the size of the source and
the whole second of its mtime:
https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
Two commits in a row, or a session that fixes a file, write two versions of it
within a second. Instead of waiting for the clock, a room counts seconds ahead
of it. Its *stamp* file holds the counter.
"""
import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from autodevelop.system.git import Repository, git, git_unchecked, split_names

MAX_NAMED = 100
"""Git refreshes up to this many files faster by name than by scanning all."""


class Stamp(NamedTuple):
    """What a stamp says about the tracked files of a room.

    tree: what is checked out; empty while sessions may change files.
    last: no file had a later second when the tree was last known.
    since: when that was; files that changed later are not older than this.
    """

    tree: str
    last: int
    since: int


@contextmanager
def new_seconds(repository: Repository, stamp: Path,
                tree: str) -> Iterator[None]:
    """Give the files that a checkout of this tree writes an unused second.

    Most checkouts happen in an unused second, and cost nothing more. A new
    room has no stamp, and nothing compiled.
    """
    before = _read(stamp)
    expect_changes(stamp)
    if not before or before.tree and before.last < _second_of(stamp):
        yield
        settle(stamp, tree)
        return
    # After a kill only the mtimes tell which files changed.
    known = bool(before.tree)
    listed = git_unchecked(
        repository, 'diff-tree', '-r', '--name-only', '-z', '--no-renames',
        before.tree, tree) if known else None
    yield
    if listed and listed.status == 0:
        names = bump_mtimes(repository, stamp, split_names(listed.output))
    else:
        everything = split_names(git(repository, 'ls-files', '-z'))
        names = bump_mtimes(repository, stamp, everything, before.since)
    if names:
        # Otherwise git would see them as changed. Naming a few of 10,000
        # files takes a tenth of the time of scanning them all.
        git(repository, '--literal-pathspecs', 'add', '--refresh',
            '--pathspec-from-file=-', '--pathspec-file-nul', input=os.fsencode(
                '\0'.join(names if len(names) < MAX_NAMED else ['.'])))
    settle(stamp, tree)


def checked_out(stamp: Path) -> str:
    """The tree that is checked out; empty when that is not known."""
    before = _read(stamp)
    return before.tree if before else ''


def expect_changes(stamp: Path) -> None:
    """Record that files may change from now on, even if we are killed."""
    before = _read(stamp)
    if not before:
        _write(stamp, Stamp('', 0, 0))
    elif before.tree:
        _write(stamp, before._replace(tree=''))


def settle(stamp: Path, tree: str) -> None:
    """Record that the files are those of a tree, as in git's index."""
    before = _read(stamp)
    _write(stamp, Stamp(tree, before.last if before else 0, 0))


def bump_mtimes(repository: Repository, stamp: Path, names: Iterable[str],
                since: int = 0) -> list[str]:
    """Set the mtimes of files to a second that none of them had.

    It is in the future, so that make considers nothing built from an earlier
    version up to date.

    since: skip files that are older.

    Returns the names of the files that got the new mtime.
    """
    assert repository.work_tree
    root = os.path.realpath(repository.work_tree)
    before = _read(stamp) or Stamp('', 0, 0)
    second = max(before.last, int(time.time())) + 1
    # Written first: a kill in between only wastes a second.
    _write(stamp, before._replace(tree='', last=second))
    # A session may have replaced a folder by a symlink to elsewhere.
    paths = {name: repository.work_tree / name for name in names}
    inside = {folder: Path(os.path.realpath(folder)).is_relative_to(root)
              for folder in {path.parent for path in paths.values()}}
    bumped = [name for name, path in paths.items()
              if inside[path.parent] and _is_file_since(path, since)]
    for name in bumped:
        os.utime(paths[name], (second, second))
    return bumped


def _is_file_since(path: Path, since: int) -> bool:
    """Whether it is a regular file, not a submodule or a symlink."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_mtime >= since


def _read(stamp: Path) -> Stamp | None:
    """Read the stamp; None without one."""
    try:
        tree, last, since = stamp.read_text('ascii').split()
        read = Stamp(tree.strip('-'), int(last), int(since))
    except FileNotFoundError:
        return None
    except ValueError:  # Damaged, or of an older autodevelop.
        return Stamp('', 0, 0)
    if not read.tree:
        return read
    # Sessions were still writing files until the tree was known.
    written = _second_of(stamp)
    return read._replace(last=max(read.last, written),
                         # The clock may have been set back.
                         since=min(written, int(time.time()) - 1))


def _write(stamp: Path, content: Stamp) -> None:
    """Overwrite the stamp in one write; a kill leaves the old or the new one.

    All stamps have the same length, so that it is never truncated first.
    """
    line = f'{content.tree or "-":64} {content.last:19} {content.since:19}\n'
    number = os.open(stamp, os.O_WRONLY | os.O_CREAT, 0o666)
    with open(number, 'wb', buffering=0) as file:
        file.write(line.encode())
        file.truncate()


def _second_of(stamp: Path) -> int:
    """When it was written, by the clock of the file system.

    That clock is some milliseconds behind time.time().
    """
    return int(stamp.stat().st_mtime)
