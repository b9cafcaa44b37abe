"""The workplace that most of these tests start from."""
import sys
from pathlib import Path

import pytest

from .workplace import Workplace

if sys.platform == 'win32':
    collect_ignore_glob = ['test_*']  # Signals, mounts and sh are POSIX.


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """A repository with hooks and a first commit."""
    made = Workplace.make(tmp_path)
    made.start()
    return made
