"""Is a service up, and which release answers?

The JSON of a health answer names the ``release``: otherwise the old process
could answer for the new one.
"""
import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from autodevelop.errors import AutodevelopError

INTERVAL = 0.05
"""Seconds between two requests."""

EXITED = 'it has exited'
DYING = 'its workers exit, though they have loaded the application'
TO_HTTPS = ' and redirects to https:'

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
                       host: str = '') -> Health:
    """Ask until the answer is 200 and, if given, from this release.

    has_exited: whether the service has exited, so that waiting is useless.
    url: ``http://host:port/path``, https, or ``unix:SOCKET:/path`` for a Unix
        socket.
    host: the name that the service is asked by, wherever it is.
    timeout: seconds in all; there is at least one request.

    Raises AutodevelopError for any other URL.
    """
    end = time.monotonic() + timeout
    while True:
        health = ask(url, release, max(end - time.monotonic(), INTERVAL), host)
        if not health.problem or time.monotonic() + INTERVAL >= end:
            return health
        if has_exited():
            return health._replace(problem=EXITED)
        time.sleep(INTERVAL)


def ask(url: str, release: str | None, timeout: float,
        host: str = '') -> Health:
    """Ask once; the arguments are those of wait_until_healthy."""
    connection, path = _connection(url, timeout, host)
    # As the proxy says it: an application may redirect all else to HTTPS.
    headers = {'Connection': 'close', 'X-Forwarded-Proto': 'https'}
    try:
        connection.request('GET', path, headers=headers | (
            {'Host': host} if host else {}))
        answer = connection.getresponse()
        status, named = answer.status, _release(answer.read(MAX_BYTES))
        location = answer.getheader('Location', '')
    except (OSError, http.client.HTTPException) as error:
        return Health(None, None, f'it does not answer: {error}')
    finally:
        connection.close()
    if status != 200:
        to = f' and redirects to {location}' if location else ''
        return Health(status, named, f'it answers {status}{to}')
    if release is not None and named != release:
        return Health(status, named, f'release {named} answers' if named else
                      'its answer names no release')
    return Health(status, named, '')


def advise(health: Health) -> str:
    """What may help against what a health answer says."""
    if health.problem == EXITED:
        return ('see the log above; what the application imports must be in '
                'the lock file, or be the project itself: install = true in '
                '[tool.autodevelop.deploy]; to set a variable: autodevelop '
                'deploy env set NAME=VALUE')
    if health.problem == DYING:
        return 'see the log above for the status that they exit with'
    if health.status == 200:
        return ('answer JSON with the value of AUTODEVELOP_RELEASE, as '
                '{"release": "..."}')
    if health.status == 400:
        return ('if the application accepts only some hosts, name one: '
                'health_host in [tool.autodevelop.deploy]')
    if health.status == 500:
        return ('see the log above; an ASGI application needs worker_class = '
                '"asgi" in gunicorn.conf.py')
    if health.status in (301, 302, 303, 307, 308, 401, 403, 404):
        return ('name a path that answers 200 without a login: health in '
                '[tool.autodevelop.deploy]')
    return 'fix the application and deploy again'


def _release(body: bytes) -> str | None:
    try:
        named = json.loads(body)['release']
    except (ValueError, LookupError, TypeError):
        return None
    return named if isinstance(named, str) else None


def _connection(url: str, timeout: float,
                host: str) -> tuple[http.client.HTTPConnection, str]:
    if url.startswith('unix:'):
        name, _, path = url.removeprefix('unix:').partition(':')
        if name and path.startswith('/'):
            return _UnixConnection(name, timeout), path
    else:
        try:
            parts = urlsplit(url)
            address, port = parts.hostname, parts.port
        except ValueError:
            address = None
        if address and parts.scheme in ('http', 'https'):
            path = (parts.path or '/') + f'?{parts.query}' * bool(parts.query)
            if parts.scheme == 'http':
                return http.client.HTTPConnection(
                    address, port, timeout=timeout), path
            return _NamedConnection(address, port or 443, host or address,
                                    timeout), path
    raise AutodevelopError(
        f'{url!r} is not a health URL',
        'use http://HOST:PORT/PATH, https://HOST/PATH or unix:SOCKET:/PATH')


class _NamedConnection(http.client.HTTPConnection):
    """HTTP over TLS, with the certificate of a name, at any address."""

    def __init__(self, address: str, port: int, name: str,
                 timeout: float) -> None:
        super().__init__(address, port, timeout=timeout)
        self._name = name

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(
            self.sock, server_hostname=self._name)


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
