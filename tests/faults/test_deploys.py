"""Deploys that are killed, that meet, that run full: what serves, serves."""
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autodevelop.deploy import processes
from autodevelop.deploy.history import History
from autodevelop.deploy.retire import ACCEPT_GRACE
from autodevelop.deploy.target import open_target
from tests.support.front import NGINX, port_of, serve_in_front
from tests.support.load import load
from tests.support.project import write_launcher
from tests.support.site import (
    APPLICATION, SETTINGS, VARIABLES, Site, make_template,
)

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='POSIX')
MOMENTS, LONG_MOMENTS = 25, 100
STEPS = ('check', 'release', 'environment', 'start', 'switch')


@pytest.fixture(scope='module')
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What all sites run on: to make it takes seconds."""
    return tmp_path_factory.mktemp('environments')


@pytest.fixture
def site(environments: Path) -> Iterator[Site]:
    """A site behind nginx, of which clients ask all the time."""
    if not NGINX:
        pytest.skip('needs nginx')
    with serve_in_front(environments) as made:
        made.run('deploy', made.first)
        # Less than a machine can bear, on which other tests run.
        with load(port_of(made), 1800, pause=0.05) as answers:
            yield made
        for kind, each in answers.items():
            failed = [answer for answer in each if not answer.release]
            print(f'{kind}: {len(each)} requests, {len(failed)} failed')
            assert len(each) > 10
            assert not failed


@pytest.fixture
def quiet(environments: Path) -> Iterator[Site]:
    """A site of which nobody asks, and that waits for no request."""
    settings = f'{SETTINGS}graceful_timeout = 2\n'
    with tempfile.TemporaryDirectory(prefix='site-') as folder:
        made = Site(Path(os.path.realpath(folder)), environments,
                    make_template(Path(folder, 'template'), settings))
        made.run('deploy', made.first)
        yield made
        made.close()


def live(site: Site) -> str | None:
    health = site.ask()
    assert health.status == 200, health.problem
    return health.release


def start(site: Site, revision: str) -> 'subprocess.Popen[bytes]':
    return subprocess.Popen(
        [sys.executable, '-m', 'autodevelop', 'deploy', revision, '--to',
         str(site.target.folder), '--proxy-url', site.target.proxy_url],
        cwd=site.folder, env=VARIABLES,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        start_new_session=True)


def kill(deploy: 'subprocess.Popen[bytes]') -> None:
    os.killpg(deploy.pid, signal.SIGKILL)
    deploy.communicate()


def one_is_left(site: Site) -> bool:
    """What is not live ends, whoever was killed."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        number = site.target.live()
        others = [each for each in site.target.attempts() if each != number]
        if not processes.find_processes(site.target, others) and not others:
            return True
        time.sleep(0.02)
    return False


def test_kill_a_deploy_at_any_moment(site: Site, long: bool) -> None:
    chance, counts = random.Random(7), {'old': 0, 'new': 0}
    moments = LONG_MOMENTS if long else MOMENTS
    releases = [site.first, site.change('second')]
    began = time.monotonic()
    site.run('deploy', releases[1])
    takes = time.monotonic() - began
    for number in range(moments):
        before, after = releases[(number + 1) % 2], releases[number % 2]
        if live(site) != before:
            before, after = after, before
        deploy = start(site, after)
        time.sleep(chance.uniform(0, takes * 1.6))
        kill(deploy)
        now = live(site)
        assert now in (before, after)
        counts['new' if now == after else 'old'] += 1
        if not number % 10:
            # The next one works.
            site.run('deploy', after)
            assert live(site) == after
    site.run('deploy', site.first)
    assert live(site) == site.first
    assert one_is_left(site)
    print(f'{moments} kills: {counts["old"]} left the old release live, '
          f'{counts["new"]} the new one')
    assert min(counts.values()) > 0


@pytest.mark.parametrize('step', STEPS)
def test_kill_a_deploy_after_a_step(site: Site, step: str) -> None:
    second = site.change('second')
    deploy = start(site, second)
    assert deploy.stderr
    for line in deploy.stderr:
        if line.startswith(b'autodevelop: %b ' % step.encode()):
            break
    kill(deploy)
    # Between its start and its being switched to are milliseconds.
    now = live(site)
    assert now == (second if step == 'switch' else site.first) or (
        step == 'start' and now == second)
    third = site.change('third')
    site.run('deploy', third)
    assert live(site) == third
    assert one_is_left(site)
    killed = [each for each in History(site.target).attempts()
              if each.release == second]
    assert killed[0].outcome == ('live' if now == second else 'killed')


def test_two_deploys_at_once_take_turns(site: Site) -> None:
    releases = [site.change('second'), site.change('third')]
    deploys = [start(site, release) for release in releases]
    said = b''.join(deploy.communicate()[1] for deploy in deploys)
    assert [deploy.returncode for deploy in deploys] == [0, 0]
    assert said.count(b'autodevelop: waiting for ') == 1
    last = History(site.target).attempts()[0]
    assert live(site) == last.release
    assert {each.outcome for each in History(site.target).attempts()} == {
        'live'}


def test_the_live_release_deployed_again_and_broken(site: Site) -> None:
    """The same commit, whose application starts once and never again."""
    mark = site.target.folder / 'mark'
    once = site.change('once', small=APPLICATION + (
        f'\nif os.path.exists({str(mark)!r}):\n    raise SystemExit(1)\n'))
    site.run('deploy', once)
    mark.touch()
    number = site.target.live()
    assert 'did not go live' in site.run('deploy', once, status=1)
    assert site.target.live() == number
    assert live(site) == once


@pytest.mark.skipif(not hasattr(os, 'getuid') or os.getuid() != 0,
                    reason='mounts need root')
@pytest.mark.parametrize('left', [0, 64, *(
    pytest.param(left, marks=pytest.mark.long) for left in [4, 16, 256])])
def test_a_full_disk(quiet: Site, environments: Path, left: int) -> None:
    """left: the KiB that are left on the disk of releases, runs, history."""
    second = quiet.change('second')
    small = quiet.target.folder.parent / 'small'
    small.mkdir()
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', small],
                   check=True)
    try:
        target = quiet.target
        quiet.close()
        shutil.rmtree(target.folder)
        target.folder.symlink_to(small)
        (small / 'environments').symlink_to(environments)
        quiet.target = open_target(target.folder)
        quiet.run('deploy', quiet.first)
        fill(small / 'filler', left)
        done = start(quiet, second)
        _, said = done.communicate()
        assert b'Traceback' not in said, said
        expected = second if done.returncode == 0 else quiet.first
        assert live(quiet) == expected, said
        (small / 'filler').unlink()
        quiet.run('deploy', second)
        assert live(quiet) == second
    finally:
        quiet.close()
        subprocess.run(['umount', '--lazy', small], check=True)


def fill(path: Path, left: int) -> None:
    """Take up the disk of a path but for so many KiB."""
    free = os.statvfs(path.parent)
    with path.open('wb') as file:
        try:
            file.write(b'\1' * (free.f_bavail * free.f_frsize - left * 1024))
            file.flush()
        except OSError:
            pass


def variables_of(site: Site) -> dict[str, str]:
    """Those of somebody who pushes: the hooks find autodevelop."""
    return VARIABLES | {'PATH': os.pathsep.join([
        str(site.folder.parent / 'bin'), os.environ['PATH']])}


def server_of(site: Site) -> Path:
    """A bare repository from which a site is deployed."""
    server = site.folder.parent / 'server.git'
    write_launcher(site.folder.parent / 'bin')
    subprocess.run(['git', 'init', '-q', '--bare', '-b', 'main', server],
                   check=True)
    subprocess.run(['git', '-C', server, 'config', 'autodevelop.to',
                    site.target.folder], check=True)
    subprocess.run(['autodevelop', 'hooks', 'install'], cwd=server,
                   env=variables_of(site), check=True,
                   stdout=subprocess.DEVNULL)
    return server


def test_the_pusher_is_gone_in_the_middle(site: Site) -> None:
    server, variables = server_of(site), variables_of(site)
    second = site.change('second', small=APPLICATION + (
        'import time\ntime.sleep(2)\n'))
    push = subprocess.Popen(['git', 'push', '-q', str(server), 'main'],
                            cwd=site.folder, env=variables,
                            stderr=subprocess.PIPE)
    assert push.stderr
    for line in push.stderr:
        if b'environment' in line:
            break
    # Only git's own end of the connection: the hook is not told.
    push.kill()
    push.communicate()
    end = time.monotonic() + 20
    while (History(site.target).attempts()[0].outcome == 'open'
           and time.monotonic() < end):
        time.sleep(0.05)
    # The branch has not moved, so nothing has.
    attempt = History(site.target).attempts()[0]
    assert (attempt.release, attempt.outcome) == (second, 'failed')
    assert live(site) == site.first
    assert one_is_left(site)
    done = subprocess.run(['git', 'push', '-q', str(server), 'main'],
                          cwd=site.folder, env=variables)
    assert done.returncode == 0
    assert live(site) == second


@pytest.mark.parametrize('after', ['start', 'switch'])
def test_git_is_killed_around_the_switch(site: Site, after: str) -> None:
    """What is live is what the branch is, or the push goes on."""
    server = server_of(site)
    second = site.change('second')
    push = subprocess.Popen(['git', 'push', '-q', str(server), 'main'],
                            cwd=site.folder, env=variables_of(site),
                            stderr=subprocess.PIPE, start_new_session=True)
    assert push.stderr
    for line in push.stderr:
        if b'autodevelop: %b ' % after.encode() in line:
            break
    kill(push)
    now = live(site)
    assert now == second or after == 'start' and now == site.first
    done = subprocess.run(['git', 'push', '-q', str(server), 'main'],
                          cwd=site.folder, env=variables_of(site))
    assert done.returncode == 0
    third = site.change('third')
    subprocess.run(['git', 'push', '-q', str(server), 'main'],
                   cwd=site.folder, env=variables_of(site), check=True)
    assert live(site) == third
    assert one_is_left(site)


def test_any_worker_may_fail_to_start(site: Site) -> None:
    """Each of four, in a deploy of its own; and all of them in none."""
    site.write('pyproject.toml', f'{SETTINGS}workers = 4\n')
    for number in range(1, 6):
        count = site.target.folder.parent / f'count{number}'
        commit = site.change(f'worker {number}', small=APPLICATION + (
            f'\ncount = {str(count)!r}\n'
            "with open(count, 'a') as file:\n    file.write('x')\n"
            f'if os.path.getsize(count) == {number}:\n'
            '    raise RuntimeError\n'))
        before = live(site)
        site.run('deploy', commit, status=int(number < 5))
        time.sleep(2)
        assert live(site) == (before if number < 5 else commit)


def test_a_release_command_is_killed_in_the_middle(site: Site) -> None:
    # In the background it leads a group of its own, and is not killed.
    site.write('Procfile', 'release: touch began && sleep 9\n')
    second = site.change('second')
    deploy = start(site, second)
    end = time.monotonic() + 20
    began = site.target.releases / second / 'began'
    while not began.exists() and time.monotonic() < end:
        time.sleep(0.02)
    kill(deploy)
    assert live(site) == site.first
    (site.folder / 'Procfile').unlink()
    third = site.change('third')
    site.run('deploy', third)
    assert live(site) == third
    assert one_is_left(site)


def test_a_front_that_is_gone_leaves_what_was_live(site: Site) -> None:
    second = site.change('second')
    with socket.create_server(('127.0.0.1', 0)) as free:
        port = free.getsockname()[1]
    site.target = site.target._replace(
        proxy_url=f'http://127.0.0.1:{port}/healthz')
    assert 'it does not answer' in site.run('deploy', second, status=1)
    assert live(site) == site.first
    site.target = site.target._replace(proxy_url='')
    site.run('deploy', second)
    assert live(site) == second


def test_an_old_process_that_ignores_the_end_is_killed(quiet: Site) -> None:
    old = quiet.target.live()
    assert old
    masters = processes.find_processes(quiet.target, [old])
    second = quiet.change('second')
    quiet.run('deploy', second)
    # It has finished its requests, and is not yet told to end.
    time.sleep(ACCEPT_GRACE / 2)
    for each in masters:
        os.kill(each.pid, signal.SIGSTOP)
    assert live(quiet) == second
    assert one_is_left(quiet)
