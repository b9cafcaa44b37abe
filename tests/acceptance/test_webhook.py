"""The webhook as a forge meets it: many deliveries at once, over HTTP."""
import os
import random
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autodevelop.deploy.health import wait_until_healthy
from autodevelop.deploy.target import Target, open_target
from autodevelop.webhook.deliveries import Deliveries
from tests.support.deliver import REPOSITORY, SECRET, headers, push
from tests.support.site import VARIABLES

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='gunicorn')
AT_ONCE = 50
COUNT = 300


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return open_target(tmp_path / 'to')


@pytest.fixture
def address(target: Target, tmp_path: Path) -> Iterator[str]:
    (tmp_path / 'secret').write_bytes(SECRET)
    subprocess.run(['git', 'init', '-q', '--bare', '-b', 'main',
                    tmp_path / 'git'], check=True)
    subprocess.run(['git', '-C', tmp_path / 'git', 'config',
                    'autodevelop.repository', REPOSITORY], check=True)
    with socket.create_server(('127.0.0.1', 0)) as free:
        bind = f'127.0.0.1:{free.getsockname()[1]}'
    server = subprocess.Popen(
        [sys.executable, '-m', 'autodevelop', 'webhook', '--bind', bind,
         '--to', str(target.folder)], cwd=tmp_path / 'git',
        env=VARIABLES | {'AUTODEVELOP_SECRET_FILE': str(tmp_path / 'secret')})
    assert not wait_until_healthy(
        f'http://{bind}/healthz', None, 20.0).problem
    yield bind
    os.kill(server.pid, signal.SIGTERM)
    server.wait(60)


def deliver(address: str, id: str, oid: str) -> tuple[int, str]:
    body = push(oid)
    question = urllib.request.Request(
        f'http://{address}/', body, headers(body, 'push', id))
    try:
        with urllib.request.urlopen(question, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_many_deliveries_at_once_are_each_stored_or_refused(
        address: str, tmp_path: Path) -> None:
    """Each comes twice, in any order."""
    given = [(str(number), f'{number:040x}') for number in range(1, COUNT + 1)]
    given *= 2
    random.Random(3).shuffle(given)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(
            lambda one: deliver(address, *one), given))
    count = Counter(answers)
    print(f'{len(given)} deliveries: {dict(count)}')
    assert set(count) <= {(202, 'stored\n'), (202, 'already known\n'),
                          (503, 'it cannot be stored now\n')}
    stored = Deliveries(tmp_path / 'git/autodevelop/webhook').newest(
        2 * COUNT)
    assert len(stored) == count[202, 'stored\n']
    assert all(each.oid == f'{int(each.id):040x}' for each in stored)
    answered = {id for (id, _), (status, _) in zip(given, answers)
                if status == 202}
    assert {each.id for each in stored} == answered
    assert len(stored) > COUNT // 2
