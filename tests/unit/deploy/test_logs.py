"""What releases wrote, and for how long it stays."""
import os
import sys
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.deploy import logs
from autodevelop.deploy.history import History
from autodevelop.deploy.target import Target

pytestmark = pytest.mark.skipif(sys.platform == 'win32',
                                reason='nothing is deployed there')
Capture = pytest.CaptureFixture[str]


def write(target: Target, number: int, text: str) -> Path:
    target.run(number).mkdir()
    path = logs.open_log(target, number)
    path.write_text(text)
    return path


def test_the_log_of_the_release_before_follows_on(
        target: Target, capsys: Capture) -> None:
    to = ['--to', str(target.folder)]
    assert next(logs.follow(target)) == ''
    for number in (1, 3):
        write(target, number, f'one of {number}\ntwo of {number}\n')
    assert main(['deploy', 'logs', *to]) == 2
    target.switch(3)
    assert main(['deploy', 'logs', '-n', '3', *to]) == 0
    assert capsys.readouterr().out == 'two of 1\none of 3\ntwo of 3\n'
    assert main(['deploy', 'logs', '-n', '2', *to]) == 0
    assert capsys.readouterr().out == 'one of 3\ntwo of 3\n'


def test_an_attempt_that_failed_has_a_log(
        target: Target, capsys: Capture) -> None:
    attempt = History(target).start('a' * 40, 'a', None)
    log = ['deploy', 'logs', 'aaaa', '-n1', '--to', str(target.folder)]
    assert main(log) == 2
    assert 'there is no log of aaaa in ' in capsys.readouterr().err
    write(target, attempt.number, 'before\nTraceback\n')
    assert main(log) == 0
    assert capsys.readouterr().out == 'Traceback\n'


def test_they_are_followed_across_a_switch(
        target: Target, monkeypatch: pytest.MonkeyPatch,
        capsys: Capture) -> None:
    paths = {number: write(target, number, 'before\n') for number in (1, 2)}
    target.switch(1)
    step = 0

    def sleep(seconds: float) -> None:
        nonlocal step
        step += 1
        if step == 1:
            paths[1].write_text('before\none\n')
        elif step == 2:
            paths[1].write_text('before\none\nlast\n')
            target.switch(2)
        elif step == 3:
            paths[2].unlink()
        else:
            raise KeyboardInterrupt

    monkeypatch.setattr('time.sleep', sleep)
    assert main(['deploy', 'logs', '-f', '-n', '0', '--to',
                 str(target.folder)]) == 130
    assert capsys.readouterr().out == 'one\nlast\nbefore\n'


def test_the_newest_stay_and_are_bounded(
        target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, 'KEPT', 2)
    monkeypatch.setattr(logs, 'MAX_BYTES', 8)
    for number in (1, 2, 3, 4):
        write(target, number, f'first\nline {number}\n')
    for number in (2, 3):
        (target.run(number) / 'log').unlink()
        target.run(number).rmdir()
    logs.prune_logs(target)
    left = {path.name: path.read_text()
            for path in (target.folder / 'logs').iterdir()}
    assert left == {'1.log': 'first\nline 1\n', '3.log': 'line 3\n',
                    '4.log': 'first\nline 4\n'}
    assert os.stat(target.folder / 'logs').st_mode & 0o007 == 0
