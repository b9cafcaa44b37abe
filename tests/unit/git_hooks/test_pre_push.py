"""What a push says of several projects that failed."""
from pathlib import Path

import pytest

from autodevelop.checks.nox_output import Output
from autodevelop.checks.sessions import Request
from autodevelop.checks.verdict import Verdict
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks import pre_push as module
from autodevelop.results.outcomes import Row
from autodevelop.system.git import Repository


def test_each_says_what_failed_once(
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    def check(request: Request) -> Verdict:
        return Verdict([Row('tests', 'failed', '')], request.tree, (Output(
            'tests', 'failed', summary=[f'test of {request.project}']),))

    monkeypatch.setattr(module, 'check', check)
    with pytest.raises(AutodevelopError, match='^a in it failed: tests$'):
        module._check(Repository(Path(), Path(), None, ()), module.Pushed(
            'it', 'c' * 40, 't' * 40, ['a', 'b']), several=False)
    said = capsys.readouterr().err
    assert (said.count('test of a'), said.count('test of b')) == (1, 1)
