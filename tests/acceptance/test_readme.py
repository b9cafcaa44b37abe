"""Every command of the README, run in a fresh clone with a new home."""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from .act import clean_environment

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='runs sh')

ROOT = Path(__file__).parents[2]
README = (ROOT / 'README.md').read_text(encoding='utf-8')
POSIX = re.findall(r'(?m)^[$] (.*)$', README)
WINDOWS = re.findall(r'(?m)^> (.*)$', README)
SERVER = 'make prod-run'
ANSWERS = {
    'curl "http://127.0.0.1:8000/division?x=5&y=2"': '2.5',
    'curl "http://127.0.0.1:8000/healthz"': '"status":"ok"',
}
PASSED = r'(?m)^\d+ passed, 0 failed, \d+ skipped$'


@pytest.fixture(scope='module')
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clone_to(tmp_path_factory.mktemp('newcomer') / 'autodevelop')


@pytest.fixture(scope='module')
def windows_clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clone_to(tmp_path_factory.mktemp('windows') / 'autodevelop')


def clone_to(folder: Path) -> Path:
    """Clone what is committed; the README is the working tree's.

    Its tests are those of the service alone: all of them run in a clean clone
    elsewhere, by .ci/run, and would run nine times here.
    """
    subprocess.run(['git', 'clone', '--quiet', ROOT, folder], check=True,
                   env=clean_environment())
    settings = folder / 'setup.cfg'
    text = settings.read_text(encoding='utf-8')
    for whole, part in [
            ('testpaths = tests\n', 'testpaths = tests/unit/service\n'),
            ('    autodevelop\n    tests\nomit',
             '    autodevelop/service\n    tests/unit/service\nomit')]:
        assert whole in text
        text = text.replace(whole, part)
    settings.write_text(text, encoding='utf-8', newline='\n')
    return folder


@pytest.fixture(scope='module')
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A new home; the packages that were downloaded before stay cached."""
    caches = Path.home() / '.cache'
    beside = str(Path(sys.executable).parent)
    clean = {name: value for name, value in clean_environment().items()
             if name != 'CI'}
    path = [folder for folder in clean['PATH'].split(os.pathsep)
            if folder != beside]
    return {'UV_CACHE_DIR': str(caches / 'uv'),
            'PIP_CACHE_DIR': str(caches / 'pip'),
            'PYENV_ROOT': str(Path.home() / '.pyenv'), **clean,
            'HOME': str(tmp_path_factory.mktemp('home')),
            'PATH': os.pathsep.join(path)}


@pytest.fixture(scope='module')
def server(clone: Path, environment: dict[str, str]) -> Iterator[None]:
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(('127.0.0.1', 8000))
    with subprocess.Popen(SERVER.split(), cwd=clone, env=environment,
                          start_new_session=True) as process:
        try:
            wait_for('http://127.0.0.1:8000/healthz', process)
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        assert process.poll() is None, f'{SERVER} has ended'
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f'{url} does not answer')


def run(command: str, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(['sh', '-c', command], cwd=folder, env=environment,
                          text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_every_command_is_one_that_is_run_here() -> None:
    assert POSIX[:2] == ['make', 'make test']
    assert WINDOWS
    assert {each for each in POSIX if each.startswith('curl')} == set(ANSWERS)
    assert SERVER in POSIX


@pytest.mark.parametrize('command', [
    each for each in POSIX if each not in (*ANSWERS, SERVER)])
def test_a_command_works(
        clone: Path, environment: dict[str, str], command: str) -> None:
    said = run(command, clone, environment)
    if command in ('make', 'make test'):
        assert re.search(PASSED, said)


@pytest.mark.usefixtures('server')
@pytest.mark.parametrize('command', ANSWERS)
def test_the_service_answers(
        clone: Path, environment: dict[str, str], command: str) -> None:
    assert ANSWERS[command] in run(command, clone, environment)


@pytest.mark.parametrize('command', WINDOWS)
def test_a_command_of_windows_works_in_the_words_of_this_machine(
        windows_clone: Path, environment: dict[str, str],
        command: str) -> None:
    python = shutil.which('python3', path=environment['PATH'])
    command = re.sub(r'^py ', f'{python} ', command).replace(
        r'.venv\Scripts', '.venv/bin').replace('\\', '/')
    said = run(command, windows_clone, environment)
    if ' report ' in command:
        assert re.search(PASSED, said)
