"""Checks run as a user who sees neither the secret nor the key."""
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from autodevelop.deploy.history import History
from autodevelop.webhook.deliveries import Deliveries
from tests.site import VARIABLES, Site
from tests.webhook.deliver import SECRET

pytestmark = pytest.mark.skipif(
    not hasattr(os, 'getuid') or os.getuid() != 0 or not (
        shutil.which('unshare') and shutil.which('setpriv')),
    reason='needs root, and the tools of Linux')

NOBODY = 65534
AS_NOBODY = (f'setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups '
             '--no-new-privs --')
TRIES = """\
import os
from pathlib import Path

import nox


@nox.session(python=False, tags=['ci'])
def tries(session):
    found = [f'user {os.getuid()}']
    for path in [*map(Path, %r), *Path('/proc').glob('[0-9]*/environ')]:
        try:
            if b'a secret of these tests' in path.read_bytes():
                found.append(f'read {path}')
        except OSError:
            pass
    Path(%r).write_text('\\n'.join(found))
"""
# What belongs to root's own home is not for others; here, as on a server,
# Python is. Only this process and its children see it so.
OPEN = """\
set -e
mkdir "$1/home"
mount --bind /root "$1/home"
mount -t tmpfs -o mode=755 tmpfs /root
for name in .pyenv .cache; do
    mkdir /root/$name
    mount --bind "$1/home/$name" /root/$name
done
mount -t tmpfs -o mode=700 tmpfs "$1/home"
shift
exec "$@"
"""


def test_a_check_that_tries_reads_nothing() -> None:
    with tempfile.TemporaryDirectory(prefix='site-') as name:
        folder = Path(os.path.realpath(name))
        folder.chmod(0o755)
        site = Site(folder, folder / 'environments')
        secret, key = folder / 'secret', folder / 'key'
        for path in (secret, key):
            path.write_bytes(SECRET)
            path.chmod(0o600)
        found = folder / 'found'
        found.touch()
        site.write('noxfile.py', TRIES % ([str(secret), str(key)], str(found)))
        commit = site.change('tries')
        copy = folder / 'copy.git'
        subprocess.run(['git', 'clone', '-q', '--bare', site.folder, copy],
                       check=True)
        (folder / 'gitconfig').write_text(
            '[safe]\n\tdirectory = *\n[autodevelop]\n'
            f'\tdeployAs = {AS_NOBODY}\n')
        Deliveries(site.target.folder).store('1', 'why', commit)
        for path in [copy, *copy.rglob('*'), site.target.folder,
                     *site.target.folder.rglob('*'), found,
                     folder / 'environments']:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        variables = VARIABLES | {
            'GIT_CONFIG_GLOBAL': str(folder / 'gitconfig'),
            'HOME': str(folder / 'nowhere'), 'UV_NO_CACHE': '1'}
        holder = subprocess.Popen(
            ['sleep', '120'], env=VARIABLES | {'SECRET': SECRET.decode()})
        worker = subprocess.Popen(
            ['unshare', '--mount', 'sh', '-c', OPEN, 'sh', str(folder),
             sys.executable, '-m', 'autodevelop', 'webhook', '--work', '--to',
             str(site.target.folder)], cwd=copy, env=variables)
        try:
            wait_for_end(site)
        finally:
            worker.terminate()
            worker.wait(60)
            holder.kill()
            holder.wait()
            site.close()
        history = History(site.target).attempts()
        assert [each.outcome for each in history] == ['live'], history
        assert found.read_text().splitlines() == [f'user {NOBODY}']


def wait_for_end(site: Site) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        one, = Deliveries(site.target.folder).newest(1)
        if one.state in ('live', 'failed'):
            return
        time.sleep(0.1)
