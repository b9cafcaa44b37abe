"""Who holds a lock, and who waits for it."""
import io
import sys
import threading
from pathlib import Path

import pytest
from filelock import lock_descriptor

from autodevelop.errors import AutodevelopError
from autodevelop.system.locks import lock
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


def test_a_lock_whose_owner_cannot_be_noted_is_let_go(tmp_path: Path) -> None:
    (tmp_path / 'owner').mkdir()
    with pytest.raises(AutodevelopError, match='cannot lock the room'):
        lock(tmp_path, 'the room', 'process 1 holds').__enter__()
    with open(tmp_path / 'lock', 'ab') as file:
        assert lock_descriptor(file.fileno(), blocking=False)
