"""What a person sees of the cells of a run."""
import io
import sys
import time

import pytest

from autodevelop.checks.live import Live

Capture = pytest.CaptureFixture[str]


class Terminal(io.StringIO):
    """Not capsys: to read it while a thread writes may lose what is written.
    """

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, 'monotonic', lambda: now[0])
    return now


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    for name in ('CI', 'NO_COLOR', 'FORCE_COLOR', 'TERM'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('COLUMNS', '40')
    monkeypatch.setenv('LINES', '5')
    # On Windows it would ask the console.
    for module in ('checks.live', 'system.output'):
        monkeypatch.setattr(f'autodevelop.{module}.is_terminal',
                            lambda stream: stream.isatty())
    return Terminal()


def drawn(live: Live, terminal: Terminal) -> list[str]:
    before = terminal.tell()
    live.draw()
    return terminal.getvalue()[before:].splitlines()


def test_a_terminal_shows_what_waits_and_runs_and_has_ended(
        terminal: Terminal, clock: list[float],
        monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, 'stderr', terminal)
        live = Live(['lint', 'tests', 'docs'], {'tests': 75.4})
        assert drawn(live, terminal) == [
            '0 of 3 done; waiting: lint, tests, docs']
        live.tell('lint', 'started', 0)
        live.tell('tests', 'started', 0)
        clock[0] += 62
        assert drawn(live, terminal) == [
            '\x1b[1F\x1b[J  lint   1:02', '  tests  1:02 of about 1:15',
            '0 of 3 done; waiting: docs']
        live.tell('lint', 'failed', 62.04)
        assert terminal.getvalue().endswith(
            '\x1b[3F\x1b[Jlint: \x1b[31mfailed\x1b[0m in 62.0 s\n')
        live.tell('docs', 'aborted', 0)
        assert drawn(live, terminal)[-1] == '2 of 3 done'
        # A second run, with other arguments.
        live.tell('lint', 'started', 0)
        assert drawn(live, terminal)[-1] == '1 of 3 done'
        live.erase()
        assert terminal.getvalue().endswith('\x1b[3F\x1b[J')


def test_what_is_drawn_fits_on_the_screen(
        terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, 'stderr', terminal)
        live = Live(['w' * 99], {})
        for name in 'xyz':
            live.tell(name * 99, 'started', 0)
        lines = drawn(live, terminal)
    assert len(lines) == 4
    assert lines[2] == '  and 1 more'
    assert max(map(len, lines)) == 39


def test_without_a_terminal_a_line_says_what_runs_after_a_while(
        clock: list[float], capsys: Capture) -> None:
    live = Live(['lint', 'tests'], {'tests': 3})
    live.tell('lint', 'started', 0)
    live.tell('lint', 'passed', 0.1)
    for clock[0] in (104, 112):
        live.draw()
    live.tell('tests', 'started', 0)
    for clock[0] in (113, 124):
        live.draw()
    live.tell('tests', 'passed', 12)
    assert capsys.readouterr().err == (
        'autodevelop: 1 of 2 done; running: nox\n'
        'autodevelop: 1 of 2 done; running: tests 0:12 of about 0:03\n'
        'autodevelop: tests: passed in 12.0 s\n')


def test_quiet_shows_nothing(
        clock: list[float], capsys: Capture) -> None:
    live = Live(['tests'], {}, quiet=True)
    clock[0] += 60
    live.draw()
    live.tell('tests', 'passed', 12)
    assert capsys.readouterr().err == ''
