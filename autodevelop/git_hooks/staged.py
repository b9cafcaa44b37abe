"""What is staged for a commit: read once, and written with the fixes in it.

An index is replaced as a whole, so that a kill at any moment leaves the old
one or the new one.
"""
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks.changes import Change
from autodevelop.system.files import move_into_place
from autodevelop.system.git import Repository, git, git_line, split_names

WAIT_SECONDS = 2.0
"""How long another git may hold the index: the sessions took longer."""
POLL_SECONDS = 0.05


class Staged:
    """The index that git commits, as it was when the hook started.

    index: its file: the index, its lock (``git commit -a``), or a temporary
        one (``git commit PATH``).
    scratch: a folder for files that are not in place yet.
    """

    def __init__(self, repository: Repository, scratch: Path) -> None:
        self.repository = repository
        self.scratch = scratch
        self._own = Path(os.path.realpath(repository.git_dir / 'index'))
        # Git may name it through a symlink.
        self.index = Path(os.path.realpath(
            os.environ.get('GIT_INDEX_FILE', self._own)))
        self._content = _read(self.index)
        if not self._content and self.index != self._own:
            raise AutodevelopError(
                f'GIT_INDEX_FILE names {self.index}, which does not exist',
                'unset GIT_INDEX_FILE', status=1)
        self.tree = self._tree_of(self._content)

    def assert_unchanged(self) -> None:
        """Raise AutodevelopError if the staged tree has changed."""
        content = _read(self.index)
        if content == self._content:
            return
        if self._tree_of(content) != self.tree:
            raise AutodevelopError(
                'the index changed while it was being checked',
                'commit again to check the new state', status=1)
        self._content = content

    def tree_with(self, fixes: Sequence[Change]) -> str:
        """Write the tree of what is staged, with the fixes in it."""
        return git_line(self.repository, 'write-tree',
                        index=self._fixed(self.index, fixes))

    def write(self, fixes: Sequence[Change]) -> None:
        """Write fixed blobs to the index that git commits and the real one."""
        lock = self._own.with_name('index.lock')
        if self.index != self._own:
            move_into_place(self._fixed(self.index, fixes), self.index)
            # For git commit PATH, git also prepares the next real index.
            if self.index.name.startswith('next-index-') and lock.exists():
                move_into_place(self._fixed(lock, fixes), lock)
            return
        new = self._fixed(self.index, fixes)
        try:
            _lock_when_free(lock, new)
        except FileExistsError:
            raise AutodevelopError(
                'another git process has locked the index',
                f'wait for it; if there is none: rm {lock}', status=1,
            ) from None
        try:
            self.assert_unchanged()
            os.replace(lock, self.index)
        except BaseException:
            lock.unlink()
            raise

    def _fixed(self, index: Path, fixes: Sequence[Change]) -> Path:
        """A copy of an index with the fixed blobs in it."""
        copy = self.scratch / f'fixed-{index.name}'
        shutil.copyfile(index, copy)
        listing = git(self.repository, 'ls-files', '--stage', '-z', index=copy)
        held = {tuple(line.partition('\t')[::2])
                for line in split_names(listing)}
        fixed = ''.join(
            f'{each.mode} {each.oid}\t{each.path}\0' for each in fixes
            if (f'{each.old_mode} {each.old_oid} 0', each.path) in held)
        git(self.repository, 'update-index', '-z', '--index-info',
            input=os.fsencode(fixed), index=copy)
        return copy

    def _tree_of(self, content: bytes) -> str:
        # On the index itself, git would take its lock to refresh it.
        copy = self.scratch / 'index'
        copy.unlink(missing_ok=True)
        if content:
            copy.write_bytes(content)
        return git_line(self.repository, 'write-tree', index=copy)


def _lock_when_free(lock: Path, content: Path) -> None:
    """The same as _lock(), and wait a little for an editor's git status."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return _lock(lock, content)
        except FileExistsError:
            if time.monotonic() >= end:
                raise
        time.sleep(POLL_SECONDS)


def _lock(lock: Path, content: Path) -> None:
    """Create a lock file atomically, with its content.

    Raises FileExistsError if it is there.
    """
    try:
        os.link(content, lock)
    except FileExistsError:
        raise
    except OSError:  # Some file systems have no hard links.
        with lock.open('xb') as file:
            file.write(content.read_bytes())


def _read(index: Path) -> bytes:
    return index.read_bytes() if index.exists() else b''
