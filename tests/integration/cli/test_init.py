"""The first commit after autodevelop init, tried out before it is made."""
import re

import pytest

from autodevelop.__main__ import main
from tests.support.project import ROOT, Project


def test_the_first_commit_is_tried_out(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv('PYTHONPATH', str(ROOT))
    project.write('noxfile.py', re.sub(r', tags=\[.*?\]', '',
                                       project.read('noxfile.py')))
    project.write('a.py', 'a=1\n')
    project.git('add', 'a.py')
    assert main(['init', '--yes']) == 0
    said = capfd.readouterr().err
    assert "a commit would fix 'a.py'; nothing was written" in said
    assert 'the stage pre-commit took ' in said
    assert project.read('a.py') == 'a=1\n'
