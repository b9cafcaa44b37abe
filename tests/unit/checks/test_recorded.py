"""What the history keeps of a check."""
import time
from pathlib import Path
from typing import Any

import pytest

from autodevelop.checks.nox_output import Output
from autodevelop.checks.recorded import describe_run
from autodevelop.checks.sessions import Request
from autodevelop.results.outcomes import Row
from autodevelop.results.runs import Ended

NONE: Any = None


def test_the_chunks_of_a_session_are_one_cell(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, 'time', lambda: 1000.0)
    monkeypatch.setattr(time, 'monotonic', lambda: 60.0)
    (tmp_path / 'junit.xml').write_text(
        '<testsuite><testcase name="test_a"><error/></testcase></testsuite>')
    outputs = [Output('a', 'passed', began=51, seconds=2),
               Output('a', 'failed', began=53, seconds=3),
               Output('b', '', began=0)]
    rows = [Row('a', 'failed', ''), Row('b', 'failed', ''),
            Row('c', 'already passed', '')]
    run = describe_run(
        Request(NONE, 'ci', 'tree', None, project='sub'), rows, outputs,
        {'a': tmp_path}, 50)
    assert run[:5] == (990, 'ci', 'tree', '', 'sub')
    assert run.cells == (
        Ended('a', 'failed', 5, 1, ('test_a',)), Ended('b', 'failed'),
        Ended('c', 'already passed'))
    assert (run.outcome, run.seconds) == ('failed', 6)
    assert run._replace(cells=run.cells[2:]).outcome == 'skipped'


def test_where_nothing_failed_no_report_is_read() -> None:
    run = describe_run(
        Request(NONE, 'ci', 'tree', None), [Row('a', 'passed', '1.0 s')],
        [Output('a', 'passed', whole=True)], {}, 0)
    assert run.outcome == 'passed'
