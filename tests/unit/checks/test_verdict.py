"""What is said of a check that failed."""
from pathlib import Path

import pytest

from autodevelop.checks.nox_output import Output
from autodevelop.checks.room import Room
from autodevelop.checks.sessions import UNFINISHED, Request
from autodevelop.checks.verdict import STAGED, Verdict, print_verdict, verify
from autodevelop.errors import AutodevelopError
from autodevelop.results.outcomes import Row
from autodevelop.system.git import Repository

BARE = Repository(Path('r'), Path('r'), None, ())


def test_a_failure_is_summarized_below_its_output(
        capsys: pytest.CaptureFixture[str]) -> None:
    verdict = Verdict([Row('tests', 'failed', '')], 'tree', (
        *(Output(name, 'failed', ['all\n'], True, ['test_a - 2 == 3'])
          for name in ('tests-3.12', 'tests-3.13')),
        Output('lint', 'passed', ['fine\n'], True)))
    request = Request(BARE, 'ci', 'tree', None)
    print_verdict(Room(Path(), BARE, BARE), verdict, request)
    with pytest.raises(AutodevelopError):
        verify(verdict, request, 'it')
    assert capsys.readouterr().err == (
        '===== tests-3.12: failed =====\nall\n'
        '===== tests-3.13: failed =====\nall\n'
        '===== lint: passed =====\nfine\n'
        '\ntests-3.12, tests-3.13 failed:\n  test_a - 2 == 3\n')


def test_a_session_that_nox_did_not_run_is_not_said_to_have_failed() -> None:
    verdict = Verdict([Row('lint', 'failed', ''),
                       Row('tests', 'failed', UNFINISHED)], 'tree')
    with pytest.raises(AutodevelopError) as caught:
        verify(verdict, Request(BARE, 'ci', 'tree', None), 'it')
    assert caught.value.message == (
        'it failed: lint; nox did not finish tests')
    assert verdict.unchecked == ''


COMMIT = '0123456789abcdef'


@pytest.mark.parametrize(('what', 'stage', 'head', 'command'), [
    (STAGED, 'pre-commit', None, 'check --staged --stage pre-commit'),
    (STAGED, 'pre-push', COMMIT, 'check --staged --stage pre-push'),
    ('it', 'pre-push', COMMIT, 'check 0123456789ab --stage pre-push'),
    ('it', 'deploy', COMMIT, 'check 0123456789ab --stage deploy')])
def test_the_hint_checks_the_same_again(
        what: str, stage: str, head: str | None, command: str) -> None:
    verdict = Verdict([Row('tests', 'failed', '')], 'tree')
    with pytest.raises(AutodevelopError) as caught:
        verify(verdict, Request(BARE, stage, 'tree', head), what)
    assert caught.value.hint.startswith('run it again by hand: ')
    assert caught.value.hint.endswith(f'autodevelop {command}')
