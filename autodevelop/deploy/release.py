"""What is served: the files of a commit."""
import os
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from autodevelop.checks.submodules import (
    fill_submodules, find_empty_submodules,
)
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import Repository, git, git_unchecked
from autodevelop.system.output import say

LFS_POINTER = b'version https://git-lfs.github.com/spec/'


def check_out(repository: Repository, commit: str, target: Target,
              shared: Sequence[str] = ()) -> Path:
    """Write the files of a commit into its release; restore what differs.

    Not by ``git archive``, whose attributes leave files out: a release is the
    tree that was checked.

    shared: paths that are not the release's own.
    """
    release = target.releases / commit
    if release.is_dir():
        _restore(repository, commit, release, shared)
        return release
    with TemporaryDirectory(dir=target.releases, prefix='new-') as scratch:
        files, index = Path(scratch, 'files'), Path(scratch, 'index')
        files.mkdir()
        there = repository._replace(work_tree=files)
        git(there, '-c', 'core.sparseCheckout=false', 'read-tree', '--reset',
            '-u', commit, index=index)
        fill_submodules(there, Path(scratch), index)
        _assert_whole(there, index)
        files.rename(release)
    return release


def _restore(repository: Repository, commit: str, release: Path,
             shared: Sequence[str]) -> None:
    """Make files that somebody changed what they are in the commit."""
    there = repository._replace(work_tree=release)
    with TemporaryDirectory(dir=release.parent, prefix='new-') as scratch:
        index = Path(scratch, 'index')
        git(there, 'read-tree', commit, index=index)
        # It compares what is there; its status says that files differ.
        git_unchecked(there, 'update-index', '-q', '--refresh', index=index)
        listed = git(there, 'diff-files', '--name-only', '-z', '--',
                     *(f':(exclude,literal){each.rstrip("/")}'
                       for each in shared),
                     index=index)
        # Of a submodule, git compares what is checked out in it.
        changed = [name for name in listed.split(b'\0')[:-1]
                   if not (release / os.fsdecode(name)).is_dir()]
        if changed:
            git(there, 'checkout-index', '--force', '-z', '--stdin',
                index=index, input=b'\0'.join(changed) + b'\0')
            names = ', '.join(map(os.fsdecode, changed[:5]))
            say(f'restored files of release {commit[:12]} that were changed: '
                f'{names}{"..." if changed[5:] else ""}')


def _assert_whole(there: Repository, index: Path) -> None:
    if empty := find_empty_submodules(there, index):
        raise AutodevelopError(
            f'the submodule {empty[0].path} is not on this server',
            'on the server, run: git clone --bare URL '
            f'{there.common}/modules/{empty[0].name}', status=1)
    assert there.work_tree
    listed = git(there, 'ls-files', '-z', index=index)
    if b'.gitattributes' not in listed:
        return
    filtered = git(there, 'check-attr', '--cached', '-z', '--stdin', 'filter',
                   index=index, input=listed).split(b'\0')
    for name, value in zip(filtered[::3], filtered[2::3]):
        path = there.work_tree / os.fsdecode(name)
        if value == b'lfs' and path.is_file() and (
                path.read_bytes()[:len(LFS_POINTER)] == LFS_POINTER):
            raise AutodevelopError(
                f'the content of {os.fsdecode(name)} is in git-lfs, but not '
                'on this server', 'on the server, run: git lfs install && git '
                'config lfs.url URL', status=1)


def prune(target: Target, kept: Collection[str],
          venvs: Collection[str]) -> None:
    """Remove all releases but these commits, and all venvs but these."""
    for path in target.releases.iterdir():
        if path.name not in kept:
            # Half a release must not be found under its name.
            gone = path.rename(path.with_name(f'new-{path.name}'))
            shutil.rmtree(gone, ignore_errors=True)
    for path in (target.folder / 'environments').iterdir():
        if path.name not in venvs:
            (path / 'whole').unlink(missing_ok=True)
            shutil.rmtree(path, ignore_errors=True)
