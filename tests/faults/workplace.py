"""A repository as its user has it: hooks installed, git and nox for real.

Its noxfile fixes style, and has a session that writes down what it sees, to
be compared with what git did.
"""
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.project import write_launcher

NOXFILE = """\
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nox


def blobs():
    # The files of this tree, by the object ids that git would give them; what
    # Python compiled is ignored, and stays in a room.
    found = {}
    for folder, folders, names in os.walk('.'):
        folders[:] = [name for name in folders
                      if name not in ('.git', '__pycache__')]
        links = [name for name in folders
                 if os.path.islink(os.path.join(folder, name))]
        for name in names + links:
            path = os.path.relpath(os.path.join(folder, name))
            if path == '.git':
                continue
            if os.path.islink(path):
                content = os.fsencode(os.readlink(path))
            else:
                with open(path, 'rb') as file:
                    content = file.read()
            head = b'blob %d\\0' % len(content)
            found[path] = hashlib.sha1(head + content).hexdigest()
    return found


def git(*arguments):
    return subprocess.run(['git', *arguments], text=True,
                          capture_output=True).stdout.strip()


@nox.session(python=False, tags=['pre-commit'])
def lint(session):
    # Here, not by programs: those would take half of a commit's time.
    for name in session.posargs or git('ls-files').splitlines():
        if name.endswith('.py'):
            text = Path(name).read_bytes()
            text = re.sub(rb'(?m)^([a-z])=(?=.)', rb'\\1 = ', text)
            Path(name).write_bytes(text)


@nox.session(python=False, tags=['pre-commit', 'pre-push'])
def record(session):
    seen = {
        'head': git('rev-parse', 'HEAD'), 'tree': git('write-tree'),
        'files': blobs(), 'posargs': session.posargs,
        'variables': [name for name in os.environ if name[:4] == 'GIT_']}
    with open(os.environ['RECORD'], 'a') as file:
        file.write(json.dumps(seen) + '\\n')
    once = os.environ['RECORD'] + '.meanwhile'
    if 'MEANWHILE' in os.environ and not os.path.exists(once):
        open(once, 'x').close()
        subprocess.run(['sh', '-c', os.environ['MEANWHILE']], check=True)
    if os.path.exists('suite.py'):
        session.run(sys.executable, 'suite.py')
"""

SETTINGS = """\
[tool.autodevelop]
subject_full_stop = false
files.lint = ["*"]
files.record = ["*"]
"""

LINT_BY_TOOLS = """\
    names = [name for name in session.posargs if name.endswith('.py')]
    if names:
        session.run(sys.executable, '-m', 'autopep8', '-i', *names)
        session.run(sys.executable, '-m', 'flake8', *names)
"""
"""The body of ``lint`` in a project that has style fixed and checked."""

MAY_BE_KILLED = """\
import importlib
import os
import signal
if step := os.environ.get('KILL_AT'):
    module, names, moment, *target = step.split(':')
    owner = importlib.import_module(module)
    *classes, name = names.split('.')
    for each in classes:
        owner = getattr(owner, each)
    original = getattr(owner, name)

    def killed(*arguments, **named):
        last = os.path.basename(str(arguments[-1])) if arguments else ''
        if target and target[0] not in last:
            return original(*arguments, **named)
        if moment == 'before':
            os.killpg(0, signal.SIGKILL)
        result = original(*arguments, **named)
        os.killpg(0, signal.SIGKILL)
        return result

    setattr(owner, name, killed)
"""
"""Has the command end, with all of its group, at a step that is named.

That is the first call, or the first whose last argument is such a file.
"""

CONFIG = """\
[user]
    name = A
    email = a@example.org
[init]
    defaultBranch = main
[protocol "file"]
    allow = always
"""


class Seen(NamedTuple):
    """What the session ``record`` saw in a room."""

    head: str
    tree: str
    files: dict[str, str]
    posargs: list[str]
    variables: list[str]


class Workplace:
    """A work tree with hooks, its environment, and what was recorded."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.home = home
        self.environment = _environment(home)

    @classmethod
    def make(cls, home: Path, folder: Path | None = None,
             *options: str) -> 'Workplace':
        """Make a repository with a first commit, and install the hooks."""
        made = cls(folder or home / 'project', home)
        write_launcher(home / 'bin', MAY_BE_KILLED)
        (home / '.gitconfig').write_text(CONFIG)
        made.folder.mkdir(parents=True, exist_ok=True)
        made.git('init', '-q', *options, '.')
        made.stage('.gitignore', '__pycache__/\n')
        made.stage('noxfile.py', NOXFILE)
        made.stage('pyproject.toml', SETTINGS)
        made.run('autodevelop', 'hooks', 'install')
        made.git('add', '.githooks')
        return made

    def start(self) -> None:
        """Make the first commit, unchecked."""
        self.git('commit', '-q', '--no-verify', '-m', 'start')

    def copy(self, home: Path) -> 'Workplace':
        """Copy it, before it has rooms: these are known by whole paths."""
        shutil.copytree(self.home, home, dirs_exist_ok=True)
        return Workplace(home / self.folder.relative_to(self.home), home)

    def lint_by_tools(self) -> None:
        """Have ``lint`` run autopep8 and flake8, as projects do."""
        begin, lint, rest = NOXFILE.partition('def lint(session):\n')
        end = rest[rest.index('\n\n'):]
        self.stage('noxfile.py', begin + lint + LINT_BY_TOOLS + end)
        self.git('commit', '-q', '--no-verify', '--amend', '--no-edit')

    def run(self, *command: str, status: int | None = 0,
            folder: Path | None = None, given: str = '',
            variables: Mapping[str, str] | None = None) -> str:
        """Run a program here; what it prints, both streams.

        status: what it has to end with; None is any.
        """
        done = subprocess.run(
            command, cwd=folder or self.folder, input=given.encode(),
            env={**self.environment, **(variables or {})},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = done.stdout.decode(errors='surrogateescape')
        assert status in (None, done.returncode), said
        return said

    @contextmanager
    def running(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        """Start a program, as the leader of its group, whose sessions wait.

        They are running when this is entered, and end when it is left.
        """
        reached, go = self.home / 'reached', self.home / 'go'
        wait = (f'touch "{reached}"; for i in $(seq 3000); do '
                f'test -e "{go}" && exit; sleep 0.02; done')
        with subprocess.Popen(
                command, cwd=self.folder, start_new_session=True,
                env=self.environment | {'MEANWHILE': wait}) as program:
            try:
                while not reached.exists():
                    assert program.poll() is None
                    time.sleep(0.02)
                yield program
            finally:
                go.touch()

    def git(self, *arguments: str, **how: Any) -> str:
        """Run git here."""
        return self.run('git', *arguments, **how)

    def ask(self, *arguments: str) -> str:
        """Git's answer of one line."""
        return self.git(*arguments).rstrip('\n')

    def path(self, name: str) -> Path:
        """The path of a file here."""
        return self.folder / name

    def write(self, name: str, text: str) -> None:
        """Write a file, as these bytes."""
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_bytes(text.encode(errors='surrogateescape'))

    def read(self, name: str) -> str:
        """Read a file, as it is."""
        return self.path(name).read_bytes().decode(errors='surrogateescape')

    def stage(self, name: str, text: str) -> None:
        """Write a file and stage it."""
        self.write(name, text)
        self.git('add', '--', f':(literal){name}')

    def shown(self, name: str) -> str:
        """A blob by revision and path: ``HEAD:a.py``; ``:a.py`` is staged."""
        return self.git('cat-file', 'blob', name)

    def status(self) -> list[str]:
        """What is not committed, as ``git status --porcelain`` says it."""
        return self.git('status', '--porcelain').splitlines()

    def seen(self) -> list[Seen]:
        """What was recorded until now."""
        record = Path(self.environment['RECORD'])
        lines = record.read_text().splitlines() if record.exists() else []
        return [Seen(**json.loads(line)) for line in lines]

    def assert_proved(self, revision: str = 'HEAD',
                      head: str | None = None) -> None:
        """See that the last check was of that commit's tree, file by file.

        head: the commit that HEAD has to be in the room.
        """
        last = self.seen()[-1]
        assert last.tree == self.ask('rev-parse', f'{revision}^{{tree}}')
        listed = self.git('ls-tree', '-r', '-z', revision).split('\0')
        entries = [line.partition('\t')[::2] for line in listed if line]
        assert last.files == {
            path: meta.split(' ')[2] for meta, path in entries
            if not meta.startswith('160000')}
        assert head is None or last.head == head
        assert not set(last.variables) & {
            'GIT_DIR', 'GIT_INDEX_FILE', 'GIT_WORK_TREE', 'GIT_PREFIX',
            'GIT_QUARANTINE_PATH', 'GIT_OBJECT_DIRECTORY'}


def _environment(home: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith(('GIT_', 'NOX', 'AUTODEVELOP', 'COV', 'CI',
                                     'PYENV', 'PYTEST', 'PYTHONDONTWRITE',
                                     'VIRTUAL_ENV'))}
    # Where the cache of uv is new, it starts every Python that it finds, and
    # every shim of pyenv in any case: 3 s of each first commit.
    path = os.pathsep.join([str(home / 'bin'), *(
        folder for folder in os.get_exec_path() if 'pyenv' not in folder)])
    return {'UV_CACHE_DIR': str(Path.home() / '.cache/uv'), **clean,
            'AUTODEVELOP_CACHE': str(home / 'cache'),
            'HOME': str(home), 'PATH': path, 'LC_ALL': 'C.UTF-8',
            'RECORD': str(home / 'record'), 'GIT_EDITOR': 'true',
            'GIT_CONFIG_NOSYSTEM': '1'}
