"""What the ledger remembers, and what it does when it is damaged."""
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autodevelop.checks import ledger as module
from autodevelop.checks.ledger import KEEP_SECONDS, MAX_BYTES, Ledger, Pass
from autodevelop.results.runs import Ended, Run, pack
from tests.support.project import ROOT

Capture = pytest.CaptureFixture[str]
ENTRY = Pass('tree', 'lint', ('a\udcff.py',), 'context')


def test_a_pass_is_remembered_with_its_files(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / 'new')
    assert ledger.passed([ENTRY]) == set()
    ledger.record(ENTRY, {'data': b'\0'})
    ledger.record(ENTRY, {'data': b'\1'})
    assert ledger.passed([ENTRY, ENTRY._replace(posargs=())]) == {ENTRY}
    assert ledger.files(ENTRY) == {'data': b'\1'}
    ledger.keep(['a', 'b'], [['cell']])
    assert (ledger.recall('b'), ledger.recall('c')) == ([['cell']], None)


@pytest.mark.slow
def test_result_files_do_not_pile_up(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    passes = [ENTRY._replace(tree=str(number)) for number in range(6)]
    half = b'x' * (MAX_BYTES // 2 - 1)
    ledger.record(passes[0], {})
    for entry in passes[1:5]:
        ledger.record(entry, {'data': half})
    # One without files is cheap; of the others the newest stay.
    assert ledger.passed(passes) == {passes[0], passes[3], passes[4]}
    assert (tmp_path / 'ledger.sqlite').stat().st_size < 1.1 * MAX_BYTES
    ledger.record(passes[5], {'data': half * 3})
    assert ledger.passed(passes) == {passes[0], passes[5]}


@pytest.mark.slow
def test_many_processes_write_a_ledger_at_once(tmp_path: Path) -> None:
    program = (
        'import sys; from pathlib import Path\n'
        'from autodevelop.checks.ledger import Ledger, Pass\n'
        'for number in range(25):\n'
        '    entry = Pass(f"{sys.argv[2]} {number}", "lint", (), "")\n'
        '    Ledger(Path(sys.argv[1])).record(entry, {"data": b"x" * 999})\n')
    environment = {**os.environ, 'PYTHONPATH': str(ROOT)}
    running = [subprocess.Popen(
        [sys.executable, '-c', program, str(tmp_path), str(number)],
        env=environment, stderr=subprocess.PIPE) for number in range(4)]
    assert [each.communicate()[1] for each in running] == [b''] * 4
    entries = [Pass(f'{process} {number}', 'lint', (), '')
               for process in range(4) for number in range(25)]
    assert Ledger(tmp_path).passed(entries) == set(entries)


@pytest.mark.parametrize('schema', [0, 99])
def test_a_ledger_that_is_not_ours_is_set_aside(
        tmp_path: Path, capfd: Capture, schema: int) -> None:
    path = tmp_path / 'ledger.sqlite'
    if schema:
        database = sqlite3.connect(path)
        database.execute(f'PRAGMA user_version = {schema}')
        database.close()
    else:
        path.write_bytes(b'no database' * 100)
    Ledger(tmp_path).record(ENTRY, {})
    assert Ledger(tmp_path).passed([ENTRY]) == {ENTRY}
    assert len(list(tmp_path.glob('ledger-*.set-aside'))) == 1
    assert 'set the ledger aside' in capfd.readouterr().err


def test_a_ledger_that_cannot_be_replaced_costs_time_alone(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    def gone(self: Path, target: Path) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(Path, 'replace', gone)
    (tmp_path / 'ledger.sqlite').write_bytes(b'no database' * 100)
    assert Ledger(tmp_path).passed([ENTRY]) == set()
    assert capfd.readouterr().err.count('set the ledger aside') == 2


def test_a_ledger_that_cannot_be_opened_costs_time_alone(
        tmp_path: Path, capfd: Capture) -> None:
    (tmp_path / 'ledger.sqlite').mkdir()
    Ledger(tmp_path).record(ENTRY, {})
    assert 'cannot use the ledger' in capfd.readouterr().err


def test_the_ledger_forgets_what_is_not_used(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, now = Ledger(tmp_path), time.time()
    ledger.record(ENTRY, {'data': b''})
    monkeypatch.setattr(time, 'time', lambda: now + KEEP_SECONDS + 1)
    ledger.record(ENTRY._replace(session='other'), {})
    assert ledger.passed([ENTRY]) == set()
    assert ledger.files(ENTRY) == {}


def test_as_many_runs_are_kept_as_the_settings_say(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(tmp_path)
    cells = (Ended('lint', 'failed', 1.5, 0.25, ('a', 'b')),)
    runs = [Run(number, 'ci', 'tree', 'commit', '', cells)
            for number in range(6)]
    assert ledger.runs('') == []
    ledger.record_run(runs[0], 0)
    for run in (*runs, runs[5]):
        ledger.record_run(run, 3)
    assert ledger.runs('') == [runs[5], runs[4], runs[3]]
    monkeypatch.setattr(module, 'MEASURED', 1)
    monkeypatch.setattr(module, 'HISTORY_BYTES', 2 * len(pack(cells)))
    ledger.record_run(Run(9, 'ci', 'tree', 'commit', 'a', cells), 3)
    assert ledger.runs('') == [runs[5]]


def test_an_older_ledger_gets_a_history(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.record(ENTRY, {})
    assert ledger.runs('') == []
    assert ledger.passed([ENTRY]) == {ENTRY}
