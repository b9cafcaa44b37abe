"""What the worker does with deliveries, with a real forge and releases."""
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from autodevelop.__main__ import main
from autodevelop.deploy.health import wait_until_healthy
from autodevelop.deploy.history import History
from autodevelop.errors import AutodevelopError
from autodevelop.system.cache import folder_for
from autodevelop.system.git import find_repository
from autodevelop.webhook import worker as module
from autodevelop.webhook.deliveries import Deliveries
from autodevelop.webhook.worker import Worker, work
from tests.support import measured
from tests.support.deliver import REPOSITORY, SECRET, headers, push
from tests.support.project import ROOT, share_passes
from tests.support.site import APPLICATION, VARIABLES, Site
from tests.support.wait import wait_until

core = pytest.mark.core
StartWorker = Callable[..., 'subprocess.Popen[str]']
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def start_worker(site: Site) -> Iterator[StartWorker]:
    """Start workers, and kill those that a failed test leaves running."""
    workers = []

    def start(stderr: int | None = None) -> 'subprocess.Popen[str]':
        workers.append(subprocess.Popen(
            [sys.executable, '-m', 'autodevelop', 'webhook', '--work', '--to',
             str(site.target.folder)], env=VARIABLES, stderr=stderr,
            text=True))
        return workers[-1]

    yield start
    for each in workers:
        each.kill()
        each.wait()


@pytest.fixture
def worker(site: Site, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """The forge is the site's own repository; stand in the server's copy."""
    copy = site.folder.parent / 'copy.git'
    subprocess.run(['git', 'clone', '-q', '--bare', site.folder, copy],
                   check=True)
    share_passes(site.folder / '.git', copy)
    monkeypatch.chdir(copy)
    repository = find_repository()
    return Worker(repository, site.target,
                  Deliveries(repository.home / 'webhook'), 'refs/heads/main',
                  '', repository.git_dir)


def live(site: Site) -> str | None:
    return site.ask().release


def states(worker: Worker) -> dict[str, str]:
    return {each.id: each.state for each in worker.deliveries.newest(99)}


@core
def test_what_is_on_the_branch_goes_live(site: Site, worker: Worker) -> None:
    assert not work(worker)
    second = site.change('second')
    worker.deliveries.enqueue('1', 'why', second)
    assert work(worker)
    assert live(site) == second
    assert states(worker) == {'1': 'live'}
    assert History(site.target).attempts()[0].release == second
    # The same commit by another delivery is live already.
    worker.deliveries.enqueue('2', 'why', second)
    assert work(worker)
    assert states(worker)['2'] == 'live'
    assert len(History(site.target).attempts()) == 1


@core
def test_the_newest_commit_wins_in_whichever_order(
        site: Site, worker: Worker) -> None:
    commits = [site.first, *(site.change(str(n)) for n in range(3))]
    for number in (3, 0, 1):
        worker.deliveries.enqueue(str(number), 'why', commits[number])
    assert work(worker)
    assert live(site) == commits[3]
    # One that is late does not take it back.
    worker.deliveries.enqueue('2', 'late', commits[2])
    assert work(worker)
    assert live(site) == commits[3]
    assert states(worker) == {'3': 'live', '0': 'superseded',
                              '1': 'superseded', '2': 'superseded'}
    assert len(History(site.target).attempts()) == 1


@core
@pytest.mark.parametrize('oid', ['1' * 40, ''])
def test_what_is_not_on_the_branch_fails(
        site: Site, worker: Worker, oid: str) -> None:
    if not oid:
        site.git('checkout', '-q', '-b', 'other')
        oid = site.change('elsewhere')
        site.git('push', '-q', str(worker.repository.git_dir), 'other')
    worker.deliveries.enqueue('1', 'why', oid)
    assert work(worker)
    assert states(worker) == {'1': 'failed'}
    assert worker.deliveries.newest(1)[0].detail == (
        'not on refs/heads/main')
    assert History(site.target).attempts() == []


@core
def test_what_failed_is_tried_again_when_it_is_delivered_again(
        site: Site, worker: Worker) -> None:
    broken = site.change('broken', small='fault')
    worker.deliveries.enqueue('1', 'why', broken)
    assert work(worker)
    assert states(worker) == {'1': 'failed'}
    assert not work(worker)
    assert worker.deliveries.enqueue('1', 'why', broken)
    assert work(worker)
    assert len(History(site.target).attempts()) == 2


@core
def test_a_forge_that_is_down_loses_nothing(
        site: Site, worker: Worker, capfd: Capture) -> None:
    worker.deliveries.enqueue('1', 'why', site.first)
    away = site.folder.rename(site.folder.parent / 'away')
    pauses = [2, 4, 8, 16, 32, 60]

    class Told(Event):
        def wait(self, timeout: float | None = None) -> bool:
            if pauses:
                assert timeout == pauses.pop(0)
            elif site.folder.exists():
                assert timeout == module.POLL_SECONDS
                self.set()
            else:
                assert timeout == module.MAX_POLL_SECONDS
                away.rename(site.folder)
            return self.is_set()

    module.work_on(worker, Told())
    assert 'git fetch failed' in capfd.readouterr().err
    assert states(worker) == {'1': 'live'}


def test_the_deploy_is_run_as_somebody_else(
        site: Site, worker: Worker, tmp_path: Path) -> None:
    other = tmp_path / 'as other'
    other.write_text(f'#!/bin/sh\necho "$@" > "{tmp_path}/ran"\nexec "$@"\n')
    other.chmod(0o755)
    worker = worker._replace(deploy_command=f"'{other}'")
    worker.deliveries.enqueue('1', 'why', site.first)
    assert work(worker)
    assert f'deploy {site.first} --if-newer --to' in (
        tmp_path / 'ran').read_text()
    assert live(site) == site.first


@core
def test_another_repository_deploys_what_is_fetched(
        site: Site, worker: Worker, tmp_path: Path) -> None:
    other = tmp_path / 'deploys.git'
    subprocess.run(['git', 'init', '-q', '--bare', '-b', 'main', other],
                   check=True)
    worker = worker._replace(deploy_repository=other)
    worker.deliveries.enqueue('1', 'why', site.first)
    assert work(worker)
    assert live(site) == site.first
    assert states(worker) == {'1': 'live'}
    assert (folder_for(other) / 'deploy').is_dir()
    assert not (worker.repository.cache / 'deploy').exists()
    # What was pushed there alone stays, and is live.
    pushed = site.change('pushed')
    site.git('push', '-q', str(other), 'main')
    site.git('reset', '-q', '--hard', site.first)
    merged = site.change('merged')
    worker.deliveries.enqueue('2', 'why', merged)
    assert work(worker)
    assert states(worker)['2'] == 'failed'
    detail = worker.deliveries.newest(1)[0].detail
    assert detail.startswith(f'git fetch into {other} failed; if ')
    assert site.git('ls-remote', str(other), 'main').split()[0] == pushed
    assert live(site) == site.first
    # Unless its owner says that branches are rewritten.
    git = detail.rpartition(': ')[2].split()
    subprocess.run(git, cwd=other, check=True)
    worker.deliveries.enqueue('2', 'why', merged)
    assert work(worker)
    assert live(site) == merged


def test_an_overtaken_delivery_is_not_called_live(
        site: Site, worker: Worker, tmp_path: Path) -> None:
    first, second = site.first, site.change('second')
    worker.deliveries.enqueue('1', 'why', first)
    site.git('reset', '-q', '--hard', first)
    overtake = tmp_path / 'overtake'
    overtake.write_text(f"""#!/bin/sh
git fetch -q {site.folder} {second}:main
{sys.executable} -m autodevelop deploy {second} --to {site.target.folder}
exec "$@"
""")
    overtake.chmod(0o755)
    assert work(worker._replace(deploy_command=str(overtake)))
    assert live(site) == second
    assert states(worker) == {'1': 'superseded'}


def test_the_command_works_until_it_is_terminated(
        site: Site, worker: Worker, tmp_path: Path) -> None:
    """As another user, in a repository of that user."""
    other = tmp_path / 'other.git'
    subprocess.run(['git', 'init', '-q', '--bare', '-b', 'main', other],
                   check=True)
    user = tmp_path / 'as-user'
    user.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/ran"\nexec "$@"\n')
    user.chmod(0o755)
    for key, value in [('deployRepository', other), ('deployCommand', user)]:
        subprocess.run(['git', 'config', f'autodevelop.{key}', value],
                       check=True)
    worker.deliveries.enqueue('1', 'why', site.first)
    program = subprocess.Popen(
        measured.command(Path.cwd(), 'autodevelop', 'webhook', '--work',
                         '--to', str(site.target.folder)),
        cwd=ROOT, env=measured.variables())
    try:
        wait_until(lambda: states(worker) == {'1': 'live'})
        program.terminate()
        assert program.wait(40) == 0
    finally:
        program.kill()
    ran = (tmp_path / 'ran').read_text()
    assert 'git fetch' in ran
    assert f'deploy {site.first} --if-newer --to {site.target.folder}' in ran
    assert (folder_for(other) / 'deploy').is_dir()


def test_a_second_worker_waits_for_the_first(
        worker: Worker, start_worker: StartWorker) -> None:
    first = start_worker()
    owner = worker.deliveries.folder / 'owner'
    wait_until(lambda: owner.exists() and owner.read_text('utf-8'))
    second = start_worker(subprocess.PIPE)
    assert second.stderr
    # On a busy machine it adds since when.
    assert second.stderr.readline().startswith(
        'autodevelop: waiting for the deliveries: process '
        f'{first.pid} is working on them')
    for each in (first, second):
        each.send_signal(signal.SIGINT)
        assert each.wait(20) == 130
    second.stderr.close()


def test_what_is_live_may_be_anything_that_somebody_wrote(
        site: Site, worker: Worker) -> None:
    work_once(site, worker)
    with sqlite3.connect(site.target.folder / 'history.sqlite') as database:
        database.execute("UPDATE attempts SET release = '--all\n'")
    database.close()
    second = site.change('second')
    worker.deliveries.enqueue('2', 'why', second)
    assert work(worker)
    assert states(worker)['2'] == 'live'


def work_once(site: Site, worker: Worker) -> None:
    worker.deliveries.enqueue('1', 'why', site.first)
    assert work(worker)
    assert states(worker) == {'1': 'live'}


@core
def test_deliveries_are_nobody_elses(worker: Worker) -> None:
    assert worker.deliveries.folder.stat().st_mode & 0o777 == 0o700
    (worker.repository.home / 'file').touch()
    with pytest.raises(AutodevelopError, match='cannot store deliveries'):
        Deliveries(worker.repository.home / 'file')


@core
def test_in_a_work_tree_it_is_refused(
        site: Site, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site.folder)
    for options in ([], ['--work']):
        assert main(['webhook', *options, '--to', 'to']) == 2
        assert 'git clone --bare' in capfd.readouterr().err


def test_a_worker_that_is_killed_goes_on_where_it_was(
        site: Site, worker: Worker, tmp_path: Path,
        start_worker: StartWorker) -> None:
    go = tmp_path / 'go'
    slow = site.change('slow', small=APPLICATION + (
        'import time\n'
        f'while not os.path.exists({str(go)!r}):\n    time.sleep(0.02)\n'))
    worker.deliveries.enqueue('1', 'why', slow)
    first = start_worker()
    wait_until(lambda: states(worker) == {'1': 'running'}
               and bool(site.target.attempts()))
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    second = start_worker()
    wait_until(lambda: worker.deliveries.newest(1)[0].tries == 2)
    # A worker that is terminated first finishes the running deploy.
    second.terminate()
    go.touch()
    assert second.wait(40) == 0
    assert states(worker) == {'1': 'live'}
    assert live(site) == slow


@pytest.fixture
def address(site: Site, worker: Worker, tmp_path: Path,
            ) -> Iterator[tuple[str, int]]:
    """The webhook under gunicorn, as a program."""
    (tmp_path / 'secret').write_bytes(SECRET + b'\n')
    with socket.create_server(('127.0.0.1', 0)) as free:
        port = free.getsockname()[1]
    bind = f'127.0.0.1:{port}'
    server = subprocess.Popen(
        measured.command(Path.cwd(), 'autodevelop', 'webhook', '--bind', bind,
                         '--to', str(site.target.folder)),
        cwd=ROOT, env=measured.variables() | {
            'AUTODEVELOP_SECRET_FILE': str(tmp_path / 'secret'),
            'GIT_CONFIG_COUNT': '1',
            'GIT_CONFIG_KEY_0': 'autodevelop.repository',
            'GIT_CONFIG_VALUE_0': REPOSITORY})
    health = wait_until_healthy(f'http://{bind}/healthz', None, 20.0)
    assert not health.problem
    yield bind, server.pid
    server.terminate()
    assert server.wait(40) == 0


def test_a_delivery_over_http_goes_live(
        site: Site, worker: Worker, address: tuple[str, int]) -> None:
    body = push(site.first)
    question = urllib.request.Request(
        f'http://{address[0]}/', body, headers(body, 'push', 'an id'))
    with urllib.request.urlopen(question, timeout=20) as answer:
        assert answer.status == 202
    assert work(worker)
    with urllib.request.urlopen(f'http://{address[0]}/') as answer:
        page = answer.read().decode()
    assert REPOSITORY in page
    assert 'live now' in page


@core
def test_without_a_secret_it_does_not_listen(
        worker: Worker, capfd: Capture, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    to = ['--to', str(worker.target.folder)]
    monkeypatch.delenv('AUTODEVELOP_SECRET_FILE', raising=False)
    assert main(['webhook', *to]) == 2
    assert 'AUTODEVELOP_SECRET_FILE' in capfd.readouterr().err
    monkeypatch.setenv('AUTODEVELOP_SECRET_FILE', str(tmp_path / 'secret'))
    assert main(['webhook', *to]) == 2
    assert 'No such file' in capfd.readouterr().err
    (tmp_path / 'secret').write_bytes(b' \n')
    assert main(['webhook', *to]) == 2
    assert 'is empty' in capfd.readouterr().err


@pytest.mark.parametrize(('url', 'name'), [
    ('https://forge.example/owner/division.git', 'owner/division'),
    ('git@forge.example:owner/division', 'owner/division'),
    ('ssh://git@forge.example/owner/division/', 'owner/division')])
def test_the_forges_name_is_read_off_the_address(
        worker: Worker, url: str, name: str) -> None:
    from autodevelop.webhook.serve import repository_name
    subprocess.run(['git', 'config', 'remote.origin.url', url], check=True)
    assert repository_name() == name


@core
def test_a_forge_without_a_name_is_an_error(
        worker: Worker, capfd: Capture, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(['git', 'config', 'remote.origin.url', 'x'], check=True)
    (tmp_path / 'secret').write_bytes(SECRET)
    monkeypatch.setenv('AUTODEVELOP_SECRET_FILE', str(tmp_path / 'secret'))
    assert main(['webhook', '--to', str(worker.target.folder)]) == 2
    assert 'git config autodevelop.repository' in capfd.readouterr().err


@core
def test_without_flask_there_is_an_error(
        worker: Worker, capfd: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'autodevelop.webhook.app', None)
    monkeypatch.delattr('autodevelop.webhook.app', raising=False)
    assert main(['webhook', '--to', str(worker.target.folder)]) == 2
    assert '-m pip install flask gunicorn\n' in capfd.readouterr().err
