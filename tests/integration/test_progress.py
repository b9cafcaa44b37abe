"""What .ci/progress.py shows of real runs of nox."""
import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Write
from tests.support.project import ROOT

PROGRESS = ROOT / '.ci/progress.py'
NOXFILE = """
    import os
    import sys
    import time
    from pathlib import Path

    import nox

    FAKE = [
        'Starting session phantom...',
        '=' * 10 + ' + phantom: success ' + '=' * 10,
        'nox > Running session phantom', 'nox > Session phantom failed.',
        '=' * 10 + ' + NAME: success ' + '=' * 10, 'nox > Ran 2 sessions:']
    WRITE = 'import sys; print(*sys.argv[1:], sep=chr(10))'
    nox.options.sessions = ['good', 'bad', 'optional', 'after']


    def write(session, word):
        lines = [line.replace('NAME', session.name) for line in FAKE]
        session.run(sys.executable, '-c', WRITE, word, *lines, log=False)


    @nox.session(python=False, allow_parallel=True)
    def good(session):
        write(session, 'fine')


    @nox.session(python=False, allow_parallel=True)
    def bad(session):
        write(session, 'broken')
        session.run(sys.executable, '-c', 'print("no newline", end="")')
        session.run(sys.executable, '-c', '1 / 0')


    @nox.session(python=False)
    def optional(session):
        session.skip('needs a reason')


    @nox.session(python=False, requires=['bad'])
    def after(session):
        print('never')


    @nox.session(python=False, allow_parallel=True)
    def waits(session):
        session.run(sys.executable, '-c', '''if True:
            import os, socket, time
            from pathlib import Path
            server = socket.create_server(('127.0.0.1', 0))
            Path('new').write_text(str(server.getsockname()[1]))
            os.replace('new', 'port')
            while not Path('go').exists():
                time.sleep(0.02)
            ''')
"""
NOX = [sys.executable, str(PROGRESS), sys.executable, '-m', 'nox']
WAYS = pytest.mark.parametrize('way', [
    ['--parallel', '2'], ['--parallel', '2', '--forcecolor'], [],
    ['--forcecolor']], ids=' '.join)
posix = pytest.mark.skipif(sys.platform == 'win32', reason='signals')


@pytest.fixture
def folder(write: Write, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ('CI', 'FORCE_COLOR', 'NOX_CURRENT_SESSION', 'NOXSESSION'):
        monkeypatch.delenv(name, raising=False)
    # As .venv has it.
    monkeypatch.setenv('PYTHONPATH', str(ROOT))
    return write('noxfile.py', NOXFILE).parent


def run(*arguments: str) -> tuple[int, str]:
    done = subprocess.run([*NOX, *arguments], text=True, encoding='utf-8',
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


@WAYS
@pytest.mark.usefixtures('folder')
def test_only_the_output_of_what_failed_is_shown(way: list[str]) -> None:
    status, said = run(*way)
    assert status == 1
    talk, _, output = said.partition('===== bad: failed =====\n')
    assert 'Ran 4 sessions' not in said
    assert 'Prerequisite session bad' in said
    assert 'fine' not in said
    # What looks like a line of nox is the session's own.
    assert 'phantom' not in talk
    assert output.index('Ran 2 sessions') < output.index('no newline')
    assert 'ZeroDivisionError' in output


@WAYS
@pytest.mark.usefixtures('folder')
def test_of_what_passed_at_once_nothing_is_shown(way: list[str]) -> None:
    assert run(*way, '-s', 'good', 'optional') == (0, '')


def test_the_report_says_when_each_session_began(folder: Path) -> None:
    before = time.time()
    run('--sessions', 'good', '--report', 'report.json')
    session, = json.loads((folder / 'report.json').read_text())['sessions']
    assert before <= session['began'] <= time.time()


@pytest.mark.parametrize(('arguments', 'message'), [
    (['-s', 'nothing'], 'Sessions not found: nothing'),
    (['--no-such-option'], 'unrecognized arguments: --no-such-option'),
    (['-f', 'none.py'], 'none.py'),
    (['-f', 'broken.py', '--parallel', '2'], 'nothing_like_it'),
])
def test_what_nox_says_itself_is_shown(
        folder: Path, arguments: list[str], message: str) -> None:
    (folder / 'broken.py').write_text('import nothing_like_it\n')
    status, said = run(*arguments)
    assert status
    assert message in said


def start(folder: Path, way: list[str], sigint: signal.Handlers
          ) -> 'subprocess.Popen[str]':
    """Start a session that waits, with standard input closed."""
    # What has a handler here is the default there.
    signal.signal(signal.SIGINT, (
        sigint if sigint is signal.SIG_IGN else signal.default_int_handler))
    process = subprocess.Popen(
        ['sh', '-c', 'exec "$0" "$@" <&-', *NOX, *way, '-s', 'waits'],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    while not (folder / 'port').exists():
        assert process.poll() is None
        time.sleep(0.02)
    return process


def assert_gone(folder: Path) -> None:
    """See that the session that waits ends; a zombie may remain of it."""
    address = '127.0.0.1', int((folder / 'port').read_text())
    with pytest.raises(ConnectionRefusedError):
        while True:
            socket.create_connection(address).close()


@posix
@pytest.mark.parametrize('sent', [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize('way', [['--parallel', '2'], []], ids=' '.join)
def test_an_interrupt_leaves_nothing_running(
        folder: Path, way: list[str], sent: signal.Signals) -> None:
    with start(folder, way, signal.SIG_DFL) as process:
        process.send_signal(sent)
        said, _ = process.communicate()
    assert process.returncode == 130
    assert 'interrupted: waits had run for ' in said
    assert_gone(folder)


@posix
@pytest.mark.parametrize('way', [['--parallel', '2'], []], ids=' '.join)
def test_in_the_background_sigint_is_ignored(
        folder: Path, way: list[str]) -> None:
    with start(folder, way, signal.SIG_IGN) as process:
        process.send_signal(signal.SIGINT)
        (folder / 'go').touch()
        said, _ = process.communicate()
    assert (process.returncode, said) == (0, '')


@posix
def test_in_the_background_sigterm_leaves_nothing_running(
        folder: Path) -> None:
    with start(folder, ['--parallel', '2'], signal.SIG_IGN) as process:
        process.terminate()
        process.communicate()
    assert process.returncode == 130
    assert_gone(folder)
