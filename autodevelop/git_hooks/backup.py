"""Back up hooks of other tools in the git directory, and restore them."""
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks.chained import BEFORE
from autodevelop.git_hooks.script import is_ours


def set_aside(own: Path, names: Sequence[str]) -> list[str]:
    """Move hooks of these names to the folder beside; return a line on it.

    The first time all files are copied there: hooks look for helpers beside
    themselves.
    """
    if not names:
        return []
    before = own.with_name(BEFORE)
    if not before.exists():
        new = own.with_name(f'{BEFORE}.new')
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(own, new, symlinks=True, ignore=_not_copied)
        for name in names:
            (new / name).unlink()
        new.rename(before)
    for name in names:
        if os.path.lexists(before / name):
            raise AutodevelopError(
                f'{before.as_posix()} already has a hook {name}',
                f'move one of the two away: {(own / name).as_posix()}')
        (own / name).rename(before / name)
    return [f'moved {", ".join(names)} to {before.as_posix()}; uninstall '
            'moves them back']


def restore(own: Path) -> list[str]:
    """Move back what was set aside; return a line on it."""
    before = own.with_name(BEFORE)
    if not before.is_dir():
        return []
    names = [name for name in sorted(os.listdir(before))
             if not os.path.lexists(own / name)]
    for name in names:
        (before / name).rename(own / name)
    shutil.rmtree(before)
    return [f'moved back {", ".join(names)}'] if names else []


def _not_copied(folder: str, names: list[str]) -> list[str]:
    return [name for name in names
            if name.endswith('.sample') or is_ours(Path(folder, name))]
