"""How gunicorn serves an attempt."""
import json
import os
import sys
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace as Some
from typing import Any

import pytest

if sys.platform == 'win32':  # only on windows
    pytest.skip('no gunicorn', allow_module_level=True)

import fcntl

from autodevelop.deploy import serving
from autodevelop.deploy.gunicorn_conf import configure, read_rest
from autodevelop.deploy.processes import Process, find_processes
from autodevelop.deploy.target import Target, lock_target, open_target
from autodevelop.deploy.workers import health_host
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.tables import Deploy

PROJECT = """\
import os
workers = int(os.environ['WORKERS'])
threads = 9
bind = 'elsewhere'
calls = []
def when_ready(server): calls.append('when_ready')
def post_fork(server, worker): calls.append('post_fork')
def post_worker_init(worker): calls.append('post_worker_init')
def child_exit(server, worker): calls.append('child_exit')
"""


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'path', [*sys.path])
    monkeypatch.setattr(os, 'environ', dict(os.environ))
    target = open_target(Path('to'))
    with lock_target(target, 'a test'):
        target.run(1).mkdir()
        (target.releases / 'abc/app').mkdir(parents=True)
    return target


def written(target: Target, deploy: Deploy) -> dict[str, Any]:
    """What gunicorn reads that serves this."""
    serving.write_configuration(target, 1, target.releases / 'abc', deploy)
    return configure(target.run(1))


def test_the_project_says_what_it_may(target: Target) -> None:
    (target.folder / 'variables.json').write_text('{"WORKERS": "3"}')
    own = target.releases / 'abc/app/gunicorn.conf.py'
    own.write_text(PROJECT)
    found = written(target, Deploy('a:b', 'app', access_log=True))
    assert found['bind'] == f'unix:{target.run(1)}/sock'
    assert (found['workers'], found['threads']) == (3, 9)
    assert found['worker_class'] == 'gthread'
    assert found['accesslog'] == str(target.run(1) / 'log')
    assert os.environ['AUTODEVELOP_RELEASE'] == 'abc'
    assert Path.cwd() == own.parent
    assert sys.path[0] == str(own.parent)
    own.unlink()
    found = configure(target.run(1))
    assert (found['workers'], found['threads']) == (2, 4)


def test_hooks_let_each_worker_be_asked(
        target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    (target.folder / 'variables.json').write_text('{"WORKERS": "3"}')
    (target.releases / 'abc/gunicorn.conf.py').write_text(PROJECT)
    found = written(target, Deploy('a:b', graceful_timeout=7))
    made: list[str] = []
    monkeypatch.setitem(sys.modules, 'gunicorn', Some())

    def listen(name: str, cfg: object, log: object) -> str:
        made.append(name)
        return name

    monkeypatch.setitem(sys.modules, 'gunicorn.sock', Some(UnixSocket=listen))
    server = Some(cfg=Some(workers=3, graceful_timeout=7), log=None)
    found['when_ready'](server)
    assert json.loads((target.run(1) / 'ready').read_text()) == {
        'workers': 3, 'graceful_timeout': 7}
    worker = Some(sockets=['common'], pid=os.getpid())
    found['post_fork'](server, worker)
    assert worker.sockets == ['common', *made]
    assert made == [str(target.run(1) / f'w{os.getpid()}')]
    # Nobody else loads the application meanwhile.
    lock = os.open(target.run(1) / 'booting', os.O_RDWR)
    with pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    found['post_worker_init'](worker)
    # The second waits for the first, and shows signs of life.
    fcntl.flock(lock, fcntl.LOCK_EX)
    worker.notify = lambda: os.close(lock)
    found['post_fork'](server, worker)
    found['post_worker_init'](worker)
    Path(made[0]).touch()
    found['child_exit'](server, worker)
    assert not Path(made[0]).exists()
    assert found['calls'] == [
        'when_ready', 'post_fork', 'post_worker_init', 'post_fork',
        'post_worker_init', 'child_exit']


def test_the_rest_of_an_upload_is_read() -> None:
    body = BytesIO(b'x' * 200_000)
    body.read(10)
    for environ in ({'wsgi.input': body}, None):
        read_rest(None, None, environ, None)
    assert not body.read()


def test_an_application_that_never_loads_ends_gunicorn(
        target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'gunicorn.sock', Some(
        UnixSocket=lambda *_: None))
    hooks = written(target, Deploy('a:b'))['post_fork'].__self__
    server = Some(cfg=None, log=None, WORKER_BOOT_ERROR=3)
    worker = Some(sockets=[])

    def load() -> int:
        hooks.post_fork(server, worker)
        return int(hooks._booting)

    for _ in range(3):
        first = load()
        # Who waits for it does not fail in the same way after it.
        worker.notify = lambda: os.close(first)
        with pytest.raises(SystemExit) as raised:
            load()
        assert raised.value.code is None
    with pytest.raises(SystemExit) as raised:
        load()
    assert raised.value.code == 3
    os.close(hooks._booting)


@pytest.mark.parametrize(('hosts', 'asked'), [
    (['.shop.example', 'b'], 'shop.example'), (['a', '*'], ''), ([], '')])
def test_django_is_asked_by_a_name_that_it_accepts(
        target: Target, monkeypatch: pytest.MonkeyPatch, hosts: list[str],
        asked: str) -> None:
    monkeypatch.setitem(sys.modules, 'django.conf', Some(
        settings=Some(configured=True, ALLOWED_HOSTS=hosts)))
    hooks = written(target, Deploy('a:b'))['post_worker_init'].__self__
    hooks._booting = os.open(os.devnull, os.O_RDONLY)
    hooks.post_worker_init(None)
    for settings, url, host in [
            (Deploy(), 'unix:x', asked), (Deploy(), 'http://127.0.0.1', asked),
            (Deploy(), 'https://b/', ''),
            (Deploy(health_host='c'), 'unix:x', 'c')]:
        assert health_host(target, 1, settings, url) == host


def test_hooks_of_a_project_without_any(target: Target) -> None:
    written(target, Deploy('a:b'))['child_exit'](None, Some(pid=1))


def test_what_is_not_said_is_not_served(target: Target) -> None:
    with pytest.raises(AutodevelopError, match='what to serve'):
        serving.start(target, 1, target.releases, Path(), Deploy())


@pytest.mark.parametrize(('said', 'hint'), [
    (b'Failed to connect to bus: x', 'linger'),
    (b'x: No module named gunicorn', 'add gunicorn to the lock'),
    (b'Error: x', 'fix the application')])
def test_what_does_not_start_says_what_to_do(
        target: Target, said: bytes, hint: str) -> None:
    venv = target.folder / 'venv/bin'
    venv.mkdir(parents=True)
    (venv / 'python').write_text(f'#!/bin/sh\necho {said.decode()} >&2\n'
                                 'exit 1\n')
    (venv / 'python').chmod(0o755)
    with pytest.raises(AutodevelopError, match='did not start') as raised:
        serving.start(target, 1, target.releases / 'abc', venv / 'python',
                      Deploy('a:b'))
    assert hint in raised.value.hint


@pytest.mark.parametrize('proc', ['proc', 'no-proc'])
def test_processes_are_found_with_ps_and_without(
        target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        proc: str) -> None:
    command = (f'python -P -m gunicorn --config {target.run(4)}'
               '/gunicorn.conf.py')
    table = {'40': (1, command), '41': (40, command), '42': (1, 'sh'),
             str(os.getpid()): (1, command)}
    for pid, (parent, text) in [*table.items(), ('self', (0, ''))]:
        folder = tmp_path / 'proc' / pid
        folder.mkdir(parents=True)
        (folder / 'cmdline').write_text('\0'.join(text.split(' ')))
        (folder / 'stat').write_text(f'{pid} (a) b) S {parent} 0')
    (tmp_path / 'proc/43').mkdir()  # It has just exited.
    lines = [f'  {pid} {parent} {text}' for pid, (parent, text)
             in table.items()]
    ps = tmp_path / 'bin/ps'
    ps.parent.mkdir()
    ps.write_text(f'#!/bin/sh\ncat <<END\n{chr(10).join(lines)}\n 44 1\nEND\n')
    ps.chmod(0o755)
    monkeypatch.setattr(
        'autodevelop.deploy.processes.PROC', tmp_path / proc)
    monkeypatch.setenv('PATH', f'{ps.parent}:{os.environ["PATH"]}')
    assert sorted(find_processes(target, [4])) == [
        Process(40, 1, 4), Process(41, 40, 4)]
    assert find_processes(target, [5]) == []
