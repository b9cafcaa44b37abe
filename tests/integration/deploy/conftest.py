"""A site to deploy to, on what one lock file asks for."""
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.site import VARIABLES, Site

# gunicorn does not run there.
collect_ignore_glob = ['test_*.py'] if sys.platform == 'win32' else []


@pytest.fixture(scope='session')
def environments(
        tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the environments are that more than one site runs on."""
    return tmp_path_factory.mktemp('environments')


@pytest.fixture
def site(environments: Path, monkeypatch: pytest.MonkeyPatch,
         ) -> Iterator[Site]:
    """Stand in a repository with a target; end in the end what it serves."""
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    # The path of a socket must be short, whatever pytest's folders are.
    with tempfile.TemporaryDirectory(prefix='site-') as folder:
        made = Site(Path(os.path.realpath(folder)), environments)
        monkeypatch.chdir(made.folder)
        yield made
        made.close()
