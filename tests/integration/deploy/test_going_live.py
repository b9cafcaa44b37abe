"""Releases that go live, and those that do not, by real processes."""
import getpass
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from autodevelop.__main__ import main
from autodevelop.cli.deploy import UNITS
from autodevelop.deploy import going_live, processes, serving
from autodevelop.deploy.health import wait_until_healthy
from autodevelop.deploy.history import History
from autodevelop.deploy.retire import retire
from autodevelop.deploy.target import Target, lock_target
from autodevelop.errors import AutodevelopError
from tests.support.site import APPLICATION, Site
from tests.support.wait import wait_until

core = pytest.mark.core
Capture = pytest.CaptureFixture[str]
SLOW = APPLICATION.replace('    body', """\
    if environ['PATH_INFO'] == '/':
        import time
        open('began', 'x').close()
        while not os.path.exists('go'):
            time.sleep(0.02)
    body""", 1)


def deploy(site: Site, revision: str = 'HEAD') -> int:
    return main(['deploy', revision, '--to', str(site.target.folder)])


@core
def test_a_commit_goes_live_and_back(site: Site, capfd: Capture) -> None:
    assert deploy(site) == 0
    output = capfd.readouterr()
    assert output.out == f'{site.first} is live\n'
    for step in ('check', 'release', 'environment', 'start', 'switch'):
        assert f'autodevelop: {step} ' in output.err
    assert site.ask() == (200, site.first, '')
    site.write('Procfile', 'release: echo "$AUTODEVELOP_RELEASE" > made\n')
    second = site.change('second')
    assert deploy(site) == 0
    assert site.ask().release == second
    made = site.target.releases / second / 'made'
    assert made.read_text() == f'{second}\n'
    site.settle()
    assert 'already passed' not in capfd.readouterr().err
    to = ['--to', str(site.target.folder)]
    assert main(['deploy', 'rollback', *to]) == 0
    assert site.ask().release == site.first
    assert main(['deploy', 'rollback', second[:9], *to]) == 0
    assert site.ask().release == second
    history = History(site.target).attempts()
    assert [each.outcome for each in history] == [
        'live', 'live', 'rolled back', 'live']
    assert set(history[0].steps) == {'environment', 'start', 'switch'}
    site.settle()


def test_the_live_commit_is_deployed_again_beside_itself(site: Site) -> None:
    deploy(site)
    first = site.target.live()
    assert deploy(site) == 0
    assert site.target.live() != first
    assert site.ask().release == site.first


def test_a_request_that_is_under_way_is_finished(site: Site) -> None:
    slow = site.change('slow', small=SLOW)
    assert deploy(site) == 0
    log = site.target.run(site.target.live() or 0) / 'log'
    got: list[str] = []

    def ask() -> None:
        health = wait_until_healthy(
            f'unix:{site.target.current}:/', None, 20.0)
        got.append(health.release or '')

    asking = threading.Thread(target=ask)
    asking.start()
    files = site.target.releases / slow
    wait_until((files / 'began').exists)
    site.run('deploy', site.change('next', small=APPLICATION))
    wait_until(lambda: 'signal: term' in log.read_text())
    (files / 'go').touch()
    asking.join()
    assert got == [slow]


@pytest.mark.parametrize(('text', 'said'), [
    ('fault', 'commit [0-9a-f]{12} failed: lint'),
    ('import nothing', 'it has exited'),
    (APPLICATION.replace('200 OK', '500 no'), 'it answers 500'),
    (APPLICATION.replace("os.environ['AUTODEVELOP_RELEASE']", "'other'"),
     'other answers'),
    (APPLICATION.replace("{'release': RELEASE}", '{}'),
     'its answer names no release'),
    ('import time\ntime.sleep(60)', 'it does not answer')])
def test_what_is_broken_never_serves(
        site: Site, text: str, said: str, capfd: Capture) -> None:
    deploy(site)
    live = site.target.live()
    settings = (site.folder / 'pyproject.toml').read_text()
    # Others than one that ends take all of the time that they have.
    patience = '= 10' if said == 'it has exited' else '= 2'
    site.write('pyproject.toml', settings.replace('= 10', patience))
    broken = site.change('broken', small=text)
    capfd.readouterr()
    begin = time.monotonic()
    assert deploy(site) == 1
    assert time.monotonic() - begin < 20
    first, second = capfd.readouterr().err.splitlines()[-2:]
    assert re.search(said, first)
    assert site.target.live() == live
    assert site.ask() == (200, site.first, '')
    failed = History(site.target).attempts()[0]
    assert (failed.release, failed.outcome) == (broken, 'failed')
    assert f'error: {failed.detail}' == first
    site.settle()
    assert deploy(site, site.first) == 0


@core
def test_a_package_of_another_hash_is_not_installed(
        site: Site, capfd: Capture) -> None:
    deploy(site)
    lock = (site.folder / 'requirements.txt').read_text()
    site.write('requirements.txt', re.sub(
        'sha256:[0-9a-f]{8}', 'sha256:00000000', lock))
    site.change('another hash')
    assert deploy(site) == 1
    said = capfd.readouterr().err
    assert 'cannot install requirements.txt: ' in said
    assert 'hash' in said.lower()
    assert site.ask() == (200, site.first, '')


def test_the_log_of_what_does_not_start_is_shown(
        site: Site, capfd: Capture) -> None:
    site.change('broken', small='import nothing_of_that_name')
    assert deploy(site) == 1
    assert "named 'nothing_of_that_name'" in capfd.readouterr().err
    assert site.target.live() is None


@core
def test_what_nothing_checked_does_not_go_live(
        site: Site, capfd: Capture) -> None:
    site.change('other', noxfile=(site.folder / 'noxfile.py').read_text(
    ).replace('python=False', 'python=["3.99"]'))
    assert deploy(site) == 1
    assert 'error: nothing ran for commit ' in capfd.readouterr().err
    assert site.target.live() is None


def test_a_server_that_refuses_its_settings_is_reported(
        site: Site, capfd: Capture) -> None:
    site.write('requirements.txt', '')
    site.change('no gunicorn')
    assert deploy(site) == 1
    assert 'gunicorn did not start: ' in capfd.readouterr().err


@pytest.mark.parametrize('before', [
    True, pytest.param(False, marks=core)])
def test_a_proxy_that_does_not_answer_switches_back(
        site: Site, capfd: Capture, before: bool) -> None:
    settings = (site.folder / 'pyproject.toml').read_text()
    site.write('pyproject.toml', settings.replace('= 10', '= 1'))
    site.first = site.change('soon')
    if before:
        deploy(site)
    live = site.target.live()
    front = ['--proxy-url', 'http://127.0.0.1:9/healthz']
    assert main(['deploy', 'HEAD', '--to', str(site.target.folder),
                 *front]) == 1
    assert 'http://127.0.0.1:9/healthz: it does not' in capfd.readouterr().err
    assert site.target.live() == live
    if before:
        assert site.ask().release == site.first


def test_an_interrupted_deploy_leaves_what_was_live(site: Site) -> None:
    deploy(site)
    live = site.target.live()
    site.change('hangs', small='import time\ntime.sleep(60)')
    # No thread of this process: it might take the signal for itself. And
    # what runs in the background may have been told to ignore Ctrl-C.
    started = site.target.run((live or 0) + 1) / 'pid'
    killer = subprocess.Popen(
        ['sh', '-c', f'until [ -e "{started}" ]; do sleep 0.02; done; '
         f'kill -s TERM {os.getpid()}'])
    assert deploy(site) == 130
    assert killer.wait() == 0
    assert site.target.live() == live
    assert History(site.target).attempts()[0].detail == 'KeyboardInterrupt'
    assert site.ask().release == site.first


@core
def test_old_releases_go_and_can_be_deployed_again(
        site: Site, capfd: Capture) -> None:
    commits = [site.first, *(site.change(str(n)) for n in range(3))]
    for commit in commits:
        assert deploy(site, commit) == 0
        # What still finishes requests would be kept.
        site.settle()
    assert {path.name for path in site.target.releases.iterdir()} == set(
        commits[1:])
    to = ['--to', str(site.target.folder)]
    capfd.readouterr()
    assert main(['deploy', 'rollback', site.first, *to]) == 2
    assert f'release {site.first} was removed' in capfd.readouterr().err
    assert deploy(site, site.first) == 0


@core
def test_only_the_main_branch_goes_live(site: Site, capfd: Capture) -> None:
    site.git('checkout', '-q', '-b', 'other')
    site.change('elsewhere')
    assert deploy(site) == 1
    assert 'HEAD is not on refs/heads/main' in capfd.readouterr().err
    assert deploy(site, 'HEAD^') == 0
    assert deploy(site, 'nothing') == 2
    site.git('config', 'autodevelop.branch', 'other')
    assert deploy(site) == 0
    site.git('config', 'autodevelop.branch', 'no-such')
    assert deploy(site) == 2
    assert 'no-such has no commit yet' in capfd.readouterr().err


@core
def test_what_is_live_may_have_it_already(
        site: Site, capfd: Capture) -> None:
    newer = ['--if-newer', '--to', str(site.target.folder)]
    assert main(['deploy', 'HEAD', *newer]) == 0
    site.change('second')
    assert main(['deploy', 'HEAD', *newer]) == 0
    number = site.target.live()
    assert main(['deploy', 'HEAD^', *newer]) == 0
    assert f'already contains {site.first}' in capfd.readouterr().out
    assert site.target.live() == number


def test_what_cannot_be_pruned_is_live_all_the_same(
        site: Site, capfd: Capture) -> None:
    deploy(site)
    (site.target.releases / site.first / 'requirements.txt').unlink()
    second = site.change('second')
    assert deploy(site) == 0
    assert 'old releases were not removed: ' in capfd.readouterr().err
    assert History(site.target).attempts()[0].outcome == 'live'
    assert site.ask().release == second


def test_an_overtaken_deploy_does_not_go_live(site: Site) -> None:
    deploy(site)
    number = site.target.live()
    assert not going_live.redeploy(site.target, site.first, 'me',
                                   lambda: False)
    assert site.target.live() == number


@core
def test_a_rollback_that_was_overtaken_is_an_error(
        site: Site, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    for commit in (site.first, site.change('second')):
        assert deploy(site, commit) == 0

    @contextmanager
    def slow(target: Target, what: str) -> Iterator[None]:
        """It waits for a deploy of another before it has the lock."""
        site.run('deploy', site.change('third'))
        with lock_target(target, what):
            yield

    monkeypatch.setattr(going_live, 'lock_target', slow)
    assert main(['deploy', 'rollback', '--to', str(site.target.folder)]) == 1
    assert 'another release went live' in capfd.readouterr().err
    assert site.ask().release == site.git('rev-parse', 'HEAD').strip()


def test_a_start_does_not_wait_for_the_proxy(site: Site) -> None:
    deploy(site)
    site.close()
    assert main(['deploy', 'start', '--to', str(site.target.folder),
                 '--proxy-url', 'http://127.0.0.1:9/healthz']) == 0
    assert site.ask().release == site.first


def test_what_still_runs_is_kept(site: Site) -> None:
    settings = (site.folder / 'pyproject.toml').read_text()
    site.write('pyproject.toml', settings.replace('keep = 3', 'keep = 1'))
    commits = [site.change(str(number)) for number in range(2)]
    assert deploy(site, commits[0]) == 0
    assert deploy(site, commits[1]) == 0
    assert {path.name for path in site.target.releases.iterdir()} == {
        *commits}
    site.settle()
    assert deploy(site, commits[1]) == 0
    assert {path.name for path in site.target.releases.iterdir()} == {
        commits[1]}


@pytest.mark.parametrize('named', [
    True, pytest.param(False, marks=core)])
def test_the_deploying_user_has_a_name_and_an_address(
        site: Site, monkeypatch: pytest.MonkeyPatch, named: bool) -> None:
    def fail() -> str:
        raise KeyError

    monkeypatch.setenv('SSH_CONNECTION', '192.0.2.7 50000 192.0.2.1 22')
    monkeypatch.setattr(getpass, 'getuser',
                        (lambda: 'ann') if named else fail)
    deploy(site)
    user = 'ann' if named else f'user {os.getuid()}'
    assert History(site.target).attempts()[0].who == f'{user} from 192.0.2.7'


@core
def test_without_a_history_it_is_not_begun(
        site: Site, capfd: Capture) -> None:
    (site.target.folder / 'history.sqlite').mkdir()
    assert deploy(site) == 2
    assert 'history.sqlite: not a regular file' in capfd.readouterr().err


@core
def test_a_full_history_does_not_undo_a_switch(
        site: Site, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: History, attempt: object) -> None:
        raise AutodevelopError('the disk is full', '')

    monkeypatch.setattr(History, 'finish', full)
    assert deploy(site) == 0
    assert 'autodevelop: the disk is full\n' in capfd.readouterr().err
    assert site.ask().release == site.first
    monkeypatch.undo()
    second = History(site.target).start('b' * 40, 'me', site.target.live())
    assert History(site.target).attempts()[1].outcome == 'live'
    assert second.number > 1


def test_a_process_that_ignores_sigterm_is_killed(
        site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.change('stubborn', small=APPLICATION + (
        '\nimport signal\nsignal.signal = lambda *given: None\n'))
    deploy(site)
    live = site.target.live()
    assert live
    for each in processes.find_processes(site.target, [live]):
        os.kill(each.pid, signal.SIGSTOP)
    begin = time.monotonic()
    serving.stop(site.target, [live], 0.5)
    assert time.monotonic() - begin < 10
    assert not processes.find_processes(site.target, [live])
    assert site.target.attempts() == []


def test_what_is_no_longer_live_is_ended(site: Site) -> None:
    deploy(site)
    live = site.target.live()
    assert live
    retire(site.target.folder, [live])
    assert site.target.attempts() == []
    assert not processes.find_processes(site.target, [live])


def test_an_exited_process_gets_no_signal(
        site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = subprocess.Popen([sys.executable, '-c', ''])
    gone.wait()
    with monkeypatch.context() as patch:
        patch.setattr(processes, 'find_processes', lambda target, numbers: [
            processes.Process(gone.pid, 1, 1)])
        assert processes.send_signal(site.target, [1], signal.SIGTERM)


def test_processes_that_only_name_the_folder_are_not_ours(
        site: Site) -> None:
    name = str(site.target.run(1) / 'log')
    other = subprocess.Popen(
        [sys.executable, '-c', 'input()', name], stdin=subprocess.PIPE)
    assert processes.find_processes(site.target, [1]) == []
    serving.stop(site.target, [1], 0)
    assert other.poll() is None
    other.communicate(b'\n')


def test_a_gone_master_has_exited(site: Site) -> None:
    ended = processes.has_exited(site.target, 1)
    path = site.target.run(1) / 'pid'
    path.parent.mkdir()
    assert not ended()
    path.write_text(str(os.getpid()))
    assert not ended()
    path.unlink()
    assert ended()


@core
def test_a_master_of_another_user_has_not_exited(
        site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def kill(pid: int, number: int) -> None:
        raise PermissionError

    site.target.run(1).mkdir()
    (site.target.run(1) / 'pid').write_text('1')
    monkeypatch.setattr(os, 'kill', kill)
    ended = processes.has_exited(site.target, 1)
    assert not any(ended() for _ in range(processes.LOOKS_PER_SCAN))


def test_a_master_that_exited_at_once_is_noticed(site: Site) -> None:
    ended = processes.has_exited(site.target, 1)
    asked = [ended() for _ in range(processes.LOOKS_PER_SCAN)]
    assert asked == [False] * (processes.LOOKS_PER_SCAN - 1) + [True]


@core
def test_what_is_live_is_listed(site: Site, capfd: Capture) -> None:
    to = ['--to', str(site.target.folder)]
    assert main(['deploy', 'status', *to]) == 1
    assert 'nothing is live' in capfd.readouterr().out
    assert main(['deploy', 'logs', *to]) == 2
    assert 'nothing is live' in capfd.readouterr().err
    assert main(['deploy', 'rollback', *to]) == 2
    assert 'there is no earlier release to' in capfd.readouterr().err
    assert main(['deploy', 'rollback', 'abc', *to]) == 2
    assert 'no release abc was ever live' in capfd.readouterr().err
    deploy(site)
    site.change('fault', small='fault')
    deploy(site)
    capfd.readouterr()
    assert main(['deploy', 'status', *to]) == 0
    assert capfd.readouterr().out.rstrip().endswith(': ok')
    assert main(['deploy', 'logs', '-n', '1', *to]) == 0
    assert capfd.readouterr().out.count('\n') == 1
    assert main(['deploy', 'releases', *to]) == 0
    head, *lines = capfd.readouterr().out.splitlines()
    assert head.split() == ['release', 'when', 'outcome', 'seconds']
    failed, live = (line for line in lines if '  20' in line)
    assert '  failed' in failed and not failed.startswith('*')
    assert live.startswith(f'*  {site.first[:12]}  20')
    site.close()
    assert main(['deploy', 'status', *to]) == 1


@core
def test_what_is_live_is_started_again(site: Site, capfd: Capture) -> None:
    """As after a boot: its processes are gone, the socket leads nowhere."""
    to = ['--to', str(site.target.folder)]
    assert main(['deploy', 'start', *to]) == 2
    assert 'nothing is live in' in capfd.readouterr().err
    deploy(site)
    number = site.target.live()
    assert main(['deploy', 'start', *to]) == 0
    assert site.target.live() == number
    site.close()
    assert main(['deploy', 'start', *to]) == 0
    assert site.target.live() != number
    assert site.ask().release == site.first


@core
@pytest.mark.parametrize('name', UNITS)
def test_a_unit_is_printed_for_its_target(
        site: Site, name: str, capfd: Capture) -> None:
    to = ['--to', str(site.target.folder)]
    assert main(['deploy', '--print-unit', name, *to]) == 0
    text = capfd.readouterr().out
    assert f'autodevelop deploy --print-unit {name}\n' in text
    assert str(site.target.folder) in text
    assert '{' not in text


@core
def test_without_a_target_there_is_an_error(
        site: Site, capfd: Capture) -> None:
    assert main(['deploy', 'releases']) == 2
    assert 'git config autodevelop.to DIR' in capfd.readouterr().err
    site.git('config', 'autodevelop.to', str(site.target.folder))
    assert main(['deploy', 'releases']) == 0


def test_the_nginx_site_names_its_socket(
        site: Site, capfd: Capture) -> None:
    assert main(['deploy', '--print-nginx', '--to',
                 str(site.target.folder)]) == 0
    text = capfd.readouterr().out
    assert f'server unix:{site.target.current} ' in text
    assert 'proxy_set_header X-Forwarded-For $remote_addr;' in text
