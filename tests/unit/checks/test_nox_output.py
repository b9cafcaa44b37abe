"""What is read in nox's output."""
import pytest

from autodevelop.checks.nox_output import NoxOutput, Output

CREATING = 'nox > Creating virtual environment (uv) using python in x\n'


@pytest.mark.parametrize(('line', 'failed'), [
    ('nox > Command python -m pip install six failed with exit code 1', True),
    ('\x1b[31mnox > Command uv pip install six failed with exit code 2\x1b[0m',
     True),
    ('nox > Command uv sync failed with exit code 2', True),
    ('nox > Command flake8 failed with exit code 1', False),
    ('nox > Session lint failed.', False)])
def test_a_failed_install_is_told_from_a_failed_check(
        line: str, failed: bool) -> None:
    output = Output('lint', 'failed', [CREATING, f'{line}\n'], whole=True)
    assert output.install_failed == failed
    assert output.created_environment
    output.outcome = 'passed'
    assert not output.install_failed
    assert not Output('lint', 'passed').created_environment


def test_a_session_that_ends_its_nox_is_shown() -> None:
    told, other = list[tuple[str, str]](), list[str]()
    nox = NoxOutput(lambda *given: told.append(given[:2]), other.append)
    for line in ('nox > hello', 'nox > Running session a', 'of a'):
        nox.read(f'{line}\n')
    nox.close()
    nox.close()
    assert (told, other) == ([('a', 'started')], ['nox > hello\n'])
    assert [(each.session, each.failed) for each in nox.ended] == [('a', True)]


def test_the_output_of_parallel_sessions_comes_in_blocks() -> None:
    told, other = list[tuple[str, str]](), list[str]()
    nox = NoxOutput(lambda *given: told.append(given[:2]), other.append)
    rule = '=' * 10
    for line in ('Starting session a...', 'Starting session b...',
                 f'{rule} + c: aborted, its prerequisite failed {rule}',
                 f'{rule} + a: success {rule}', 'nox > Running session a',
                 f'{rule} + no session: success {rule}',
                 'nox > Session a was successful in a moment.',
                 f'{rule} - b: failed {rule}', 'of b',
                 'nox > Session b failed.', 'nox > Ran 3 sessions:'):
        nox.read(f'{line}\n')
    nox.close()
    assert told == [('a', 'started'), ('b', 'started'), ('c', 'aborted'),
                    ('a', 'passed'), ('b', 'failed')]
    assert [(each.session, each.failed, len(each.lines))
            for each in nox.ended] == [('a', False, 3), ('b', True, 2)]
    assert other == []


def test_a_block_may_lack_its_last_line() -> None:
    """Then nobody knows whether it failed: it may have been interrupted."""
    told = list[str]()
    nox = NoxOutput(lambda _, what, __: told.append(what), str)
    rule = '=' * 10
    for line in ('Starting session a...', 'Starting session b...',
                 f'{rule} - a: failed {rule}', 'of a',
                 f'{rule} - b: failed {rule}', 'of b'):
        nox.read(f'{line}\n')
    nox.close()
    assert told == ['started', 'started']
    assert [(each.session, each.failed) for each in nox.ended] == [
        ('a', True), ('b', True)]


@pytest.mark.parametrize('complaint', [
    'The virtualenv name was hashed to avoid being too long.',
    'The virtualenv path /x/venvs/1/a is too long and will cause issues on '
    'some environments. Use the --envdir path to modify it.'])
def test_messages_on_the_paths_of_environments_are_dropped(
        complaint: str) -> None:
    nox = NoxOutput(lambda *given: None, list[str]().append)
    for line in ('nox > Running session a', f'\x1b[33mnox > {complaint}',
                 'of a', 'nox > Session a failed.'):
        nox.read(f'{line}\n')
    output, = nox.ended
    assert output.lines == ['of a\n', 'nox > Session a failed.\n']
