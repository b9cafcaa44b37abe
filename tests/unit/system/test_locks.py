"""Who holds a lock, and who waits for it."""
import io
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import lock_descriptor

from autodevelop.errors import AutodevelopError
from autodevelop.system.locks import lock, locked_by
from tests.support.project import ROOT
from tests.support.wait import wait_until


def test_a_lock_of_nobody_known_is_waited_for(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file is locked, and no file beside it says by whom."""
    # Not capsys: to read it while a thread writes may lose what is written.
    said = io.StringIO()
    monkeypatch.setattr(sys, 'stderr', said)
    other = open(tmp_path / 'lock', 'ab')
    assert lock_descriptor(other.fileno(), blocking=False)
    entered = threading.Event()

    def hold() -> None:
        with lock(tmp_path, 'the room', 'process 1 holds'):
            entered.set()

    waiting = threading.Thread(target=hold)
    waiting.start()
    wait_until(said.getvalue)
    assert said.getvalue() == (
        'autodevelop: waiting for the room: another process has '
        'locked it\n')
    assert not entered.is_set()
    other.close()
    waiting.join(60)
    assert entered.is_set()
    assert (tmp_path / 'owner').read_text('utf-8') == 'process 1 holds'


def test_a_lock_whose_owner_cannot_be_written_is_released(
        tmp_path: Path) -> None:
    (tmp_path / 'owner').mkdir()
    with pytest.raises(AutodevelopError, match='cannot lock the room'):
        lock(tmp_path, 'the room', 'process 1 holds').__enter__()
    with open(tmp_path / 'lock', 'ab') as file:
        assert lock_descriptor(file.fileno(), blocking=False)


@pytest.mark.skipif(sys.platform == 'win32', reason='owners')
def test_the_hint_of_a_lock_names_its_folder_alone(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As /srv, beside the folder of a deploy."""
    folder = tmp_path / 'project'
    (folder / 'owner').mkdir(parents=True)
    monkeypatch.setattr(os, 'geteuid', lambda: 54321)
    with pytest.raises(AutodevelopError, match='belongs to') as caught:
        lock(folder, 'the project', 'process 1 holds').__enter__()
    assert caught.value.hint == f'sudo chown -R 54321 {folder}'


KILLED = """
import os, sys
from pathlib import Path
from autodevelop.system import fork
from autodevelop.system.locks import lock

fork.FORKS = False
here = Path.cwd()
with lock(here, '', 'who was killed'), open('output', 'wb') as output:
    fork.run_module('left', [str(os.getpid())], {}, here, output)
"""
LEFT = """
import os, sys, time
from pathlib import Path

os.kill(int(sys.argv[1]), 9)
Path('pid').write_text(str(os.getpid()))
time.sleep(60)
"""


def test_what_a_killed_process_left_holds_its_lock(tmp_path: Path) -> None:
    """Or it is killed, too; a new process, since it could not be forked."""
    (tmp_path / 'left.py').write_text(LEFT, 'utf-8')
    done = subprocess.run([sys.executable, '-c', KILLED], cwd=tmp_path,
                          env={**os.environ, 'PYTHONPATH': str(ROOT)})
    if sys.platform == 'win32':  # only on windows
        assert (done.returncode, locked_by(tmp_path)) == (9, '')
        return
    assert done.returncode == -signal.SIGKILL
    pid = tmp_path / 'pid'
    wait_until(lambda: pid.exists() and pid.read_text('utf-8'))
    assert locked_by(tmp_path).startswith('who was killed')
    os.kill(int(pid.read_text('utf-8')), signal.SIGKILL)
    wait_until(lambda: not locked_by(tmp_path))
