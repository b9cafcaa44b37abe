"""Files and folders of an application that stay when releases change."""
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError


def link_shared(target: Target, release: Path, names: Sequence[str]) -> None:
    """Link these paths of a release to what stays of them.

    What a release brings at such a path is the first that is shared. A name
    with a dot is a file, which the application may create; others are folders.
    """
    for name in names:
        shared = target.folder / 'shared' / name.rstrip('/')
        path = release / name.rstrip('/')
        try:
            _link(path, shared, is_folder=(
                name.endswith('/') or '.' not in shared.name))
        except OSError as error:
            raise AutodevelopError(
                f'cannot share {name}: {error.strerror}',
                f'see what is at {shared}', status=1) from error


def _link(path: Path, shared: Path, is_folder: bool) -> None:
    if path.is_symlink() and os.readlink(path) == str(shared):
        return
    shared.parent.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not shared.exists():
        if path.is_dir():
            shutil.copytree(path, shared, symlinks=True)
        elif path.exists():
            shutil.copy2(path, shared)
        elif is_folder:
            shared.mkdir()
    new = path.with_name(f'.{path.name}.shared')
    new.unlink(missing_ok=True)
    new.symlink_to(shared)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    new.replace(path)
