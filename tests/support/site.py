"""An application of a few lines, and the folder that it goes live in."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

from autodevelop.deploy import serving
from autodevelop.deploy.health import Health, ask
from autodevelop.deploy.target import Target, lock_target, open_target
from tests.support.project import NO_CONFIG, ROOT, Project
from tests.support.wait import wait_until

APPLICATION = """\
import json
import os

RELEASE = os.environ['AUTODEVELOP_RELEASE']


def app(environ, start_response):
    body = json.dumps({'release': RELEASE}).encode()
    start_response('200 OK', [('Content-Type', 'application/json'),
                              ('Content-Length', str(len(body)))])
    return [body]
"""
NOXFILE = """\
import nox


@nox.session(python=False, tags=['ci'])
def lint(session):
    with open('small.py') as file:
        if 'fault' in file.read():
            session.error('a fault')
"""
SETTINGS = """\
[tool.autodevelop.deploy]
application = "small:app"
patience = 10
keep = 3
"""
VARIABLES = {**os.environ, **NO_CONFIG, 'PYTHONPATH': str(ROOT)}


def gunicorn_lock() -> str:
    """The part of the project's lock that the application runs on."""
    lock = (ROOT / 'requirements.txt').read_text('utf-8')
    begin = lock.index('gunicorn==')
    return lock[begin:lock.index('    # via', begin)]


def make_template(folder: Path, settings: str = SETTINGS) -> Path:
    """Make the repository of the application, with a first commit."""
    made = Project(folder)
    subprocess.run(['git', 'init', '-q', '-b', 'main', folder], check=True)
    shutil.rmtree(folder / '.git/hooks', ignore_errors=True)
    made.git('config', 'maintenance.auto', 'false')
    for name, text in [('small.py', APPLICATION), ('noxfile.py', NOXFILE),
                       ('pyproject.toml', settings)]:
        made.write(name, text)
    made.write('requirements.txt', gunicorn_lock())
    made.git('add', '.')
    subprocess.run(['git', 'commit', '-q', '-m', 'begin'], cwd=folder,
                   env=VARIABLES, check=True)
    return folder


class Site(Project):
    """A repository, and beside it the target of its releases.

    folder: both are made below it; it must have a short path.
    environments: what other sites run on, which is not made again.
    template: the repository that make_template made; it is copied.
    """

    def __init__(self, folder: Path, environments: Path,
                 template: Path) -> None:
        super().__init__(folder / 'work')
        shutil.copytree(template, self.folder)
        self.first = self.git('rev-parse', 'HEAD').strip()
        target = folder / 'to'
        target.mkdir()
        environments.mkdir(exist_ok=True)
        (target / 'environments').symlink_to(environments)
        self.target: Target = open_target(target)
        with lock_target(self.target, 'its maker makes'):
            pass

    def change(self, message: str, **files: str) -> str:
        """Commit other texts of ``NAME.py``; the commit."""
        for name, text in files.items():
            self.write(f'{name}.py', text)
        subprocess.run(['git', 'add', '.'], cwd=self.folder, check=True)
        subprocess.run(['git', 'commit', '-q', '--allow-empty', '-m', message],
                       cwd=self.folder, env=VARIABLES, check=True)
        return self.git('rev-parse', 'HEAD').strip()

    def run(self, *command: str, status: int = 0) -> str:
        """Run autodevelop at the target; what it says."""
        to = [] if command[0] == 'hooks' else ['--to', str(self.target.folder)]
        front = ['--proxy-url',
                 self.target.proxy_url] if self.target.proxy_url else []
        done = subprocess.run(
            [sys.executable, '-m', 'autodevelop', *command, *to, *front],
            cwd=self.folder, env=VARIABLES, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        assert done.returncode == status, done.stdout
        return done.stdout

    def ask(self, release: str | None = None) -> Health:
        """What answers at the socket, however busy the machine is."""
        return ask(f'unix:{self.target.current}:/healthz', release, 20.0)

    def settle(self) -> None:
        """Wait until what is not live has ended."""
        wait_until(
            lambda: self.target.attempts() == [self.target.live()])

    def close(self) -> None:
        """End all that serves, at once."""
        serving.stop(self.target, self.target.attempts(), 0)
