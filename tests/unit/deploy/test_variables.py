"""The environment variables of an application."""
import os
import sys
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.deploy import policy
from autodevelop.deploy.history import History
from autodevelop.deploy.target import Target, lock_target, open_target
from autodevelop.deploy.variables import (
    application_variables, read_variables, variables_file,
)
from autodevelop.errors import AutodevelopError
from autodevelop.system.process import merged

pytestmark = pytest.mark.skipif(sys.platform == 'win32',
                                reason='nothing is deployed there')
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    monkeypatch.chdir(tmp_path)
    target = open_target(Path('to'))
    with lock_target(target, 'a test'):
        pass
    return target


def env(*arguments: str) -> int:
    return main(['deploy', 'env', *arguments, '--to', 'to'])


def test_they_are_set_listed_and_unset(
        target: Target, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('sys.stdin.read', lambda: 'two\n', raising=False)
    assert env('set', 'ONE=1=a', 'TWO') == 0
    assert capsys.readouterr().out == 'stored; nothing is live yet\n'
    assert read_variables(target) == {'ONE': '1=a', 'TWO': 'two'}
    assert variables_file(target).stat().st_mode & 0o777 == 0o600
    assert env('list') == 0
    assert capsys.readouterr().out == 'ONE\nTWO\n'
    assert env('unset', 'ONE') == 0
    assert read_variables(target) == {'TWO': 'two'}
    assert env('unset', 'ONE') == 2
    assert 'ONE is not set' in capsys.readouterr().err


@pytest.mark.parametrize('arguments', [
    ['set'], ['set', '1=a'], ['set', 'A-B=1'], ['set', 'A=a\0b'], ['unset']])
def test_what_no_process_can_have_is_an_error(
        target: Target, arguments: list[str], capsys: Capture) -> None:
    assert env(*arguments) == 2
    assert 'NAME' in capsys.readouterr().err.splitlines()[-1]
    assert not variables_file(target).exists()


def test_a_file_that_cannot_be_read_is_an_error(
        target: Target, capsys: Capture) -> None:
    variables_file(target).write_text('{')
    assert env('list') == 2
    assert 'hint: correct it; or' in capsys.readouterr().err
    variables_file(target).unlink()
    variables_file(target).mkdir()
    assert env('list') == 2
    assert 'hint: run this as the user' in capsys.readouterr().err


def test_options_may_stand_before_variables(target: Target) -> None:
    assert main(['deploy', 'env', 'set', '--to', str(target.folder),
                 'A=1']) == 0
    assert read_variables(target) == {'A': '1'}


def test_the_live_release_starts_with_them(
        target: Target, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    live = History(target).start('a' * 40, 'me', None)
    target.run(live.number).mkdir()
    target.switch(live.number)
    started = []

    def redeploy(target: Target, commit: str, who: str) -> None:
        started.append((commit, read_variables(target)))
        if 'BAD' in read_variables(target):
            raise AutodevelopError('it did not start', 'fix it')

    monkeypatch.setattr(policy, 'redeploy', redeploy)
    assert env('set', 'A=1') == 0
    assert capsys.readouterr().out == f'{"a" * 40} is live\n'
    assert env('set', 'BAD=1') == 2
    assert started == [('a' * 40, {'A': '1'}),
                       ('a' * 40, {'A': '1', 'BAD': '1'})]
    assert read_variables(target) == {'A': '1'}


def test_an_application_gets_no_variables_of_the_deploying_user(
        target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('OF_THE_PUSHER', 'token')
    monkeypatch.setenv('LC_TIME', 'C')
    env('set', 'A=1')
    found = merged(application_variables(target, 'b' * 40, Path('venv')))
    assert 'OF_THE_PUSHER' not in found
    assert found['LC_TIME'] == 'C'
    assert found['A'] == '1'
    assert found['AUTODEVELOP_RELEASE'] == 'b' * 40
    assert found['PATH'].startswith(str(Path('venv/bin')) + os.pathsep)


def test_a_command_runs_as_the_live_release(
        target: Target, capfd: Capture) -> None:
    def run(*command: str) -> int:
        return main(['deploy', 'exec', '--to', 'to', '--', *command])

    assert run() == 2
    assert run('env') == 2
    assert 'nothing is live' in capfd.readouterr().err
    env('set', 'A=1')
    live = History(target).start('a' * 40, 'me', None)
    (target.folder / 'venv/bin').mkdir(parents=True)
    own = target.folder / 'venv/bin/own'
    own.write_text('#!/bin/sh\necho "$1 $A $AUTODEVELOP_RELEASE"; pwd\n'
                   'exit 3\n')
    own.chmod(0o755)
    (target.releases / 'a').mkdir()
    target.run(live.number).mkdir()
    (target.run(live.number) / 'environment').symlink_to(
        target.folder / 'venv')
    (target.run(live.number) / 'release').symlink_to(target.releases / 'a')
    target.switch(live.number)
    assert run('none-of-that-name') == 2
    assert 'no command' in capfd.readouterr().err
    assert run('own', 'x') == 3
    assert capfd.readouterr().err == (
        f'x 1 {"a" * 40}\n{target.releases / "a"}\n')
