"""docs/deploy.md, for three small projects, each on an empty machine."""
import json
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.certificate import CERTIFICATE

from .act import clean_environment, program
from .server import Server, wait_for
from .strangers import DJANGO, NOXFILE, STRANGERS, Stranger
from .test_server import (
    ROOT, base_python, blocks, fetch_packages, fill, make_users, pytestmark,
    run_block,
)

__all__ = ['pytestmark']

LIMIT = 500
"""Requests of each of six clients while something happens."""

BROKEN_MIGRATION = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [('stock', '0001_initial')]
    operations = [migrations.RunSQL('no sql')]
"""
DEPLOY = 'cd /srv/division.git && .venv/bin/autodevelop deploy'
ASK = """\
python=$(ls -d /srv/division/environments/*/bin/python | head -n 1)
mkfifo /srv/end
runuser -u division -- $python /srv/clients.py %s < /srv/end > /srv/asked &
exec 3> /srv/end
status=0
su --login %s --command %s > /srv/said 2>&1 3>&- || status=$?
exec 3>&-
wait
rm /srv/end
cat /srv/said
exit $status
"""


class Site:
    """A stranger's project on its machine, and the table of what happened."""

    def __init__(self, name: str, stranger: Stranger, server: Server) -> None:
        self.name, self.stranger, self.server = name, stranger, server

    def live(self) -> dict[str, object]:
        """What answers through nginx: the release, and how many rows."""
        said = self.server.try_to(f'curl -s {self.stranger.url}')[1]
        try:
            answer: dict[str, object] = json.loads(said)
        except ValueError:
            return {}
        return answer

    def commit(self, name: str, text: str) -> str:
        """Commit lines at the end of a file; the commit."""
        return self.server.run(
            f'cd /srv/work\nprintf %s {shlex.quote(text)} >> {name}\n'
            'git add .\ngit commit -qm change\ngit rev-parse HEAD',
            'where').strip()

    def ask(self, what: str, user: str, script: str, fails: bool) -> str:
        """Do something while clients ask; no request fails. What it said."""
        clients = f'{self.stranger.url} {LIMIT} {self.stranger.websocket}'
        status, said = self.server.try_to(ASK % (
            clients, user, shlex.quote(script)))
        assert bool(status) == fails, said
        asked = json.loads(self.server.run('cat /srv/asked'))
        print(f'{self.name} | {what} | {asked["requests"]} requests, '
              f'{len(asked["failed"])} failed'
              + (f', {asked["connections"]} connections of the WebSocket'
                 if self.stranger.websocket else ''))
        assert asked['requests'] > 30
        assert not asked['failed'], said
        return said

    def refuse(self, what: str, name: str, text: str, why: str) -> None:
        """Push what must not go live."""
        before = self.live()
        self.commit(name, text)
        said = self.ask(what, 'where', 'cd /srv/work && git push production '
                        'main', True)
        assert why in said
        assert self.live() == before
        self.server.run('cd /srv/work && git reset -q --hard HEAD^', 'where')


@pytest.fixture(scope='module')
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `pip install` brings on the machines."""
    wheels = tmp_path_factory.mktemp('packages') / 'wheels'
    fetch_packages(wheels)
    return wheels


@pytest.fixture(params=STRANGERS)
def site(request: pytest.FixtureRequest, wheels: Path) -> Iterator[Site]:
    """A machine that was set up by the page, and nothing else."""
    stranger = STRANGERS[request.param]
    lock = fetch_lock(stranger, wheels)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            fill(server.written, wheels, {
                **stranger.files, 'noxfile.py': NOXFILE % stranger.main,
                'requirements.txt': lock})
            (server.written / 'srv/clients.py').write_bytes(
                Path(__file__).with_name('clients.py').read_bytes())
            server.boot()
            make_users(server)
            for user, block in blocks('deploy'):
                if 'git push' in block:
                    server.run(f'{DEPLOY} env set SECRET_KEY=a', 'division')
                run_block(server, user, block)
            if stranger is DJANGO:
                serve_https(server)
            yield Site(request.param, stranger, server)
        finally:
            server.close()


def fetch_lock(stranger: Stranger, wheels: Path) -> str:
    """Lock what a project needs, and have that for the machine."""
    lock = wheels.parent / 'requirements.txt'
    lock.write_text('\n'.join(stranger.requirements.split()))
    for command in [
            [program('uv'), 'pip', 'compile', '--quiet', '--generate-hashes',
             '--python', base_python(), str(lock), '-o', str(lock)],
            [str(wheels.parent / 'environment/bin/python'), '-m', 'pip',
             '--quiet', 'download', '--dest', str(wheels), '-r', str(lock)]]:
        subprocess.run(command, check=True, cwd=ROOT.parent,
                       env=clean_environment())
    return lock.read_text()


def serve_https(server: Server) -> None:
    """Do what certbot does, with a certificate that this machine trusts."""
    server.run(f"""
        echo '127.0.0.1 localhost shop.example.org' > /etc/hosts
        cat > /etc/ssl/shop.pem <<'END'\n{CERTIFICATE}END
        openssl x509 -in /etc/ssl/shop.pem \\
            -out /usr/local/share/ca-certificates/shop.crt
        update-ca-certificates
        sed -i 's/listen 80;/listen 443 ssl;/' /etc/nginx/sites-enabled/*
        echo 'ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.pem;
            server {{ listen 80; return 301 https://$host$request_uri; }}
            ' > /etc/nginx/conf.d/shop.conf
        systemctl reload nginx""")
    server.run('cd /srv/division.git && git config autodevelop.proxyUrl '
               'https://shop.example.org/healthz', 'division')


@pytest.mark.long
def test_a_project_is_deployed_changed_broken_rolled_back_and_rebooted(
        site: Site) -> None:
    stranger, server = site.stranger, site.server
    first, push = site.live(), 'cd /srv/work && git push production main'
    assert first['release']
    changed = site.commit(stranger.main, '# changed\n')
    said = site.ask('a change is pushed', 'where', push, False)
    assert f'{changed} is live' in said
    assert site.live()['release'] == changed
    if stranger.rows:
        server.run(f'curl -sf {stranger.url}add')
    if stranger is DJANGO:
        assert 'green' in server.run(f'curl -sf {stranger.url}static/shop.css')
        site.refuse('a migration fails', 'stock/migrations/0002_change.py',
                    BROKEN_MIGRATION, 'OperationalError')
    site.refuse('a test fails', stranger.main, '# fault\n', 'a fault')
    site.refuse('it does not start', stranger.main,
                'import nothing_of_that_name\n', 'nothing_of_that_name')
    said = site.ask('rolled back', 'division', f'{DEPLOY} rollback', False)
    before = site.live()
    assert before == {**first, **({'rows': 1} if stranger.rows else {})}
    server.halt()
    server.boot()
    wait_for(lambda: site.live() == before)
    print(f'{site.name} | power failure | {before} again')
