"""What a person sees while sessions run."""
import io
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autodevelop.checks import progress as module
from autodevelop.checks.nox_output import Output
from autodevelop.checks.progress import Progress, last_durations, print_output
from tests.support.wait import wait_until

Capture = pytest.CaptureFixture[str]
RUNNING = 'nox > Running session {0}\nof {0}\n'
ENDED = 'nox > Session {0} was successful in 1 second.\n'
FAILED = 'nox > Session {0} failed.\n'


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / 'nox.log'


class Terminal(io.StringIO):
    """Not capsys: to read it while a thread writes may lose what is written.
    """

    def isatty(self) -> bool:
        return True


def be_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Called by the test: pytest sets the stream before it."""
    made = Terminal()
    monkeypatch.setattr(sys, 'stderr', made)
    monkeypatch.setenv('COLUMNS', '40')
    monkeypatch.setattr(module, 'TERMINAL_SECONDS', 0.01)
    return made


def watch(log: Path, text: str, last: dict[str, float]) -> Iterator[Progress]:
    """A progress that is read while the caller waits."""
    log.write_text('before\n', 'utf-8', newline='\n')
    progress = Progress(log, len('before\n'), last)
    with progress.watching():
        with log.open('ab') as file:
            file.write(text.encode())
        yield progress


def test_a_terminal_shows_what_runs_and_how_long_it_took_before(
        log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = be_a_terminal(monkeypatch)
    line = 'running: tests 0 s (last time 12 s)'
    for _ in watch(log, RUNNING.format('tests'), {'tests': 12.3}):
        wait_until(lambda: line in terminal.getvalue())
        with log.open('a') as file:
            file.write(ENDED.format('tests'))
    said = terminal.getvalue()
    assert 'tests: passed in 0.' in said
    # What was drawn is erased.
    assert f'{line}\r{" " * len(line)}\r' in said


def test_what_is_drawn_fits_on_a_line(
        log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = be_a_terminal(monkeypatch)
    for _ in watch(log, RUNNING.format('x' * 99), {}):
        wait_until(lambda: 'xxx' in terminal.getvalue())
    lines = terminal.getvalue().replace('\r', '\n').splitlines()
    assert max(map(len, lines)) == 39


def test_without_a_terminal_a_line_says_what_runs_after_a_while(
        log: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    log.write_text(RUNNING.format('tests'))
    now = 100.0
    monkeypatch.setattr(time, 'monotonic', lambda: now)
    progress = Progress(log, 0, {'tests': 3})
    progress._read()
    for now in (104, 112, 113, 123):
        progress._draw()
    assert capsys.readouterr().err == (
        'autodevelop: running: tests 12 s (last time 3 s)\n'
        'autodevelop: running: tests 23 s (last time 3 s)\n')


def test_before_the_first_session_nox_runs(
        log: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    now = 100.0
    monkeypatch.setattr(time, 'monotonic', lambda: now)
    progress = Progress(log, 0, {})
    progress._read()  # There is no file yet.
    now = 120
    progress._draw()
    assert capsys.readouterr().err == 'autodevelop: running: nox\n'


def test_who_interrupts_sees_where_it_was(
        log: Path, capsys: Capture) -> None:
    text = (RUNNING.format('lint') + ENDED.format('lint')
            + RUNNING.format('tests') + 'waits for the database')
    for progress in watch(log, text, {}):
        pass
    progress.interrupted()
    assert capsys.readouterr().err == (
        'autodevelop: interrupted: tests had run for 0 s\n'
        '===== tests: did not end =====\nof tests\nwaits for the database')


@pytest.mark.parametrize('failed', [True, False])
def test_what_nox_says_itself_counts_when_it_fails(
        log: Path, failed: bool) -> None:
    text = ('nox > no such option\r\n' + RUNNING.format('a')
            + FAILED.format('a'))
    for progress in watch(log, text, {}):
        pass
    first, *others = progress.finish(failed)
    assert (first.lines == ['nox > no such option\n']) == failed
    assert len(others) == failed


def test_output_is_printed_below_a_header(capsys: Capture) -> None:
    print_output([Output('', '', ['nox\n']), Output('a', 'failed', ['b\n'])])
    assert capsys.readouterr().err == 'nox\n===== a: failed =====\nb\n'


@pytest.mark.parametrize('content', [None, '{'])
def test_damaged_durations_are_none(
        tmp_path: Path, content: str | None) -> None:
    if content:
        (tmp_path / 'd').write_text(content)
    assert last_durations(tmp_path / 'd') == {}
