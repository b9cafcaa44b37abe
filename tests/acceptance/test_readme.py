"""Every command of the README, run in a fresh clone with a new home."""
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
COMMANDS = re.findall(r'(?m)^[$>] (.*)$',
                      (ROOT / 'README.md').read_text(encoding='utf-8'))
SERVER = 'make prod-run'
FOREIGN = re.compile(r'VIRTUAL_ENV|COV_|COVERAGE_|NOX|PYTEST|UV_P|CI$')
"""Variables of the session that runs this, which a newcomer has not."""


@pytest.fixture(scope='module')
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp('newcomer') / 'autodevelop'
    subprocess.run(['git', 'clone', '--quiet', ROOT, folder], check=True)
    return folder


@pytest.fixture(scope='module')
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A new home; the packages that were downloaded before stay cached."""
    kept = {name: value for name, value in os.environ.items()
            if not FOREIGN.match(name)}
    caches = Path.home() / '.cache'
    return {'UV_CACHE_DIR': str(caches / 'uv'),
            'PIP_CACHE_DIR': str(caches / 'pip'),
            'PYENV_ROOT': str(Path.home() / '.pyenv'), **kept,
            'HOME': str(tmp_path_factory.mktemp('home'))}


@pytest.fixture(scope='module')
def server(clone: Path, environment: dict[str, str]) -> Iterator[None]:
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


def here(command: str) -> str:
    """Say a command of Windows in the words of this machine."""
    command = re.sub(r'^py ', f'{shutil.which("python3")} ', command)
    return command.replace(r'.venv\Scripts', '.venv/bin').replace('\\', '/')


def test_there_are_commands() -> None:
    assert COMMANDS[:2] == ['make', 'make test']
    assert SERVER in COMMANDS


@pytest.mark.parametrize('command', [
    each for each in COMMANDS if not each.startswith(('curl', SERVER))])
def test_a_command_works(
        clone: Path, environment: dict[str, str], command: str) -> None:
    run = subprocess.run(['sh', '-c', here(command)], cwd=clone,
                         env=environment, text=True, capture_output=True)
    assert run.returncode == 0, run.stdout + run.stderr
    if command in ('make', 'make test') or ' report ' in command:
        assert re.search(r'(?m)^\d+ passed, 0 failed, \d+ skipped$',
                         run.stdout)


@pytest.mark.usefixtures('server')
@pytest.mark.parametrize(('command', 'answer'), [
    (each, answer) for each in COMMANDS if each.startswith('curl')
    for path, answer in [('/division', '2.5'), ('/healthz', '"ok"')]
    if path in each])
def test_the_service_answers(command: str, answer: str) -> None:
    run = subprocess.run(['sh', '-c', command], text=True, check=True,
                         capture_output=True)
    assert answer in run.stdout
