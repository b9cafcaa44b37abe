"""What is served: the files of a commit, and the environment they run on."""
import hashlib
import os
import shutil
import sys
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.git import Repository, git
from autodevelop.process import run


def check_out(repository: Repository, commit: str, target: Target) -> Path:
    """Write the files of a commit into its release, if it is not there.

    They are the files that git has, whatever attributes say of an archive:
    a release is the tree that was checked.
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


def furnish(release: Path, requirements: str, target: Target) -> Path:
    """Make the environment of a release, if it is not there; its Python.

    requirements: the lock file. Every package in it must have a hash, and
        what is fetched must match.

    Raises AutodevelopError when it cannot be made; nothing is left of it.
    """
    from uv import find_uv_bin
    lock = release / requirements
    environment = target.folder / 'environments' / fingerprint(lock)
    python = environment / 'bin/python'
    # Written last: without it, the environment is not whole.
    whole = environment / 'whole'
    if whole.exists():
        return python
    shutil.rmtree(environment, ignore_errors=True)
    for command in [
            ['venv', '--python', sys.executable, str(environment)],
            ['pip', 'install', '--python', str(python), '--compile-bytecode',
             '--require-hashes', '-r', str(lock)]]:
        done = run([find_uv_bin(), *command], {'VIRTUAL_ENV': None})
        if done.status:
            shutil.rmtree(environment, ignore_errors=True)
            said = done.messages.decode(errors='replace').split()
            raise AutodevelopError(
                f'{requirements} cannot be installed: {" ".join(said)}',
                'mend the lock file, commit, and deploy that', status=1)
    whole.touch()
    return python


def fingerprint(lock: Path) -> str:
    """What an environment is named by: the lock file, and the Python.

    Raises AutodevelopError without a lock file.
    """
    try:
        content = lock.read_bytes()
    except OSError as error:
        raise AutodevelopError(
            f'{lock.name} cannot be read in the release: {error.strerror}',
            'commit the lock file, or name it: [tool.autodevelop.deploy] '
            'requirements', status=1) from error
    python = f'{sys.version}\n{os.path.realpath(sys.executable)}\n'
    return hashlib.sha256(python.encode() + content).hexdigest()[:16]


def prune(target: Target, kept: Collection[str],
          environments: Collection[str]) -> None:
    """Remove the releases but these commits, and environments but these."""
    for path in target.releases.iterdir():
        if path.name not in kept:
            # Cut short, it would be taken for the whole release.
            gone = path.rename(path.with_name(f'new-{path.name}'))
            shutil.rmtree(gone, ignore_errors=True)
    for path in (target.folder / 'environments').iterdir():
        if path.name not in environments:
            (path / 'whole').unlink(missing_ok=True)
            shutil.rmtree(path, ignore_errors=True)
