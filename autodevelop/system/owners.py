"""Files that belong to another user: root leaves some, in containers."""
import os
import shlex
import sys
from pathlib import Path


def foreign_owner(folder: Path) -> tuple[str, str] | None:
    """What another user owns in a folder, and the command that returns it.

    None where there are none, or no such owners.
    """
    if sys.platform == 'win32':  # only on windows
        return None
    import pwd

    def user(number: int) -> str:
        try:
            return pwd.getpwuid(number).pw_name
        except KeyError:  # A container may have no name for it.
            return str(number)

    me = os.geteuid()
    while not folder.exists():
        folder = folder.parent
    inside = (os.path.join(parent, name)
              for parent, folders, names in os.walk(folder)
              for name in (*folders, *names))
    for path in (str(folder), *inside):
        owner = os.lstat(path).st_uid
        if owner != me:
            return (f'permission denied: {path} belongs to {user(owner)}',
                    f'sudo chown -R {user(me)} {shlex.quote(str(folder))}')
    return None
