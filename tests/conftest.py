"""What tests of several modules start from."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autodevelop.adopt import proposal
from autodevelop.matrix import plan
from autodevelop.matrix.interpreters import (
    Interpreter, read_listing, search_path, start_listing,
)
from autodevelop.system.fork import FORKS
from tests.support.left import MARK, kill_started
from tests.support.memory import use_memory
from tests.support.project import NO_CONFIG, NOXFILE, Project

Write = Callable[[str, str], Path]

ENDS_WITHIN = 20.0
"""Seconds that what tests started may take to end after the last of them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for tests that people do not wait for."""
    parser.addoption(
        '--long', action='store_true',
        help='kill at more moments, and run near-duplicates and 256 jobs too')


def pytest_configure(config: pytest.Config) -> None:
    """Keep the rooms of tests out of the user's cache folder.

    Before modules are imported: some copy the variables then.
    """
    use_memory(config.args)
    folder = tempfile.mkdtemp(prefix='autodevelop-tests-')
    os.environ['AUTODEVELOP_CACHE'] = os.path.realpath(folder)
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    if FORKS:  # only on linux
        # Nothing keeps what a fork would measure: 1.4 of 25 s of CPU of the
        # session integration. For those that count: tests/support/measured.py.
        os.register_at_fork(after_in_child=lambda: sys.settrace(None))
    if not shutil.which('git'):  # only on windows
        sys.addaudithook(_skip_without_git)


def _skip_without_git(event: str, given: Any) -> None:  # only on windows
    """Skip a test that starts git, where there is none, as in Wine."""
    if event == 'subprocess.Popen' and str(given[1]).startswith('git '):
        pytest.skip('needs git')


def pytest_collection_modifyitems(
        config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is long; what is skipped would look like a gap here."""
    long = [] if config.getoption('--long') else [
        item for item in items if item.get_closest_marker('long')]
    items[:] = [item for item in items if item not in long]
    config.hook.pytest_deselected(items=long)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Drop the plugin of hypothesis where no test imports it.

    It would import all of that for its summary: 1.1 s of CPU in a new
    environment, measured, in three of the sessions of `make test`.
    """
    if 'hypothesis' not in sys.modules:
        session.config.pluginmanager.unregister(name='hypothesispytest')


@pytest.fixture(scope='session', autouse=True)
def no_process_is_left() -> Iterator[None]:
    """Fail when a process that a test started outlives the tests.

    Known by a variable that they inherit, so Linux alone can tell.
    """
    os.environ[MARK] = uuid.uuid4().hex
    yield
    left = kill_started(os.environ[MARK], ENDS_WITHIN)
    assert not left, f'tests left processes running: {left}'


@pytest.fixture(scope='session', autouse=True)
def pythons() -> Iterator[None]:
    """List the Pythons here once: 76 times 27 ms of CPU in `make test`."""
    known: dict[str, set[Interpreter]] = {}

    def read_once(_: None) -> set[Interpreter]:
        path = search_path()
        if path not in known:
            known[path] = read_listing(start_listing())
        return known[path]

    with pytest.MonkeyPatch.context() as patch:
        for owner in (plan, proposal):
            patch.setattr(owner, 'start_listing', lambda: None)
            patch.setattr(owner, 'read_listing', read_once)
        yield


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Restore the signal handlers that commands of this process set.

    flake8's workers inherit them; one that is terminated while it waits for a
    lock would wait forever.
    """
    numbers = [signal.SIGINT, signal.SIGTERM,
               getattr(signal, 'SIGHUP', signal.SIGTERM)]
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before):
        signal.signal(number, handler)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a file of an empty project; it is the current folder."""
    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding='utf-8', newline='\n')
        return path

    monkeypatch.chdir(tmp_path)
    return write_file


@pytest.fixture(scope='session')
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a noxfile that is staged, to be copied."""
    made = Project(tmp_path_factory.mktemp('template') / 'project')
    subprocess.run(['git', 'init', '-q', '-b', 'main', made.folder],
                   check=True, env=os.environ | NO_CONFIG)
    # Sample hooks are most of the files that a copy would take.
    shutil.rmtree(made.folder / '.git/hooks', ignore_errors=True)
    # Otherwise each commit starts one more process.
    made.git('config', 'maintenance.auto', 'false')
    made.write('.gitignore', 'results/\n__pycache__/\n')
    made.write('noxfile.py', NOXFILE)
    made.git('add', '.')
    return made.folder


@pytest.fixture
def project(template: Path, tmp_path: Path,
            monkeypatch: pytest.MonkeyPatch) -> Project:
    """A repository, the current folder, away from any configuration."""
    for name, value in NO_CONFIG.items():
        monkeypatch.setenv(name, value)
    for name in ('GITHUB_OUTPUT', 'AUTODEVELOP_STAGE'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('RUNS', str(tmp_path / 'runs'))
    made = Project(tmp_path / 'project')
    shutil.copytree(template, made.folder)
    monkeypatch.chdir(made.folder)
    return made
