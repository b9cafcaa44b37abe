"""Apply what sessions fixed to the working files, beside unstaged edits."""
import errno
import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

from autodevelop.git_hooks.changes import Change
from autodevelop.git_hooks.merge import merge_fixes
from autodevelop.git_hooks.staged import Staged
from autodevelop.system.files import move_into_place
from autodevelop.system.git import git
from autodevelop.system.output import say


def apply_fixes(staged: Staged, fixes: Sequence[Change]) -> None:
    """Apply the fixes to the working files, and keep unstaged edits.

    Where a line was edited after it was staged, or a file cannot be written,
    it stays as it is, and a line on standard error says so.
    """
    for fix in fixes:
        try:
            _apply_fix(staged, fix)
        except OSError as error:
            say(f'{ascii(fix.path)} is fixed in the commit only: '
                f'{error.strerror}')


def _apply_fix(staged: Staged, fix: Change) -> None:
    repository = staged.repository
    assert repository.work_tree
    path = repository.work_tree / fix.path
    if reason := _unreachable(repository.work_tree, path):
        say(f'{ascii(fix.path)} is fixed in the commit only: {reason}')
        return
    working = path.read_bytes()
    before, after = (
        git(repository, 'cat-file', '--filters', f'--path={fix.path}', oid)
        for oid in (fix.old_oid, fix.oid))
    if b'\r\n' in before and b'\r\n' not in working:
        # Git would write CRLF, which this file does not have.
        before, after = (git(repository, 'cat-file', 'blob', oid)
                         for oid in (fix.old_oid, fix.oid))
    merged, edited = merge_fixes(before, after, working)
    for line in edited:
        say(f'{ascii(fix.path)}:{line} is fixed in the commit only: it was '
            'edited after it was staged')
    if merged != working:
        _replace(staged.scratch, path, working, merged)
    if fix.mode != fix.old_mode:
        mode = stat.S_IMODE(path.stat().st_mode)
        readable = (mode & 0o444) >> 2
        path.chmod(mode | readable if fix.mode == '100755'
                   else mode & ~0o111)


def _unreachable(work_tree: Path, path: Path) -> str:
    """Why no fix is written to this path: it would be to another file."""
    folder = path.parent
    real = os.path.join(os.path.realpath(work_tree),
                        folder.relative_to(work_tree))
    # Any part of it may be a symlink, or a junction, by now.
    if os.path.normcase(os.path.realpath(folder)) != os.path.normcase(
            os.path.normpath(real)):
        return 'a folder of its path is a symlink now'
    return '' if stat.S_ISREG(path.lstat().st_mode) else (
        'it is no longer a regular file')


def _replace(scratch: Path, path: Path, now: bytes, then: bytes) -> None:
    new = scratch / 'file'
    new.write_bytes(then)
    shutil.copymode(path, new)
    if path.read_bytes() != now:
        raise OSError(errno.EAGAIN, 'it is being edited')
    move_into_place(new, path)
