"""Who holds what, and who waits for it."""
from pathlib import Path

import pytest
from filelock import lock_descriptor

from autodevelop.errors import AutodevelopError
from autodevelop.locks import held


def test_a_holder_that_is_not_known_is_another_process(
        tmp_path: Path, capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([False, True])
    monkeypatch.setattr('filelock.lock_descriptor',
                        lambda number, **options: next(answers))
    with held(tmp_path / 'new', 'the room', 'process 1 holds'):
        pass
    assert capsys.readouterr().err == (
        'autodevelop: waiting for the room, which another process holds\n')


def test_what_cannot_be_noted_is_not_held(tmp_path: Path) -> None:
    (tmp_path / 'holder').mkdir()
    with pytest.raises(AutodevelopError, match='the room cannot be used'):
        held(tmp_path, 'the room', 'process 1 holds').__enter__()
    with open(tmp_path / 'lock', 'ab') as lock:
        assert lock_descriptor(lock.fileno(), blocking=False)
