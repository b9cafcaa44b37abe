"""Bring what sessions fixed in a room back: into the index, into the files.

Each file is replaced as a whole, index first, so that a kill at any moment
leaves what was staged and what was not.
"""
import errno
import os
import shutil
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.git import Change, Repository, ask, git, update_index


class Staged:
    """The index of a commit, as it was when the hook began.

    index: the file that git commits from: the index, its lock (``-a``), or
        that of a commit of some paths.
    scratch: a folder for what is made before it is put in place.
    """

    def __init__(self, repository: Repository, scratch: Path) -> None:
        self.repository = repository
        self.scratch = scratch
        self._own = Path(os.path.realpath(repository.git_dir / 'index'))
        # Git may name it by way of a symlink.
        self.index = Path(os.path.realpath(
            os.environ.get('GIT_INDEX_FILE', self._own)))
        self._content = _read(self.index)
        self.tree = self._tree_of(self._content)

    def assert_unchanged(self) -> None:
        """Raise AutodevelopError if other things are staged by now."""
        content = _read(self.index)
        if content == self._content:
            return
        if self._tree_of(content) != self.tree:
            raise AutodevelopError(
                'what is staged changed while it was checked',
                'commit again: the new state is checked then', status=1)
        self._content = content

    def write(self, fixes: Sequence[Change]) -> None:
        """Put fixed blobs into what git commits, and into the real index."""
        lock = self._own.with_name('index.lock')
        if self.index != self._own:
            _put(self._fixed(self.index, fixes), self.index)
            # Beside the index of a commit of some paths, git holds another.
            if self.index.name.startswith('next-index-') and lock.exists():
                _put(self._fixed(lock, fixes), lock)
            return
        new = self._fixed(self.index, fixes)
        try:
            _lock(lock, new)
        except FileExistsError:
            raise AutodevelopError(
                'another git is at work on the index',
                f'wait for it; if there is none, remove {lock}', status=1,
            ) from None
        try:
            self.assert_unchanged()
            os.replace(lock, self.index)
        except BaseException:
            lock.unlink()
            raise

    def _fixed(self, index: Path, fixes: Sequence[Change]) -> Path:
        """A copy of an index with those blobs in it."""
        copy = self.scratch / f'fixed-{index.name}'
        shutil.copyfile(index, copy)
        listing = os.fsdecode(git(self.repository, 'ls-files', '--stage', '-z',
                                  index=copy))
        held = {tuple(line.partition('\t')[::2])
                for line in listing.split('\0')}
        update_index(self.repository, copy, [
            each for each in fixes
            if (f'{each.old_mode} {each.old_oid} 0', each.path) in held])
        return copy

    def _tree_of(self, content: bytes) -> str:
        # Git would lock the index itself to note in it what it found.
        copy = self.scratch / 'index'
        copy.unlink(missing_ok=True)
        if content:
            copy.write_bytes(content)
        return ask(self.repository, 'write-tree', index=copy)


def mend_files(staged: Staged, fixes: Sequence[Change]) -> None:
    """Apply the fixes to the working files, beside what is not staged.

    Where a line was edited after it was staged, or a file cannot be written,
    the file stays as it is there and a line on standard error says so.
    """
    for fix in fixes:
        try:
            _mend_file(staged, fix)
        except OSError as error:
            _say(f'{ascii(fix.path)} is fixed in the commit only: '
                 f'{error.strerror}')


def _mend_file(staged: Staged, fix: Change) -> None:
    from autodevelop.hunks import bring_back
    repository = staged.repository
    assert repository.work_tree
    path = repository.work_tree / fix.path
    if not stat.S_ISREG(path.lstat().st_mode):
        _say(f'{ascii(fix.path)} is no file any more; the commit has it fixed')
        return
    working = path.read_bytes()
    before, after = (
        git(repository, 'cat-file', '--filters', f'--path={fix.path}', oid)
        for oid in (fix.old_oid, fix.oid))
    if b'\r\n' in before and b'\r\n' not in working:
        # Git would write line ends that this file does not have.
        before, after = (git(repository, 'cat-file', 'blob', oid)
                         for oid in (fix.old_oid, fix.oid))
    mended, edited = bring_back(before, after, working)
    for line in edited:
        _say(f'{ascii(fix.path)}:{line} was edited after it was staged: the '
             'commit has it fixed, the file stays as it is')
    if mended != working:
        _replace(staged.scratch, path, working, mended)
    if fix.mode != fix.old_mode:
        mode = stat.S_IMODE(path.stat().st_mode)
        readable = (mode & 0o444) >> 2
        path.chmod(mode | readable if fix.mode == '100755'
                   else mode & ~0o111)


def _replace(scratch: Path, path: Path, now: bytes, then: bytes) -> None:
    new = scratch / 'file'
    new.write_bytes(then)
    shutil.copymode(path, new)
    if path.read_bytes() != now:
        raise OSError(errno.EAGAIN, 'it is being edited')
    _put(new, path)


def _put(new: Path, path: Path) -> None:
    """Replace a file at once, from another file system, too."""
    try:
        os.replace(new, path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = path.with_name(f'.{path.name}.autodevelop')
        shutil.copy(new, beside)
        os.replace(beside, path)


def _lock(lock: Path, content: Path) -> None:
    """Make a lock that appears with all of its content, or not at all.

    Raises FileExistsError for one that is there.
    """
    try:
        os.link(content, lock)
    except FileExistsError:
        raise
    except OSError:  # There are file systems that have no links.
        with lock.open('xb') as file:
            file.write(content.read_bytes())


def _read(index: Path) -> bytes:
    return index.read_bytes() if index.exists() else b''


def _say(what: str) -> None:
    sys.stderr.write(f'autodevelop: {what}\n')
