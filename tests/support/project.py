"""A project in a real repository, whose sessions are a few lines of Python."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from autodevelop.system.cache import folder_for

ROOT = Path(__file__).parents[2]

NOXFILE = """
import os
from pathlib import Path

import nox


@nox.session(python=False, tags=['pre-commit'])
def lint(session):
    for name in map(Path, session.posargs or sorted(Path().glob('*.py'))):
        content = name.read_bytes()
        if b'forb' b'idden' in content:
            session.error(f'{name} is refused')
        if b'skip' b'me' in content:
            session.skip('unsure')
        if b'end' b'less' in content:
            name.write_bytes(content + b'more\\n')
        elif b'go' b'ne' in content:
            name.unlink()
        elif b'=' in content and b' = ' not in content:
            name.write_bytes(content.replace(b'=', b' = '))
    if 'STAGE' in os.environ:
        import subprocess
        subprocess.run(['git', 'add', '.'], cwd=os.environ['STAGE'])


@nox.session(python=[False, '3.99'], tags=['pre-push', 'ci'])
def tests(session):
    Path('results/tests').mkdir(parents=True, exist_ok=True)
    Path('results/tests/data').write_text(Path('a.py').read_text())
    if 'broken' in Path('a.py').read_text():
        session.error('broken')
    if 'changing' in Path('a.py').read_text():
        Path('a.py').write_text('changed')
    if 'dies' in Path('a.py').read_text():
        os._exit(0)
    if 'unsure' in Path('a.py').read_text():
        session.skip('unsure')
    with open(os.environ['RUNS'], 'a') as runs:
        runs.write(Path('a.py').read_text())
"""
NO_CONFIG = {
    'GIT_CONFIG_GLOBAL': os.devnull, 'GIT_CONFIG_NOSYSTEM': '1',
    'GIT_AUTHOR_NAME': 'a', 'GIT_AUTHOR_EMAIL': 'a@b',
    'GIT_COMMITTER_NAME': 'a', 'GIT_COMMITTER_EMAIL': 'a@b'}


def write_launcher(folder: Path, prelude: str = '') -> None:
    """Write the command ``autodevelop`` of this source tree, for a PATH.

    The environments of sessions have what it needs, but not itself.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / 'autodevelop'
    path.write_text(
        f'#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n'
        f'{prelude}from autodevelop.__main__ import program\nprogram()\n',
        'utf-8', newline='\n')
    path.chmod(0o755)


def share_passes(of: Path, to: Path) -> None:
    """Let a copied repository have the ledger of the first; both git folders.
    """
    ledger = folder_for(of) / 'ledger.sqlite'
    folder_for(to).mkdir(parents=True, exist_ok=True)
    shutil.copy(ledger, folder_for(to))


class Project:
    """A repository and what its tests do there.

    The current folder and the environment are the caller's to set.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def git(self, *arguments: str, status: int = 0) -> str:
        """Run git; its standard output."""
        done = subprocess.run(['git', *arguments], cwd=self.folder,
                              text=True, capture_output=True)
        assert done.returncode == status, done.stderr
        return done.stdout

    def write(self, name: str, text: str) -> None:
        """Write a file, with LF."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(errors='surrogateescape'))

    def read(self, name: str) -> str:
        """Read a file."""
        return (self.folder / name).read_bytes().decode()

    def stage(self, name: str, text: str) -> None:
        """Write a file and stage it."""
        self.write(name, text)
        self.git('add', '--', f':(literal){name}')

    def commit(self, *arguments: str) -> str:
        """Commit without hooks; the new commit's object id."""
        said = self.git('-c', f'core.hooksPath={os.devnull}', '-c',
                        'core.abbrev=no', 'commit', '-m', 'change',
                        *arguments)
        found = re.match(r'\[.* ([0-9a-f]{40,})\] ', said)
        assert found, said
        return found[1]
