"""What is read of a nox while it runs."""
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import pytest

from autodevelop.checks import job
from autodevelop.checks import progress as module
from autodevelop.checks.job import run_watched
from autodevelop.checks.live import Live
from autodevelop.checks.nox_output import Output
from autodevelop.checks.progress import Progress, print_output
from tests.support.wait import wait_until

Capture = pytest.CaptureFixture[str]
RUNNING = 'nox > Running session {0}\nof {0}\n'
ENDED = 'nox > Session {0} was successful in 1 second.\n'
FAILED = 'nox > Session {0} failed.\n'


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / 'nox.log'


def read(log: Path, text: str) -> Progress:
    """A progress of a nox that printed this."""
    log.write_text(f'before\n{text}', 'utf-8', newline='')
    progress = Progress(log, len('before\n'), Live([], {}))
    with progress.watching():
        pass
    return progress


def test_it_is_shown_while_it_runs(
        log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = list[tuple[str, str]]()
    drawn = list[int]()
    live = Live([], {})
    live.redraws = True
    monkeypatch.setattr(live, 'draw', lambda: drawn.append(1))
    monkeypatch.setattr(live, 'tell', lambda *what: told.append(what[:2]))
    monkeypatch.setattr(module, 'PERIOD', 0.001)
    with Progress(log, 0, live).watching():  # There is no file yet.
        wait_until(lambda: drawn)
        log.write_text(RUNNING.format('tests'))
        wait_until(lambda: told)
    assert told == [('tests', 'started')]


@pytest.mark.parametrize('end', ['', '\n' + ENDED.format('tests')])
def test_an_interrupt_says_what_was_running(
        monkeypatch: pytest.MonkeyPatch, capsys: Capture, end: str) -> None:
    """Also when its program ends so quickly that nox says it passed."""
    text = (RUNNING.format('lint') + ENDED.format('lint')
            + RUNNING.format('tests') + 'old\n' * 20
            + 'line\n' * 19 + 'waits for the database' + end)

    def interrupt(command: Sequence[str], variables: object, folder: Path,
                  log: IO[bytes]) -> int:
        log.write(text.encode())
        log.flush()
        raise KeyboardInterrupt

    monkeypatch.setattr(job, 'run_foreground', interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_watched(['nox'], {}, Live([], {}))
    assert capsys.readouterr().err.rstrip() == (
        'autodevelop: interrupted: tests had run for 0 s\n'
        '===== tests: did not end =====\n' + 'line\n' * 19
        + 'waits for the database')


@pytest.mark.parametrize('failed', [True, False])
def test_what_nox_says_itself_counts_when_it_fails(
        log: Path, failed: bool) -> None:
    text = ('nox > no such option\r\n' + RUNNING.format('a')
            + FAILED.format('a'))
    first, *others = read(log, text).finish(failed)
    assert (first.lines == ['nox > no such option\n']) == failed
    assert len(others) == failed


def test_output_is_printed_below_a_header(
        monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    outputs = [Output('', '', ['nox\n']), Output('a', 'failed', ['b\n'])]
    monkeypatch.delenv('GITHUB_ACTIONS', raising=False)
    print_output(outputs)
    assert capsys.readouterr().err == 'nox\n===== a: failed =====\nb\n'
    monkeypatch.setenv('GITHUB_ACTIONS', 'true')
    print_output(outputs[1:])
    assert capsys.readouterr().err == (
        '::group::a: failed\n===== a: failed =====\nb\n::endgroup::\n')
