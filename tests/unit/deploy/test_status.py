"""What is said of attempts, on a terminal."""
from autodevelop.deploy.history import Attempt
from autodevelop.deploy.status import history_table


def test_attempts_fit_on_a_narrow_terminal() -> None:
    steps = {name: 123.456 for name in ('check', 'files', 'install', 'start')}
    lines = history_table([
        Attempt(2, 'a' * 40, 'ada from 192.0.2.7', 0, steps, 'live', ''),
        Attempt(1, 'b' * 40, 'ci', 0, {}, 'failed', 'long ' * 30)],
        2).splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[1].startswith('*  aaaaaaaaaaaa  19')
    assert lines[1].endswith('  live     493.8')
    assert lines[2:4] == [
        '   ada from 192.0.2.7',
        '   check 123.5, files 123.5, install 123.5, start 123.5']
    assert lines[4].startswith('   bbbbbbbbbbbb')
    assert lines[5:7] == ['   ci', '   ' + ' '.join(['long'] * 11)]
