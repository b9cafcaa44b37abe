"""The service under its production server, asked over HTTP."""
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from runpy import run_path
from socket import create_connection
from types import ModuleType

import pytest

from autodevelop.service import gunicorn_settings
from autodevelop.service.__main__ import main
from tests.support.project import ROOT
from tests.support.server import Server, serve, wait_for_port

# Windows has no SIGTERM; a process is ended there, with this status.
STOPPED = 1 if sys.platform == 'win32' else 0
SETTINGS = 'python:autodevelop.service.gunicorn_settings'

core = pytest.mark.core


@pytest.fixture(scope='module')
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp('served') / 'log'
    with serve(log, AUTODEVELOP_RELEASE='0123abc') as server:
        yield server


def ask(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection('127.0.0.1', port, timeout=20)
    try:
        connection.request('GET', path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize('path, status, body', [
    ('/', 200, 'Hello World!'),
    ('/division?x=5&y=2', 200, '2.5'),
    ('/division?x=6&y=2', 200, '3.0'),
    ('/division?x=-5&y=0', 200, 'inf'),
    ('/division?x=%FF&y=2', 400, '"parameter": "x"'),
    ('/healthz', 200, '"release":"0123abc"'),
    ('/nothing', 404, '"title": "Not Found"'),
])
def test_served_service_answers(
        server: Server, path: str, status: int, body: str) -> None:
    answered, text = ask(server.port, path)
    assert answered == status
    assert body in text


def test_slow_clients_hold_up_no_other(server: Server) -> None:
    # So many that each worker has one, too few to take all of one's threads.
    assert gunicorn_settings.workers < 3 < gunicorn_settings.threads
    with ExitStack() as dawdlers:
        for _ in range(3):
            address = ('127.0.0.1', server.port)
            dawdler = dawdlers.enter_context(create_connection(address))
            dawdler.sendall(b'GET /healthz HTTP/1.1\r\n')
        assert ask(server.port, '/division?x=5&y=2') == (200, '2.5')


def test_a_server_stops_cleanly(tmp_path: Path) -> None:
    with serve(tmp_path / 'log') as server:
        assert ask(server.port, '/healthz')[0] == 200
    assert server.process.returncode == STOPPED
    assert 'Traceback' not in server.log.read_text(encoding='utf-8')
    with pytest.raises(ConnectionRefusedError):
        ask(server.port, '/healthz')


@core
def test_port_of_the_environment_stays_on_loopback(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PORT', '81')
    settings = run_path(str(gunicorn_settings.__file__))
    assert settings['bind'] == '127.0.0.1:81'


def test_option_that_the_server_lacks_is_refused(tmp_path: Path) -> None:
    server = serve(tmp_path / 'log', 'autodevelop.service', '--nonsense')
    with pytest.raises(AssertionError, match='nonsense'):
        server.__enter__()


@core
@pytest.mark.parametrize('platform, module, given, seen', [
    ('linux', 'gunicorn.app.wsgiapp', [], []),
    ('darwin', 'gunicorn.app.wsgiapp', ['--bind=:80'], ['--bind=:80']),
    ('win32', 'waitress.runner', [], ['--listen=127.0.0.1:8000']),
    ('win32', 'waitress.runner', ['--port=80'], ['--port=80']),
])
def test_arguments_reach_the_server_of_the_platform(
        monkeypatch: pytest.MonkeyPatch, platform: str, module: str,
        given: list[str], seen: list[str]) -> None:
    arguments = ['service', *given]
    server = ModuleType(module)
    # Like waitress, it looks at the list that was there at its import.
    vars(server)['run'] = lambda: arguments.append('(run)')
    monkeypatch.setattr(sys, 'platform', platform)
    monkeypatch.setattr(sys, 'argv', arguments)
    monkeypatch.setitem(sys.modules, module, server)
    main()
    assert arguments == {
        'gunicorn.app.wsgiapp': [
            'service', '--config', SETTINGS, *seen,
            'autodevelop.service:create_app()', '(run)'],
        'waitress.runner': [
            'service', *seen,
            '--call', 'autodevelop.service:create_app', '(run)'],
    }[module]


def test_flask_finds_the_factory() -> None:
    flask = [sys.executable, '-m', 'flask', '--app', 'autodevelop.service']
    routes = subprocess.run(
        [*flask, 'routes'], check=True, capture_output=True, text=True).stdout
    assert {line.split()[-1] for line in routes.splitlines()[2:]} == {
        '/', '/division', '/healthz', '/openapi.json'}


@pytest.mark.skipif(sys.platform == 'win32', reason='such platforms are Unix')
def test_the_lines_of_the_procfile_release_and_serve(tmp_path: Path) -> None:
    lines = dict(line.split(': ', 1) for line in (
        ROOT / 'Procfile').read_text().splitlines())
    beside = str(Path(sys.executable).parent)
    variables = os.environ | {
        'PATH': os.pathsep.join([beside, os.environ['PATH']])}
    released = subprocess.run(['sh', '-c', lines['release']], check=True,
                              env=variables, capture_output=True, text=True)
    assert '/healthz' in released.stdout
    log = tmp_path / 'log'
    # Such a platform gives a port; 0 is any that is free.
    with log.open('wb') as output:
        web = subprocess.Popen(
            ['sh', '-c', f'exec {lines["web"]}'], stdout=output,
            stderr=subprocess.STDOUT, env=variables | {'PORT': '0'})
    try:
        assert ask(wait_for_port(web, log), '/healthz')[0] == 200
    finally:
        web.terminate()
        assert web.wait(40) == 0
