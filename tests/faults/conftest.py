"""The workplace that most of these tests start from, and the option --long."""
import sys
from pathlib import Path

import pytest

from .workplace import Workplace

if sys.platform == 'win32':
    collect_ignore_glob = ['test_*']  # Signals, mounts and sh are POSIX.


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say what people wait for, and what machines do at night."""
    parser.addoption(
        '--long', action='store_true',
        help='kill at more moments, and try what differs in little, too')


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark of tests for --long."""
    config.addinivalue_line(
        'markers', 'long: another test of its kind of failure; see --long')


def pytest_collection_modifyitems(
        config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is long; what is skipped would look like a gap here."""
    if not config.getoption('--long'):
        long = [item for item in items if item.get_closest_marker('long')]
        items[:] = [item for item in items if item not in long]
        config.hook.pytest_deselected(items=long)


@pytest.fixture(scope='session')
def long(pytestconfig: pytest.Config) -> bool:
    """Whether there is time, as --long says."""
    return bool(pytestconfig.getoption('--long'))


@pytest.fixture(scope='session')
def started(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """A repository with hooks and a first commit, to be copied."""
    made = Workplace.make(tmp_path_factory.mktemp('started'))
    made.start()
    return made


@pytest.fixture
def workplace(started: Workplace, tmp_path: Path) -> Workplace:
    """A repository with hooks and a first commit."""
    return started.copy(tmp_path)
