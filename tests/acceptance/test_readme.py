"""Every command of the README for this repository, in a fresh clone.

Those before are of a project of the reader; test_start runs them.
"""
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
from .conftest import CACHES, git

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='runs sh')

ROOT = Path(__file__).parents[2]
README = (ROOT / 'README.md').read_text(encoding='utf-8')
ELSEWHERE, _, HERE = README.partition('## This repository\n')
POSIX = re.findall(r'(?m)^[$] (.*)$', HERE)
WINDOWS = re.findall(r'(?m)^> (.*)$', HERE)
SERVER = 'make prod-run'
ANSWERS = {
    'curl "http://127.0.0.1:8000/division?x=5&y=2"': '2.5',
    'curl "http://127.0.0.1:8000/healthz"': '"status":"ok"',
}
SERVICE_ALONE = [
    ('source_pkgs =\n    autodevelop\n    tests\n',
     'source_pkgs =\n    autodevelop.service\n    tests.unit.service\n'),
    # Only integration tests start servers.
    ('omit =\n', 'omit =\n    autodevelop/service/__main__.py\n'
                 '    autodevelop/service/gunicorn_settings.py\n'),
    ('files = autodevelop, tests, noxfile.py, .ci\n',
     'files = autodevelop/service, noxfile.py\n')]
"""Settings of this repository, and what they are in a clone."""
ONCE = """\
import pytest

import tests.unit.service
from autodevelop.service import create_app


@pytest.mark.core
def test_service_has_a_name() -> None:
    assert tests.unit.service.__name__ == 'tests.unit.service'
    assert create_app().name == 'autodevelop.service.app'
"""
"""The one integration test of a clone."""
PASSED = r'(?m)^\d+ passed, 0 failed, \d+ skipped$'


@pytest.fixture(scope='module')
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clone_to(tmp_path_factory.mktemp('newcomer') / 'autodevelop')


@pytest.fixture(scope='module')
def windows_clone(
        clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another, whose sessions have the environments of the first."""
    made = clone_to(tmp_path_factory.mktemp('windows') / 'autodevelop')
    (clone / '.nox').mkdir(exist_ok=True)
    (made / '.nox').symlink_to(clone / '.nox')
    return made


def clone_to(folder: Path) -> Path:
    """Clone what is committed; the README is the working tree's.

    Its tests and its types are those of the service alone: all of them are
    checked elsewhere, by .ci/run, and would be several times here.
    """
    subprocess.run(['git', 'clone', '--quiet', ROOT, folder], check=True,
                   env=clean_environment())
    for name in ('unit', 'integration'):
        for path in (folder / 'tests' / name).iterdir():
            if path.name not in ('__init__.py', 'service'):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name in 'acceptance', 'bench', 'faults', 'fuzz', 'integration/service':
        shutil.rmtree(folder / 'tests' / name)
    (folder / 'tests/integration/test_once.py').write_text(ONCE)
    settings = folder / 'setup.cfg'
    text = settings.read_text(encoding='utf-8')
    for whole, part in SERVICE_ALONE:
        assert whole in text
        text = text.replace(whole, part)
    settings.write_text(text, encoding='utf-8', newline='\n')
    git(folder, 'add', '--all')
    git(folder, '-c', 'user.name=A', '-c', 'user.email=a@example.org',
        'commit', '--quiet', '--message=Leave the service alone')
    return folder


@pytest.fixture(scope='module')
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A new home; the packages that were downloaded before stay cached.

    Of the Pythons it has what the system has: each takes half a minute, and
    the table says what is missing.
    """
    caches = CACHES
    beside = str(Path(sys.executable).parent)
    clean = {name: value for name, value in clean_environment().items()
             if name != 'CI'}
    path = [folder for folder in clean['PATH'].split(os.pathsep)
            if folder != beside and 'pyenv' not in folder]
    home = tmp_path_factory.mktemp('home')
    return {'UV_CACHE_DIR': str(caches / 'uv'),
            'PIP_CACHE_DIR': str(caches / 'pip'), **clean,
            'PIP_NO_COMPILE': '1',  # It takes half of pip's time.
            'HOME': str(home), 'PYENV_ROOT': str(home / '.pyenv'),
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
    for _ in range(500):
        assert process.poll() is None, f'{SERVER} has ended'
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
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
    start = (ROOT / 'docs/start.md').read_text(encoding='utf-8')
    assert all(f'$ {each}' in start for each in re.findall(
        r'(?m)^[$] (.*)$', ELSEWHERE))


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


@pytest.mark.long
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
