"""What is said of the stages when hooks are installed."""
from pathlib import Path

import pytest

from autodevelop.cli import hooks
from autodevelop.matrix.manifest import Session
from autodevelop.matrix.plan import make_plan
from autodevelop.matrix.settings import Settings


def test_of_several_pythons_a_commit_waits_for_one_and_that_is_said(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cells = make_plan([
        Session(f'lint-{python}', 'lint', '', python,
                ('pre-commit', 'pre-push'), {}, True)
        for python in ('3.13', '3.14')], Settings(), 'linux', ['3.14'])
    monkeypatch.setattr(hooks, 'read_plan', lambda *arguments: cells)
    assert hooks.stage_lines(tmp_path) == [
        'pre-commit runs: lint-3.13 (of several Pythons, the newest here)',
        'pre-push runs: lint-3.13']
