"""A folder to deploy to."""
import sys
from pathlib import Path

import pytest

from autodevelop.deploy.target import Target, lock_target, open_target

if sys.platform == 'win32':  # only on windows
    collect_ignore_glob = ['*']  # Deploys need Unix sockets and signals.


@pytest.fixture
def target(tmp_path: Path) -> Target:
    """A target whose folders are there."""
    target = open_target(tmp_path / 'to')
    with lock_target(target, 'a test'):
        pass
    return target
