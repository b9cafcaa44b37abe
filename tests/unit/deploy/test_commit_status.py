"""The status of a commit, at a forge on this machine."""
import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from autodevelop.deploy.attempts import attempting
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import find_repository
from tests.support.project import Project

pytestmark = [pytest.mark.once, pytest.mark.skipif(
    sys.platform == 'win32', reason='nothing is deployed there')]
COMMIT = 'a' * 40


class Forge(HTTPServer):
    """Keeps what it is told; answers with a status."""

    def __init__(self) -> None:
        super().__init__(('127.0.0.1', 0), Handler)
        self.told: list[tuple[str, str | None, dict[str, str]]] = []
        self.status = 201

    @property
    def url(self) -> str:
        return f'http://127.0.0.1:{self.server_port}'


class Handler(BaseHTTPRequestHandler):
    server: Forge

    def do_POST(self) -> None:  # noqa: N802
        length = int(self.headers['Content-Length'])
        self.server.told.append((
            self.path, self.headers['Authorization'],
            json.loads(self.rfile.read(length))))
        self.send_response(self.server.status)
        self.send_header('Location', '/elsewhere')
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def forge(project: Project) -> Iterator[Forge]:
    project.write('.git/token', 'secret\n')
    project.git('config', 'autodevelop.statusTokenFile', '.git/token')
    with Forge() as forge:
        thread = threading.Thread(target=forge.serve_forever,
                                  kwargs={'poll_interval': 0.01})
        thread.start()
        yield forge
        forge.shutdown()
        thread.join()


def deploy(target: Target, why: str = '') -> None:
    with attempting(target, COMMIT, 'me', find_repository()):
        if why:
            raise AutodevelopError(why, 'fix it')


@pytest.mark.parametrize(('path', 'failed'), [
    ('/repos/owner/shop', 'failure'), ('/api/v1/repos/owner/shop/', 'failure'),
    ('/api/v4/projects/owner%2Fshop', 'failed')],
    ids=['GitHub', 'Forgejo', 'GitLab'])
def test_a_forge_is_told_how_a_deploy_ended(
        project: Project, target: Target, forge: Forge, path: str,
        failed: str) -> None:
    project.git('config', 'autodevelop.statusUrl', f'{forge.url}{path}')
    deploy(target)
    with pytest.raises(AutodevelopError):
        deploy(target, 'did not start ' * 20)
    (first, token, live), (second, _, refused) = forge.told
    assert first == second == f'{path.rstrip("/")}/statuses/{COMMIT}'
    assert token == 'Bearer secret'
    assert live == {'state': 'success', 'context': 'deploy/to',
                    'description': 'live'}
    assert refused['state'] == failed
    assert refused['description'] == ('did not start ' * 20)[:140]


@pytest.mark.parametrize('status', [
    pytest.param(404, marks=pytest.mark.slow), 307,
    pytest.param(500, marks=pytest.mark.slow)])
def test_what_a_forge_refuses_is_said_and_no_more(
        project: Project, target: Target, forge: Forge, status: int,
        capsys: pytest.CaptureFixture[str]) -> None:
    project.git('config', 'autodevelop.statusUrl', forge.url)
    forge.status = status
    deploy(target)
    assert (f'cannot set the status of {COMMIT[:12]} at {forge.url}: HTTP '
            f'Error {status}') in capsys.readouterr().err
    assert len(forge.told) == 1
    (project.folder / '.git/token').unlink()
    deploy(target)
    assert 'No such file' in capsys.readouterr().err
