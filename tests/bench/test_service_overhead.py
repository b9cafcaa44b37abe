"""What /division costs beyond a Flask application with one static route."""
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.server import Server, serve

CONNECTIONS = 8
SECONDS = 1
ROUNDS = 12
WRK = shutil.which('wrk')
# Not the threads of production: with them a round is three times faster or
# slower, by how many of its connections happen to meet in one worker.
GUNICORN = ('gunicorn', '--bind=127.0.0.1:0', '--workers=2')


@pytest.fixture
def static(tmp_path: Path) -> Iterator[Server]:
    app = 'tests.bench.one_route:app'
    with serve(tmp_path / 'static.log', *GUNICORN, app) as server:
        yield server


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Server]:
    app = 'autodevelop.service:create_app()'
    with serve(tmp_path / 'service.log', *GUNICORN, app) as server:
        yield server


def rate_of_wrk(wrk: str, port: int, path: str) -> float:
    """Requests per second as wrk counts them."""
    said = subprocess.run(
        [wrk, '-t1', f'-c{CONNECTIONS}', f'-d{SECONDS}s',
         f'http://127.0.0.1:{port}{path}'],
        check=True, capture_output=True, text=True).stdout
    assert 'Non-2xx' not in said
    assert 'Socket errors' not in said
    found = re.search(r'Requests/sec: +([0-9.]+)', said)
    assert found
    return float(found[1])


def rate_of_threads(port: int, path: str) -> float:
    """Requests per second of as many threads, each keeping a connection."""
    start = time.monotonic()

    def ask(_: int) -> int:
        connection = HTTPConnection('127.0.0.1', port, timeout=20)
        answers = 0
        while time.monotonic() < start + SECONDS:
            connection.request('GET', path)
            answer = connection.getresponse()
            assert answer.status == 200
            assert answer.read()
            answers += 1
        connection.close()
        return answers

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        answers = sum(threads.map(ask, range(CONNECTIONS)))
    return answers / (time.monotonic() - start)


def rate(port: int, path: str) -> float:
    if WRK:
        return rate_of_wrk(WRK, port, path)
    return rate_of_threads(port, path)


@pytest.mark.skipif(sys.platform == 'win32', reason='gunicorn needs POSIX')
def test_division_beside_one_static_route(
        static: Server, service: Server,
        capsys: pytest.CaptureFixture[str]) -> None:
    sides = [('static', static.port, '/'),
             ('division', service.port, '/division?x=5&y=2')]
    for _, port, path in sides:
        rate(port, path)
    rates: dict[str, list[float]] = {'static': [], 'division': []}
    for number in range(ROUNDS):
        # Each goes first in turn: the machine warms up, or others come.
        for name, port, path in sides[::-1 if number % 2 else 1]:
            rates[name].append(rate(port, path))
    ratios = [division / hello for division, hello in
              zip(rates['division'], rates['static'], strict=True)]
    with capsys.disabled():
        print(f'\n{WRK or "http.client"}, {CONNECTIONS} connections, '
              f'{ROUNDS} rounds of {SECONDS} s, requests per second:')
        for name, each in rates.items():
            print(f'{name:>9} {statistics.median(each):8.0f}', *map(int, each))
        print(f'    ratio {statistics.median(ratios):8.3f}',
              *(f'{ratio:.3f}' for ratio in ratios))
