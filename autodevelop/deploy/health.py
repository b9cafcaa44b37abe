"""Is a service up, and which release answers?

The JSON of a health answer names the ``release``: otherwise the old process
could answer for the new one.
"""
import http.client
import json
import socket
import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from autodevelop.errors import AutodevelopError

INTERVAL = 0.05
"""Seconds between two requests."""

MAX_BYTES = 64 * 1024
"""Bytes of an answer that are read; a health answer is short."""


class Health(NamedTuple):
    """The last answer of a service.

    status: of HTTP; None without an answer.
    release: the one that the answer names.
    problem: why it is unhealthy; empty when it is healthy.
    """

    status: int | None
    release: str | None
    problem: str


def wait_until_healthy(url: str, release: str | None, timeout: float,
                       has_exited: Callable[[], bool] = lambda: False,
                       ) -> Health:
    """Ask until the answer is 200 and, if given, from this release.

    has_exited: whether the service has exited, so that waiting is useless.
    url: ``http://host:port/path``, or ``unix:SOCKET:/path`` for a Unix socket.
    timeout: seconds in all; there is at least one request.

    Raises AutodevelopError for any other URL.
    """
    end = time.monotonic() + timeout
    while True:
        health = _ask(url, release, max(end - time.monotonic(), INTERVAL))
        if not health.problem or time.monotonic() + INTERVAL >= end:
            return health
        if has_exited():
            return health._replace(problem='it has exited')
        time.sleep(INTERVAL)


def _ask(url: str, release: str | None, timeout: float) -> Health:
    connection, path = _connection(url, timeout)
    try:
        connection.request('GET', path, headers={'Connection': 'close'})
        answer = connection.getresponse()
        status, named = answer.status, _release(answer.read(MAX_BYTES))
    except (OSError, http.client.HTTPException) as error:
        return Health(None, None, f'it does not answer: {error}')
    finally:
        connection.close()
    if status != 200:
        return Health(status, named, f'it answers {status}')
    if release is not None and named != release:
        return Health(status, named, f'{named or "no release"} answers')
    return Health(status, named, '')


def _release(body: bytes) -> str | None:
    try:
        named = json.loads(body)['release']
    except (ValueError, LookupError, TypeError):
        return None
    return named if isinstance(named, str) else None


def _connection(url: str,
                timeout: float) -> tuple[http.client.HTTPConnection, str]:
    if url.startswith('unix:'):
        name, _, path = url.removeprefix('unix:').partition(':')
        if name and path.startswith('/'):
            return _UnixConnection(name, timeout), path
    else:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = None
        if host and parts.scheme == 'http':
            path = (parts.path or '/') + f'?{parts.query}' * bool(parts.query)
            return http.client.HTTPConnection(
                host, port, timeout=timeout), path
    raise AutodevelopError(
        f'{url!r} is not a health URL',
        'use http://HOST:PORT/PATH or unix:SOCKET:/PATH')


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, name: str, timeout: float) -> None:
        super().__init__('localhost', timeout=timeout)
        self._name = name

    def connect(self) -> None:
        # Windows' Python has none.
        family = getattr(socket, 'AF_UNIX', None)
        if family is None:
            raise OSError('Unix sockets are not supported')
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._name)
