"""docs/deploy.md and webhook.md: a server with users, systemd, nginx, ssh."""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.site import APPLICATION, SETTINGS

from .act import clean_environment
from .server import CAN_BOOT, MISSING, Server, wait_for

pytestmark = pytest.mark.skipif(
    not CAN_BOOT, reason=f'needs Linux, root, and {MISSING or "no more"}')
ROOT = Path(__file__).parents[2]
SOURCE = 'git+REPOSITORY@COMMIT'
DEPLOYS = 5
FORGE = 'ssh://forge@localhost/home/forge/owner/division.git'
SECRETS = {'/etc/division/webhook-secret': 'division-webhook',
           '/home/division-webhook/.ssh/id_ed25519': 'division-webhook',
           '/srv/division/variables.json': 'division'}
"""And who can read them."""
NOXFILE = """\
import os
import socket
import subprocess
from pathlib import Path

import nox


@nox.session(python=False, tags=['ci'])
def tries(session):
    found = [f'user {os.getuid()}']
    for path in [*map(Path, %r), *Path('/proc').glob('[0-9]*/environ')]:
        try:
            if path.read_bytes() and path.parent.stat().st_uid != os.getuid():
                found.append(f'read {path}')
        except OSError:
            pass
    for try_to in [
            lambda: os.listdir('/srv/division/releases'),
            lambda: os.unlink('/srv/division/current.sock'),
            lambda: open('/home/division/.ssh/authorized_keys', 'a'),
            lambda: socket.socket(socket.AF_UNIX).connect(
                '/srv/division/current.sock')]:
        try:
            found.append(str(try_to()))
        except OSError:
            pass
    subprocess.Popen(['sleep', '4321'], start_new_session=True, env={})
    with open(os.path.expanduser('~/found'), 'a') as file:
        file.writelines(f'{each}\\n' for each in found)
    if 'fault' in Path('small.py').read_text():
        session.error('a fault')
    if 'hang' in Path('small.py').read_text():
        session.run('sleep', '4322', external=True)
"""
BUS = 'XDG_RUNTIME_DIR=/run/user/$(id -u)'
DELIVER = """\
body='%s'
signature=$(printf %%s "$body" | openssl dgst -r -sha256 \\
    -hmac "$(cat /etc/division/webhook-secret)" | cut -d' ' -f1)
curl -s http://127.0.0.1:8001/ -d "$body" -H 'X-GitHub-Event: push' \\
    -H 'Content-Type: application/json' \\
    -H "X-Hub-Signature-256: sha256=$signature" -H 'X-GitHub-Delivery: %s'
"""


def blocks(page: str) -> list[tuple[str, str]]:
    """Who runs what, in the order of a page; ``where`` you work is anybody."""
    return re.findall(r'```sh\n# (?:as )?(\S+).*?\n(.*?)```', (
        ROOT / f'docs/{page}.md').read_text(encoding='utf-8'), re.S)


@pytest.fixture(scope='module')
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on which every block of the page was run, in its order."""
    wheels = tmp_path_factory.mktemp('packages') / 'wheels'
    fetch_packages(wheels)
    with tempfile.TemporaryDirectory() as folder:
        made = Server(Path(folder))
        try:
            fill(made.written, wheels, {
                'small.py': APPLICATION, 'noxfile.py': NOXFILE % [*SECRETS],
                'pyproject.toml': SETTINGS, 'requirements.txt': (
                    ROOT / 'requirements.txt').read_text()})
            made.boot()
            make_users(made)
            for user, block in blocks('deploy') + blocks('webhook'):
                run_block(made, user, block)
            made.run('/srv/division.git/.venv/bin/autodevelop deploy env set '
                     'SECRET=a --to /srv/division', 'division')
            yield made
        finally:
            made.close()


def fetch_packages(wheels: Path) -> None:
    """What `pip install` brings: what is in this tree, and what that needs.

    A site of the tests runs on what the service does.
    """
    source, made = wheels.parent / 'source', wheels.parent / 'environment'
    tracked = subprocess.run(['git', 'ls-files', '-z'], cwd=ROOT, check=True,
                             capture_output=True, text=True).stdout
    for name in tracked.split('\0')[:-1]:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    pip = [str(made / 'bin/python'), '-m', 'pip', '--quiet']
    for command in [
            [base_python(), '-m', 'venv', str(made)],
            [*pip, 'wheel', '--wheel-dir', str(wheels), f'{source}[service]'],
            [*pip, 'download', '--dest', str(wheels), '--require-hashes',
             '-r', str(ROOT / 'requirements.txt')]]:
        subprocess.run(command, check=True, env=clean_environment())


def base_python() -> str:
    """One that virtual environments can be made of."""
    return str(Path(sys.base_prefix, 'bin/python3').resolve())


def fill(written: Path, wheels: Path, work: Mapping[str, str]) -> None:
    """Write what the machine has before anything of the page is done.

    work: the files of the project.
    """
    packages = '[global]\nno-index = true\nfind-links = /srv/wheels\n'
    for name, text in {
            'etc/pip.conf': packages,
            'root/.config/pip/pip.conf': packages,
            'etc/uv/uv.toml': 'no-index = true\n'
                              'find-links = ["/srv/wheels"]\n',
            'etc/gitconfig': '[user]\nname = a\nemail = a@b\n'
                             '[init]\ndefaultBranch = main\n',
            'etc/ssh/ssh_config.d/new.conf': 'StrictHostKeyChecking no\n',
            # Which python3 root has is below.
            'root/.profile': '',
            'srv/load.py': (ROOT / 'tests/support/load.py').read_text(),
            **{f'srv/work/{name}': text for name, text in work.items()},
    }.items():
        (written / name).parent.mkdir(parents=True, exist_ok=True)
        (written / name).write_text(text)
    python = written / 'usr/local/bin/python3'
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {base_python()} "$@"\n')
    python.chmod(0o755)
    # Else it is for root alone, and Python may lie below it.
    (written / 'root').chmod(0o755)
    shutil.copytree(wheels, written / 'srv/wheels')


def make_users(server: Server) -> None:
    """Have a forge, somebody who works, and keys to whom each reaches."""
    server.run("""
        for user in forge where; do
            useradd --create-home --shell /bin/bash $user
        done
        chown -R where /srv/work""")
    server.run('git init -q --bare owner/division.git', 'forge')
    server.run("""
        cd /srv/work
        git init -q
        git add .
        git commit -q -m first""", 'where')
    let_in(server, 'where', 'forge')
    server.run(f'cd /srv/work && git push -q {FORGE} main', 'where')


def let_in(server: Server, user: str, other: str) -> None:
    """Give a user a key to another, by ssh."""
    server.run('mkdir -p .ssh; test -e .ssh/id_ed25519 ||'
               " ssh-keygen -q -t ed25519 -N '' -f .ssh/id_ed25519", user)
    server.run(f"""
        install -d -o {other} -m 700 /home/{other}/.ssh
        cat /home/{user}/.ssh/*.pub >> /home/{other}/.ssh/authorized_keys
        chown {other} /home/{other}/.ssh/authorized_keys""")


def run_block(server: Server, user: str, block: str) -> None:
    block = block.replace('ADDRESS', FORGE).replace('SERVER', 'localhost')
    # What pip gets is the wheel of this tree.
    block = block.replace(f' @ {SOURCE}', '').replace(SOURCE, 'autodevelop')
    if user == 'where':
        block = f'cd /srv/work\n{block}'
    print(server.run(block, user))
    # Keys are no matter of the page.
    if 'useradd --create-home --shell' in block:
        let_in(server, 'where', 'division')
    elif 'division-webhook\n' in block:
        let_in(server, 'division-webhook', 'forge')


def change(server: Server, text: str, to: str = 'production') -> str:
    """Commit another text of the application and push it; what is said."""
    server.run(f"""
        cd /srv/work
        echo '{text}' >> small.py
        git commit -qam change""", 'where')
    return server.try_to(f'cd /srv/work && git push {to} main', 'where')[1]


def commit(server: Server) -> str:
    return server.run('cd /srv/work && git rev-parse HEAD', 'where').strip()


def live(server: Server) -> str | None:
    """What answers through nginx."""
    said = server.try_to('curl -s http://127.0.0.1/healthz')[1]
    try:
        release: str = json.loads(said)['release']
    except ValueError:
        return None
    return release


def kept(server: Server) -> list[str]:
    """The units of attempts that systemd keeps."""
    return re.findall(r'division@\d+', server.run(
        f'{BUS} systemctl --user --plain list-units division@*', 'division'))


def test_a_push_goes_live_and_systemd_keeps_it(server: Server) -> None:
    said = change(server, '# second')
    assert f'{commit(server)} is live' in said
    assert live(server) == commit(server)
    # What was its own daemon ends, too.
    wait_for(lambda: 'run/1/' not in server.run('ps ax'))
    # The second was started by the unit, too, with the variables.
    wait_for(lambda: kept(server) == ['division@3'])


def test_what_is_killed_is_started_again(server: Server) -> None:
    before, first = live(server), main_process(server)
    unit, = kept(server)
    server.run(f'{BUS} systemctl --user kill --signal KILL {unit}', 'division')
    wait_for(lambda: main_process(server) not in (first, '0'))
    wait_for(lambda: live(server) == before)


def main_process(server: Server) -> str:
    unit, = kept(server)
    return server.run(f'{BUS} systemctl --user show --property MainPID '
                      f'--value {unit}', 'division').strip()


def test_a_push_that_fails_is_refused(server: Server) -> None:
    before = live(server)
    said = change(server, '# fault')
    assert 'Session tries aborted: a fault' in said
    assert '[remote rejected]' in said
    server.run('cd /srv/work && git reset -q --hard HEAD^', 'where')
    assert live(server) == before


def test_a_check_that_hangs_is_ended_though_it_is_of_another_user(
        server: Server) -> None:
    before = live(server)
    server.run("echo 'check_limit = 5' >> /srv/work/pyproject.toml", 'where')
    said = change(server, '# hang')
    assert 'took longer than 5 s' in said
    assert 'Traceback' not in said
    assert '4322' not in server.run('ps ax')
    server.run('cd /srv/work && git reset -q --hard HEAD^', 'where')
    assert live(server) == before


@pytest.mark.parametrize('text', ['import nothing_like_it',
                                  'RELEASE = "another"'])
def test_what_fails_to_go_live_is_not_kept(server: Server, text: str) -> None:
    """Nor listed as failed, though gunicorn is killed while it runs."""
    before = live(server)
    # An old one may still be stopping.
    wait_for(lambda: len(kept(server)) == 1)
    units = kept(server)
    said = change(server, text)
    server.run('cd /srv/work && git revert --no-edit HEAD', 'where')
    assert 'did not go live' in said
    assert live(server) == before
    wait_for(lambda: kept(server) == units)


def test_what_is_merged_at_the_forge_goes_live(server: Server) -> None:
    change(server, '# merged', FORGE)
    oid = commit(server)
    assert live(server) != oid
    body = json.dumps({'ref': 'refs/heads/main', 'after': oid,
                       'repository': {'full_name': 'owner/division'}})
    assert server.run(DELIVER % (body, 'an id')) == 'stored\n'
    wait_for(lambda: live(server) == oid)
    assert server.run(DELIVER % (body, 'an id')) == 'already known\n'
    assert oid[:12] in server.run('curl -s http://127.0.0.1:8001/')
    assert server.run(DELIVER.replace('sha256=', 'sha256=0') % (
        body, 'another')) == 'the signature does not match the body\n'


def test_checks_have_read_nothing(server: Server) -> None:
    """All earlier checks have tried."""
    found = server.run('cat ~division-check/found').splitlines()
    assert set(found) == {f'user {server.run("id -u division-check").strip()}'}
    assert len(found) > 3
    # There is something to read, for whom it is.
    for path, user in SECRETS.items():
        assert server.run(f'cat {path}', user)
    assert '4321' not in server.run('ps ax')


def test_no_request_is_lost(server: Server) -> None:
    first = str(live(server))
    server.run('cd /srv/division.git && '
               '.venv/bin/autodevelop deploy rollback', 'division')
    # Forth and back.
    releases = ([first, str(live(server))] * DEPLOYS)[:DEPLOYS]
    said = server.run(f"""
        cd /srv/division.git
        mkfifo /srv/end
        for kind in close keep-alive; do
            {base_python()} /srv/load.py 80 300 $kind < /srv/end \\
                > /srv/$kind &
        done
        exec 3> /srv/end
        for release in {' '.join(releases)}; do
            sudo -u division .venv/bin/autodevelop deploy rollback \\
                $release 3>&-
        done
        cat /srv/close /srv/keep-alive | wc -c
        exec 3>&-
        wait""")
    assert said.count(' is live\n') == DEPLOYS
    # The load went on until they had ended: nothing was written yet.
    assert said.splitlines()[-1] == '0', said
    for kind in ('close', 'keep-alive'):
        answers = json.loads(server.run(f'cat /srv/{kind}'))
        failed = [each for each in answers if not each[2]]
        assert len(answers) > 10 * DEPLOYS
        print(f'{kind}: {len(answers)} requests, {len(failed)} failed')
        assert not failed
        assert len({each[2] for each in answers}) == 2


def test_after_a_power_failure_the_same_is_served(server: Server) -> None:
    """Though what it needs is there a little later."""
    broken = '/home/division/broken'
    change(server, f'assert not os.path.exists("{broken}")')
    before = live(server)
    assert before == commit(server)
    server.run(f'touch {broken}')
    server.halt()
    server.boot()
    wait_for(lambda: '"ok"' in server.try_to(
        'curl -s http://127.0.0.1:8001/healthz')[1])
    wait_for(lambda: 'AssertionError' in server.run(
        f'{BUS} journalctl --user --unit division-start', 'division'))
    assert live(server) is None
    server.run(f'rm {broken}')
    wait_for(lambda: live(server) == before)
    assert len(kept(server)) == 1
