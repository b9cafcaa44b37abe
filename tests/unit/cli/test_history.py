"""The runs that the ledger remembers, as people and programs read them."""
import json
import os
import time

import pytest

from autodevelop.__main__ import main
from autodevelop.checks.ledger import Ledger
from autodevelop.results.runs import Ended, Run
from autodevelop.system.git import find_repository
from tests.support.project import Project

pytestmark = pytest.mark.once

Capture = pytest.CaptureFixture[str]


def test_before_the_first_check_there_is_none(
        project: Project, capsys: Capture) -> None:
    assert main(['history']) == 0
    assert capsys.readouterr().out == 'no check of this project has run yet\n'


def test_the_newest_is_the_first(
        project: Project, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(find_repository().cache)
    failed = [Ended(f't{number}', 'failed', 2, 1) for number in range(4)]
    at = time.mktime((2026, 1, 2, 3, 4, 0, 0, 0, -1))
    ledger.record_run(Run(at, 'ci', 'tree', 'c' * 40, '', (
        Ended('lint', 'passed', 0.5), *failed)), 9)
    ledger.record_run(Run(at + 60, '', '', '', '', (
        Ended('lint', 'already passed'),)), 9)
    ledger.record_run(Run(at + 60, '', '', '', 'sub', ()), 9)
    monkeypatch.setenv('GIT_PREFIX', '')
    assert main(['history']) == 0
    assert capsys.readouterr().out.splitlines() == [
        'when              stage  commit        outcome  seconds  cells',
        '2026-01-02 03:05  nox    -             skipped  0.0      1 already '
        'passed',
        '2026-01-02 03:04  ci     cccccccccccc  failed   3.0      1 passed, '
        '4 failed: t0, t1, t2 and 1 more']
    os.mkdir('sub')
    project.write('sub/noxfile.py', 'import nox\n')
    os.chdir('sub')
    assert main(['history', '--json']) == 0
    assert json.loads(capsys.readouterr().out) == {'version': 1, 'runs': [{
        'began': at + 60, 'stage': '', 'tree': '', 'commit': '',
        'project': 'sub', 'cells': [], 'outcome': 'skipped', 'seconds': 0}]}
