"""A site to deploy to, on what one lock file asks for."""
import os
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from tests.support.light import served_in_threads
from tests.support.project import share_passes
from tests.support.site import SETTINGS, VARIABLES, Site, make_template
from tests.unit.deploy.conftest import target

__all__ = ['target']


@pytest.fixture(scope='session')
def environments(
        tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environments that all sites run on."""
    return tmp_path_factory.mktemp('environments')


@pytest.fixture(scope='session')
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository that a site begins with, to be copied.

    Its noxfile is listed: each deploy of a program would take 0.5 s for that.
    """
    # One worker: a second takes 0.1 s of CPU more for each deploy.
    folder = make_template(tmp_path_factory.mktemp('template') / 'work',
                           f'{SETTINGS}workers = 1\n')
    with pytest.MonkeyPatch.context() as patch:
        for name, value in VARIABLES.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        assert main(['check', '--stage', 'deploy']) == 0
    return folder


@pytest.fixture
def site(environments: Path, repository: Path, request: pytest.FixtureRequest,
         monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A repository, the current folder, with a target; its releases end.

    Threads serve them in core tests: people wait for these, and test_smoke
    and the tests of CI have the real gunicorn.
    """
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    core = request.node.get_closest_marker('core')
    # The path of a socket must be short, whatever pytest's folders are.
    with tempfile.TemporaryDirectory(prefix='site-') as folder, (
            served_in_threads() if core else nullcontext()):
        made = Site(Path(os.path.realpath(folder)), environments, repository)
        share_passes(repository / '.git', made.folder / '.git')
        monkeypatch.chdir(made.folder)
        yield made
        made.close()
