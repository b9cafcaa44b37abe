"""What is served: the files of a commit, and the venv they run in."""
import hashlib
import os
import shutil
import sys
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import Repository, git
from autodevelop.system.process import run


def check_out(repository: Repository, commit: str, target: Target) -> Path:
    """Write the files of a commit into its release, if it is not there.

    Not by ``git archive``, whose attributes leave files out: a release is the
    tree that was checked.
    """
    release = target.releases / commit
    if release.is_dir():
        return release
    with TemporaryDirectory(dir=target.releases, prefix='new-') as scratch:
        files = Path(scratch, 'files')
        files.mkdir()
        git(repository._replace(work_tree=files), '-c',
            'core.sparseCheckout=false', 'read-tree', '--reset', '-u', commit,
            index=Path(scratch, 'index'))
        files.rename(release)
    return release


def ensure_venv(release: Path, requirements: str, target: Target) -> Path:
    """Create the venv of a release if it is not there; return its Python.

    requirements: the lock file, with a hash for every package.

    Raises AutodevelopError when it cannot be installed; no venv is left then.
    """
    from uv import find_uv_bin
    lock = release / requirements
    venv = target.folder / 'environments' / venv_name(lock)
    python = venv / 'bin/python'
    # Written last: without it the venv is incomplete.
    whole = venv / 'whole'
    if whole.exists():
        return python
    shutil.rmtree(venv, ignore_errors=True)
    for command in [
            ['venv', '--python', sys.executable, str(venv)],
            ['pip', 'install', '--python', str(python), '--compile-bytecode',
             '--require-hashes', '-r', str(lock)]]:
        done = run([find_uv_bin(), *command], {'VIRTUAL_ENV': None})
        if done.status:
            shutil.rmtree(venv, ignore_errors=True)
            said = done.messages.decode(errors='replace').split()
            raise AutodevelopError(
                f'cannot install {requirements}: {" ".join(said)}',
                'fix and commit the lock file, and deploy again', status=1)
    whole.touch()
    return python


def venv_name(lock: Path) -> str:
    """The name of a venv: a hash of the lock file and the Python.

    Raises AutodevelopError without a lock file.
    """
    try:
        content = lock.read_bytes()
    except OSError as error:
        raise AutodevelopError(
            f'cannot read {lock.name} of the release: {error.strerror}',
            'commit the lock file, or set its name: requirements in '
            '[tool.autodevelop.deploy]', status=1) from error
    python = f'{sys.version}\n{os.path.realpath(sys.executable)}\n'
    return hashlib.sha256(python.encode() + content).hexdigest()[:16]


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
