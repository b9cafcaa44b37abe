"""A folder that an application is served from, and what is live there.

::

    releases/OID/         the files of a commit
    environments/HASH/    virtual environments, by the hash of a lock file
    run/NUMBER/           one attempt to serve a release: sock, pid, wPID for
                          each worker, links to release, environment, log
    logs/NUMBER.log       what that attempt wrote; it stays
    shared/               what releases share
    left/OID/             what the application wrote in a release that is gone
    variables.json        the environment variables of the application
    current.sock          a link to the socket of the attempt that is live
    history.sqlite        every attempt, and how it ended
"""
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.system import locks
from autodevelop.system.git import config_get

MAX_SOCKET_PATH = 100
"""Bytes that the path of a Unix socket may have: 104 on macOS, 108 on
Linux, of which the last is 0."""

FOLDERS = {'releases': 0o750, 'environments': 0o750, 'run': 0o711}

LIVE = re.compile(r'run/(\d+)/sock')

OF_HOOK = 'AUTODEVELOP_TARGET'
"""Names the target in the environment of the hook post-deploy."""


class Target(NamedTuple):
    """Where an application goes live.

    folder: an absolute path.
    proxy_url: where the proxy in front answers for the health of the service;
        empty without a proxy.
    """

    folder: Path
    proxy_url: str

    @property
    def current(self) -> Path:
        """The socket that the proxy connects to."""
        return self.folder / 'current.sock'

    @property
    def releases(self) -> Path:
        return self.folder / 'releases'

    def run(self, number: int) -> Path:
        """The folder of an attempt."""
        return self.folder / 'run' / str(number)

    def attempts(self) -> list[int]:
        """The numbers of the attempts that have not been cleaned up."""
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
        """Make an attempt live, by one atomic rename; None for none."""
        if number is None:
            self.current.unlink(missing_ok=True)
            return
        new = self.run(number) / 'current.sock'
        new.unlink(missing_ok=True)
        new.symlink_to(f'run/{number}/sock')
        new.replace(self.current)


def refuse_windows() -> None:
    """Raise AutodevelopError where nothing can be deployed."""
    if sys.platform == 'win32':
        raise AutodevelopError('deploys need Unix sockets and signals',
                               'deploy from and to Linux or macOS')


def find_target(folder: Path | None, proxy_url: str | None) -> Target:
    """The target that these options name, or git's configuration."""
    refuse_windows()
    folder = folder or Path(config_get('autodevelop.to'))
    if folder == Path():
        raise AutodevelopError(
            'no folder to deploy to',
            'add --to DIR, or run once: git config autodevelop.to DIR')
    if proxy_url is None:
        # Servers that are set up already have the second one.
        proxy_url = (config_get('autodevelop.proxyUrl')
                     or config_get('autodevelop.front'))
    return open_target(folder, proxy_url)


def open_target(folder: Path, proxy_url: str = '') -> Target:
    """Name a folder to deploy to, which need not exist yet."""
    # One spelling: processes are found by it.
    target = Target(folder.resolve(), proxy_url)
    longest = len(os.fsencode(target.run(99_999) / 'w4194304'))
    if longest > MAX_SOCKET_PATH:
        raise AutodevelopError(
            f'the path {folder} is too long for a socket in it: {longest} '
            f'of {MAX_SOCKET_PATH} bytes',
            'deploy to a folder with a shorter path')
    return target


@contextmanager
def lock_target(target: Target, owner: str) -> Iterator[None]:
    """Lock a target, so that no other process changes what is live.

    owner: shown to other processes that wait: ``ann is deploying abc``.

    Raises AutodevelopError in the hook post-deploy, which would wait for the
    deploy that waits for it.
    """
    if os.environ.get(OF_HOOK) == str(target.folder) and (
            locks.locked_by(target.folder)):
        raise AutodevelopError(
            'the hook post-deploy cannot change what is live: its deploy has '
            f'locked {target.folder}', 'do that when the deploy has ended')
    with locks.lock(target.folder, str(target.folder), owner):
        try:
            # Whatever the umask is: the proxy reaches sockets by their names,
            # and other users need nothing else.
            for name, mode in FOLDERS.items():
                path = target.folder / name
                if not path.is_dir():
                    path.mkdir()
                    path.chmod(mode)
        except OSError as error:
            raise AutodevelopError(
                f'cannot deploy to {target.folder}: {error.strerror}',
                'create it, or make it writable') from error
        yield
