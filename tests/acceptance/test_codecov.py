"""The real client of Codecov, sent to a server on loopback."""
import base64
import json
import os
import shlex
import socket
import subprocess
import threading
import tomllib
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
UPLOAD = tomllib.loads((ROOT / 'pyproject.toml').read_text())[
    'tool']['autodevelop']['upload']
REPORT = '<?xml version="1.0" ?><coverage/>'


class Codecov(ThreadingHTTPServer):
    """Says where to put a report, and keeps what is put there.

    It may be ``refusing``, ``slow`` or ``dying``, each from the first answer
    or, as in ``dying put``, when the report itself arrives.
    """

    def __init__(self, behaviour: str = '') -> None:
        super().__init__(('127.0.0.1', 0), Handler)
        self.behaviour = behaviour
        self.over = threading.Event()
        self.url = f'http://127.0.0.1:{self.server_port}'
        self.asked: list[Any] = []
        self.put: list[bytes] = []


class Handler(BaseHTTPRequestHandler):
    server: Codecov

    def do_POST(self) -> None:  # noqa: N802
        self.server.asked.append(self.body())
        self.answer({'raw_upload_location': f'{self.server.url}/put',
                     'url': self.server.url})

    def do_PUT(self) -> None:  # noqa: N802
        for file in self.body()['coverage_files']:
            self.server.put.append(
                zlib.decompress(base64.b64decode(file['data'])))
        self.answer({})

    def body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers['content-length'])))

    def answer(self, body: object) -> None:
        behaviour, _, when = self.server.behaviour.partition(' ')
        if self.command == 'POST' and when:
            behaviour = ''
        if behaviour == 'slow':
            self.server.over.wait()
            return
        if behaviour == 'dying':
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        content = json.dumps(body).encode()
        self.send_response(400 if behaviour == 'refusing' else 200)
        self.send_header('content-length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope='module', autouse=True)
def cached_client() -> None:
    """Have uv download the client; uploads then run without a route out."""
    command = shlex.split(UPLOAD)[:-1]
    subprocess.run([*command, 'python', '-c', ''], cwd=ROOT, check=True)


@pytest.fixture(params=[''])
def codecov(request: pytest.FixtureRequest) -> Iterator[Codecov]:
    with Codecov(request.param) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


def upload(folder: Path, server: Codecov,
           token: str = 'secret') -> subprocess.CompletedProcess[str]:
    """Run the command of pyproject.toml; no route leads out of loopback."""
    # The last is the combination of the others, and no report of its own.
    for name in ('integration', 'tests-3.12-linux', 'tests-3.13-windows',
                 'coverage'):
        (folder / '.autodevelop' / name).mkdir(parents=True)
        (folder / '.autodevelop' / name / 'coverage.xml').write_text(REPORT)
    subprocess.run(['git', 'init', '--quiet', folder], check=True)
    command = UPLOAD.replace('.ci/', f'{ROOT.as_posix()}/.ci/')
    nowhere = 'http://127.0.0.1:9'
    return subprocess.run(
        [*shlex.split(command), '-u', server.url], cwd=folder, text=True,
        capture_output=True, env=os.environ | {
            'CODECOV_TOKEN': token, 'GITHUB_ACTIONS': 'true',
            'GITHUB_REPOSITORY': 'owner/name', 'GITHUB_SHA': 'c0ffee' * 7,
            'GITHUB_REF': 'refs/heads/main', 'GITHUB_REF_NAME': 'main',
            'UPLOAD_SECONDS': '12', 'UV_OFFLINE': '1', 'NO_PROXY': '127.0.0.1',
            'HTTP_PROXY': nowhere, 'HTTPS_PROXY': nowhere})


def test_each_cell_is_a_report_with_its_flags(
        tmp_path: Path, codecov: Codecov) -> None:
    run = upload(tmp_path, codecov)
    assert run.returncode == 0, run.stderr
    assert [each['flags'] for each in codecov.asked] == [
        ['integration'], ['3.12', 'linux'], ['3.13', 'windows']]
    assert {(each['branch'], each['commitid']) for each in codecov.asked} == {
        ('main', 'c0ffee' * 7)}
    assert codecov.put == [REPORT.encode()] * 3


def test_without_a_token_nothing_is_sent(
        tmp_path: Path, codecov: Codecov) -> None:
    run = upload(tmp_path, codecov, token='')
    assert run.returncode == 0
    assert 'nothing is uploaded' in run.stdout
    assert not codecov.asked


@pytest.mark.parametrize('codecov', [
    'refusing', 'slow', 'dying', 'refusing put', 'dying put',
], indirect=True)
def test_a_report_that_does_not_arrive_fails_by_its_name(
        tmp_path: Path, codecov: Codecov) -> None:
    run = upload(tmp_path, codecov)
    assert run.returncode == 1
    assert 'integration' in run.stderr.splitlines()[-2]
    assert 'hint' in run.stderr.splitlines()[-1]
