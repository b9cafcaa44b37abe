"""A folder that an application is served from, and what is live there.

::

    releases/OID/         the files of a commit
    environments/HASH/    what releases run on, by their lock file
    run/NUMBER/           one attempt to serve a release: sock, pid, log,
                          and a link to its environment
    current.sock          leads to the socket of the attempt that is live
    history.sqlite        every attempt, and how it ended
"""
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from autodevelop import locks
from autodevelop.errors import AutodevelopError

LONGEST = 100
"""Bytes that the path of a Unix socket may have: 104 on macOS, 108 on
Linux, of which the last is 0."""

LIVE = re.compile(r'run/(\d+)/sock')


class Target(NamedTuple):
    """Where an application goes live.

    folder: by its absolute path.
    front: the address of the web server in front, which is asked whether it
        serves the new release; empty where there is none.
    """

    folder: Path
    front: str

    @property
    def current(self) -> Path:
        """The socket that the web server in front connects to."""
        return self.folder / 'current.sock'

    @property
    def releases(self) -> Path:
        return self.folder / 'releases'

    def run(self, number: int) -> Path:
        """The folder of an attempt."""
        return self.folder / 'run' / str(number)

    def attempts(self) -> list[int]:
        """The numbers of the attempts of which something is left."""
        return sorted(int(path.name) for path in self.folder.glob('run/*')
                      if path.name.isdecimal())

    def live(self) -> int | None:
        """The number of the attempt that is live."""
        try:
            found = LIVE.fullmatch(os.readlink(self.current))
        except OSError:
            return None
        return int(found[1]) if found else None

    def switch(self, number: int | None) -> None:
        """Have an attempt live, by one atomic rename; None for none."""
        if number is None:
            self.current.unlink(missing_ok=True)
            return
        new = self.run(number) / 'current.sock'
        new.unlink(missing_ok=True)
        new.symlink_to(f'run/{number}/sock')
        new.replace(self.current)


def open_target(folder: Path, front: str = '') -> Target:
    """Name a folder to deploy to; it need not be there.

    Raises AutodevelopError for one whose sockets would have paths that are too
    long.
    """
    # One spelling: processes are known by it.
    target = Target(folder.resolve(), front)
    longest = len(os.fsencode(target.run(99_999) / 'sock'))
    if longest > LONGEST:
        raise AutodevelopError(
            f'{folder} is too long a path for a socket in it: {longest} '
            f'bytes, of {LONGEST}', 'deploy to a folder with a shorter path')
    return target


@contextmanager
def held(target: Target, reason: str) -> Iterator[None]:
    """Be the only one who changes what is live; wait for others to end.

    What the folder needs is made. Raises AutodevelopError for one that cannot
    be written to.

    reason: who does what to it, for those who wait: ``ann deploys abc to``.
    """
    with locks.held(target.folder, str(target.folder), reason):
        try:
            for name in ('releases', 'environments', 'run'):
                (target.folder / name).mkdir(exist_ok=True)
        except OSError as error:
            raise AutodevelopError(
                f'{target.folder} cannot be deployed to: {error.strerror}',
                'make a folder there that you may write to') from error
        yield
