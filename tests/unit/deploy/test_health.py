"""How a service is, asked of real servers."""
import json
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from autodevelop.__main__ import main
from autodevelop.deploy.health import (
    EXITED, Health, advise, ask, wait_until_healthy,
)
from tests.support.certificate import CERTIFICATE

Capture = pytest.CaptureFixture[str]
Serve = Callable[..., str]


class Handler(BaseHTTPRequestHandler):
    """Answers what its server has ready, the last of it forever."""

    def do_GET(self) -> None:  # noqa: N802
        answers: list[tuple[int, Any]] = getattr(self.server, 'answers')
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        if status == 301:
            self.send_header('Location', f'https://{self.headers["Host"]}/')
        self.end_headers()
        self.wfile.write(body if isinstance(body, bytes)
                         else json.dumps(body).encode())

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve these answers; the address to ask."""
    servers = []

    def start(*answers: tuple[int, Any],
              tls: ssl.SSLContext | None = None) -> str:
        server = HTTPServer(('127.0.0.1', 0), Handler)
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        setattr(server, 'answers', list(answers))
        threading.Thread(target=server.serve_forever, args=[0.01]).start()
        servers.append(server)
        scheme = 'https' if tls else 'http'
        return f'{scheme}://127.0.0.1:{server.server_port}/healthz?deep=1'

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(('body', 'said'), [
    ({'release': 'abc'}, 'ok, release abc'), ({}, 'ok'), ([], 'ok'),
    (b'\xff', 'ok'), ({'release': 1}, 'ok')])
def test_a_healthy_service_is_one_line(
        serve: Serve, body: object, said: str, capsys: Capture) -> None:
    url = serve((200, body))
    assert main(['health', url]) == 0
    assert capsys.readouterr().out == f'{url}: {said}\n'


@pytest.mark.parametrize(('status', 'body', 'said'), [
    (500, {'release': 'abc'}, 'it answers 500, release abc'),
    (200, {'release': 'old'}, 'release old answers'),
    (200, b'fine', 'its answer names no release')])
def test_an_unhealthy_service_is_one_line(
        serve: Serve, status: int, body: object, said: str,
        capsys: Capture) -> None:
    url = serve((status, body))
    command = ['health', url, '--timeout', '0.1', '--release', 'abc']
    assert main(command) == 1
    assert capsys.readouterr().out == f'{url}: {said}\n'


def test_it_is_asked_until_the_release_answers(serve: Serve) -> None:
    url = serve((500, {}), (200, {'release': 'old'}), (200, {'release': 'x'}))
    assert wait_until_healthy(url, 'x', 20.0) == (200, 'x', '')


def test_a_service_that_does_not_answer_is_reported(capsys: Capture) -> None:
    with socket.create_server(('127.0.0.1', 0)) as taken:
        port = taken.getsockname()[1]
    url = f'http://127.0.0.1:{port}/'
    assert main(['health', url, '--timeout', '0.1']) == 1
    assert 'it does not answer: ' in capsys.readouterr().out


def test_a_server_that_hangs_takes_no_longer_than_it_may() -> None:
    with socket.create_server(('127.0.0.1', 0)) as silent:
        url = f'http://127.0.0.1:{silent.getsockname()[1]}/'
        begin = time.monotonic()
        health = wait_until_healthy(url, None, 0.1)
    assert health.status is None
    assert time.monotonic() - begin < 5


@pytest.mark.skipif(sys.platform == 'win32', reason='no Unix sockets')
def test_a_unix_socket_is_asked_by_its_path(tmp_path: Path) -> None:
    class UnixServer(HTTPServer):
        address_family = socket.AF_UNIX

        def server_bind(self) -> None:
            self.socket.bind(str(self.server_address))

    path = tmp_path / 'a.sock'
    server = UnixServer(str(path), Handler)  # type: ignore[arg-type]
    setattr(server, 'answers', [(200, {'release': 'x'})])
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    health = wait_until_healthy(f'unix:{path}:/healthz', 'x', 20.0)
    thread.join()
    server.server_close()
    assert health == (200, 'x', '')


def test_without_unix_sockets_there_is_an_error(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, 'AF_UNIX', raising=False)
    health = wait_until_healthy('unix:/a.sock:/', None, 0)
    assert health.problem == (
        'it does not answer: Unix sockets are not supported')


@pytest.mark.parametrize('url', [
    '', 'localhost:8000', 'ftp://a/', 'http:///a', 'http://a:b/',
    'http://[', 'unix:a', 'unix::/a', 'unix:a:b'])
def test_an_invalid_url_is_an_error(url: str, capsys: Capture) -> None:
    assert main(['health', url]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert repr(url) in first
    assert 'unix:SOCKET:/PATH' in second


@pytest.mark.parametrize(('health', 'advice'), [
    (Health(200, None, ''), 'AUTODEVELOP_RELEASE'),
    (Health(200, 'other', ''), 'AUTODEVELOP_RELEASE'),
    (Health(500, None, ''), 'worker_class'),
    (Health(None, None, EXITED), 'install = true'),
    (Health(502, None, ''), 'fix the application'),
    (Health(400, None, ''), 'health_host'),
    (Health(301, None, ''), 'without a login'),
    (Health(404, None, ''), 'health in')])
def test_each_answer_has_its_advice(health: Health, advice: str) -> None:
    assert advice in advise(health)


def test_a_redirection_says_where_to(serve: Serve) -> None:
    health = ask(serve((301, '')), None, 20.0, 'shop.example.org')
    assert health.problem == (
        'it answers 301 and redirects to https://shop.example.org/')


def test_over_tls_the_certificate_is_of_the_name_that_is_asked(
        serve: Serve, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / 'certificate.pem'
    path.write_text(CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    monkeypatch.setenv('SSL_CERT_FILE', str(path))
    url = serve((200, {'release': 'x'}), tls=context)
    assert ask(url, 'x', 20.0, 'shop.example.org') == (200, 'x', '')
    assert 'certificate' in ask(url, 'x', 20.0).problem
