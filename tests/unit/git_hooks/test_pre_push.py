"""What a push says of the projects that it checks."""
from pathlib import Path

import pytest

from autodevelop.checks.nox_output import Output
from autodevelop.checks.sessions import Request
from autodevelop.checks.verdict import Verdict
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks import pre_push as module
from autodevelop.results.outcomes import Row
from autodevelop.system.git import Repository


PUSHED = module.Pushed('it', 'c' * 40, 't' * 40, ['a', 'b'])
BARE = Repository(Path(), Path(), None, ())


def test_each_project_has_its_table(
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(module, 'check', lambda request: Verdict(
        [Row(f'tests of {request.project}', 'passed', '')], request.tree))
    module._check(BARE, PUSHED, several=False)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split('  ')[0] for line in lines if line] == [
        line for name in 'ab' for line in (
            f'autodevelop: {name} in it:', f'tests of {name}',
            '1 passed, 0 failed, 0 skipped')]


def test_each_says_what_failed_once(
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    def check(request: Request) -> Verdict:
        return Verdict([Row('tests', 'failed', '')], request.tree, (Output(
            'tests', 'failed', summary=[f'test of {request.project}']),))

    monkeypatch.setattr(module, 'check', check)
    with pytest.raises(AutodevelopError, match='^a in it failed: tests$'):
        module._check(BARE, PUSHED, several=False)
    said = capsys.readouterr().err
    assert (said.count('test of a'), said.count('test of b')) == (1, 1)
