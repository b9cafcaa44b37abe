"""autodevelop deploy, where nothing can be deployed."""
from types import SimpleNamespace

import pytest

from autodevelop.__main__ import main
from autodevelop.deploy import target
from tests.support.project import Project

pytestmark = pytest.mark.once


@pytest.mark.parametrize('words', [
    ['HEAD'], ['status'], ['releases'], ['rollback'], ['start']])
def test_on_windows_it_is_refused(
        project: Project, words: list[str], monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    project.commit()
    monkeypatch.setattr(target, 'sys', SimpleNamespace(platform='win32'))
    assert main(['deploy', *words]) == 2
    assert capsys.readouterr().err.splitlines() == [
        'error: deploys need Unix sockets and signals',
        'hint: deploy from and to Linux or macOS']
