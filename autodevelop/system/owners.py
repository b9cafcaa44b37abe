"""Files that belong to another user: root leaves some, in containers."""
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from autodevelop.system.cache import ELSEWHERE, cache_folder


def foreign_owner(folder: Path) -> tuple[str, str] | None:
    """What another user owns in a folder, or above it where it is missing,
    and the command that helps.

    None where there is nothing, or no such owners.
    """
    if sys.platform == 'win32':  # only on windows
        return None
    me = os.geteuid()
    for path in _paths(folder):
        with suppress(OSError):  # It is gone by now.
            owner = os.lstat(path).st_uid
            if owner != me:
                return (f'permission denied: {path} belongs to {_user(owner)}',
                        _remedy(folder, path, _user(me)))
    return None


def _paths(folder: Path) -> Iterator[str]:
    """The folder and what is in it, or the one in which it is to be made."""
    if os.path.exists(folder):
        yield str(folder)
        for parent, folders, names in os.walk(folder):
            yield from (os.path.join(parent, each)
                        for each in (*folders, *names))
    else:
        yield next(str(each) for each in folder.parents
                   if os.path.exists(each))


def _remedy(folder: Path, foreign: str, user: str) -> str:
    if os.path.exists(folder):
        return f'sudo chown -R {user} {shlex.quote(str(folder))}'
    # What is above it, as /, is never to change its owner.
    if os.access(foreign, os.X_OK) or not (
            folder.is_relative_to(cache_folder())):
        return f'sudo install -d -o {user} {shlex.quote(str(folder))}'
    return ELSEWHERE


def _user(number: int) -> str:
    if sys.platform == 'win32':  # only on windows
        return str(number)
    import pwd
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # A container may have no name for it.
        return str(number)
