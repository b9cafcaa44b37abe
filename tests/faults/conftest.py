"""The workplace that most of these tests start from."""
import sys
from pathlib import Path

import pytest

from .workplace import Workplace

if sys.platform == 'win32':
    collect_ignore_glob = ['test_*']  # Signals, mounts and sh are POSIX.


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
