"""One hook, one push, one deploy on every Python; test_plan lists noxfiles."""
import io
import sys
import tempfile
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.deploy.health import wait_until_healthy
from autodevelop.deploy.target import open_target
from tests.support.nox import import_nox
from tests.support.project import Project
from tests.support.site import SETTINGS, VARIABLES, Site, make_template

pytestmark = pytest.mark.once


def test_hooks_fix_a_commit_and_refuse_a_push_that_fails(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    import_nox()
    project.stage('a.py', 'x=1\n')
    assert main(['hook', 'pre-commit']) == 0
    assert project.git('show', ':a.py') == project.read('a.py') == 'x = 1\n'
    for text, status in [('one\n', 0), ('broken\n', 1)]:
        project.stage('a.py', text)
        line = f'refs/heads/main {project.commit()} refs/heads/main {"0" * 40}'
        monkeypatch.setattr(sys, 'stdin', io.TextIOWrapper(
            io.BytesIO(line.encode())))
        assert main(['hook', 'pre-push', 'origin', 'url']) == status


@pytest.mark.skipif(sys.platform == 'win32', reason='gunicorn needs fork')
def test_a_commit_goes_live(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    # The path of a socket must be short.
    with tempfile.TemporaryDirectory(prefix='site-') as name:
        folder = Path(name).resolve()
        site = Site(folder, folder / 'environments',
                    make_template(folder / 'template',
                                  f'{SETTINGS}workers = 1\n'))
        monkeypatch.chdir(site.folder)
        try:
            assert main(['deploy', 'HEAD', '--to', str(folder / 'to')]) == 0
            socket = open_target(folder / 'to').current
            health = wait_until_healthy(f'unix:{socket}:/', None, 5)
            assert health == (200, site.first, '')
        finally:
            site.close()
