"""A folder to deploy to."""
from pathlib import Path

import pytest

from autodevelop.deploy.target import Target, lock_target, open_target


@pytest.fixture
def target(tmp_path: Path) -> Target:
    """A target whose folders are there."""
    target = open_target(tmp_path / 'to')
    with lock_target(target, 'a test'):
        pass
    return target
