"""The service, served as in production, to be fuzzed."""
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import Server, serve


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The real application under its real server."""
    with serve(tmp_path / 'log') as server:
        yield server
