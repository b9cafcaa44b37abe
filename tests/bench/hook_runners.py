"""Repositories that hold the same files and differ in what runs the hook."""
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from tests.support.project import write_launcher

BIN = Path(sys.executable).parent
MODULES = 200
OTHERS = 1000

FOREIGN = ('AUTODEVELOP', 'GIT_', 'LEFTHOOK', 'NOX', 'PREK', 'PRE_COMMIT',
           'PYTEST', 'PYTHON', 'VIRTUAL_ENV')
"""How variables begin that would change what a runner does or costs."""

TOOLS = ('autopep8', 'flake8', 'flake8-debugger', 'flake8-print',
         'flake8-quotes', 'mccabe', 'pep8-naming', 'pycodestyle', 'pyflakes')
"""What the session installs: flake8 with the plugins that the flake8 of the
other runners has, or it would have less to do."""

PYTEST = ('iniconfig', 'packaging', 'pluggy', 'pygments', 'pytest')

CONFIG = """\
[user]
name = Bench
email = bench@example.com
[gc]
auto = 0
[maintenance]
auto = false
"""
SETTINGS = """\
[flake8]
max-line-length = 79
inline-quotes = single
[flake8:local-plugins]
extension =
    CNT = counting_plugin:Counted
paths = .
"""
PLUGIN = """\
class Counted:
    def __init__(self, tree, filename):
        self.filename = filename

    def run(self):
        with open({log!r}, 'a') as log:
            log.write(self.filename + '\\n')
        return []
"""
MODULE_HEAD = '''\
"""The accounts of region {number}, and what is owed there."""
import json
from collections import defaultdict
from pathlib import Path

REVISION = {revision}
LIMIT = {number} * 1000 + 250
'''
MODULE_PART = '''

def {lower}_accounts_{number}(path, minimum=0.0):
    """Sum the {lower}ed amounts of each owner.

    path: a text file with a line for each amount, ``owner: amount``; lines
        that start with a number sign are comments.
    minimum: amounts up to this one are left out.

    Raises ValueError for what is no amount.
    """
    totals = defaultdict(float)
    for line in Path(path).read_text(encoding='utf-8').splitlines():
        if not line or line.startswith('#'):
            continue
        owner, _, amount = line.partition(':')
        # A trailing comment is part of the amount, and so an error.
        value = float(amount)
        if value > minimum:
            totals[owner.strip().lower()] += min(value, LIMIT)
    found = sorted(totals.items())
    return json.dumps({{'revision': REVISION, 'found': found}}, indent=2)


class {verb}Error{number}(ValueError):
    """What is raised when {lower}ing cannot be done."""
'''
UNFORMATTED = 'owed=[ 1,2 ]\n'

NOXFILE = """\
import nox

nox.options.default_venv_backend = 'uv|virtualenv'


@nox.session(tags=[{stage!r}])
def {name}(session):
    session.install('--no-deps', *{packages!r})
{body}"""
FIX_AND_CHECK = """\
    session.run('autopep8', '-i', *session.posargs)
    session.run('flake8', *session.posargs)
"""
CHECK_AND_FIX = """\
    said = session.run('flake8', '--quiet', *session.posargs, silent=True,
                       success_codes=[0, 1])
    if names := said.splitlines():
        session.run('autopep8', '-i', *names)
        session.run('flake8', *names)
"""
FILES = '[tool.autodevelop.files]\nlint = ["*.py"]\n'
RUN_TESTS = """\
    session.run('pytest', '-q', 'tests')
"""
BARE = """\
#!/bin/sh
git diff --cached --name-only -z --diff-filter=AM -- '*.py' |
    xargs -0 sh -c 'autopep8 -i "$@" && exec flake8 "$@"' sh
"""
PRE_COMMIT = """\
repos:
  - repo: local
    hooks:
      - id: autopep8
        name: autopep8
        language: system
        entry: autopep8 -i
        types: [python]
        require_serial: true
      - id: flake8
        name: flake8
        language: system
        entry: flake8
        types: [python]
        require_serial: true
"""
LEFTHOOK = """\
pre-commit:
  piped: true
  commands:
    autopep8:
      priority: 1
      glob: '*.py'
      run: autopep8 -i {staged_files}
      stage_fixed: true
    flake8:
      priority: 2
      glob: '*.py'
      run: flake8 {staged_files}
"""


class Runner(NamedTuple):
    """What runs the hook of a repository.

    files: what it reads; install: the command that installs it.
    """

    name: str
    files: Mapping[str, str] = {}
    install: tuple[str, ...] = ()


class Cost(NamedTuple):
    """Seconds of a command; ``cpu`` is of all its descendants."""

    cpu: float
    wall: float


class Place(NamedTuple):
    """A folder of repositories, and the environment that they are used in."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, repository: Path, *command: str,
            status: int | None = 0) -> Cost:
        """Run a command to its end; None is any exit status."""
        log = self.folder / 'output'
        with log.open('wb') as output:
            start = time.monotonic()
            child = subprocess.Popen(
                command, cwd=repository, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
            # Also of its children: os.times() counts in hundredths.
            _, ended, usage = os.wait4(child.pid, 0)
            wall = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(ended)
        assert status in (None, child.returncode), log.read_text()
        return Cost(usage.ru_utime + usage.ru_stime, wall)

    def ask(self, repository: Path, *command: str) -> str:
        """Run a command for what it prints."""
        return subprocess.check_output(
            command, cwd=repository, env=self.environment, text=True)


def runners() -> list[Runner]:
    """The runners that are compared: none, the limit, and then the rest."""
    hooks = ('autodevelop', 'hooks', 'install')
    return [
        Runner('no hook'),
        Runner('sh hook', {'.git/hooks/pre-commit': BARE}),
        Runner('pre-commit', {'.pre-commit-config.yaml': PRE_COMMIT},
               ('pre-commit', 'install')),
        Runner('prek', {'.pre-commit-config.yaml': PRE_COMMIT},
               ('prek', 'install')),
        Runner('lefthook', {'lefthook.yml': LEFTHOOK},
               ('lefthook', 'install')),
        Runner('autodevelop', noxfile('lint', FIX_AND_CHECK), hooks),
        Runner('autodevelop, flake8 first', noxfile('lint', CHECK_AND_FIX),
               hooks),
    ]


def noxfile(name: str, body: str) -> dict[str, str]:
    """A noxfile of one session, ``lint`` or ``tests``, with its stage.

    What it installs is pinned to what is here, so that uv's cache has it.
    """
    stage, packages = (('pre-commit', TOOLS) if name == 'lint' else
                       ('pre-push', PYTEST))
    pins = tuple(f'{each}=={version(each)}' for each in packages)
    return {'noxfile.py': NOXFILE.format(
        stage=stage, name=name, packages=pins, body=body),
        'pyproject.toml': FILES if name == 'lint' else ''}


def settle(folder: Path) -> Place:
    """Prepare an environment in which nothing of this machine's matters.

    The tools are those beside this Python; the index is out of reach.
    """
    inherited = {name: value for name, value in os.environ.items()
                 if not name.startswith(FOREIGN) and name != 'CI'}
    write_launcher(folder / 'bin')
    write(folder, 'gitconfig', CONFIG)
    path = os.pathsep.join([f'{folder}/bin', str(BIN), os.environ['PATH']])
    return Place(folder, inherited | {
        'PATH': path,
        'GIT_CONFIG_GLOBAL': f'{folder}/gitconfig',
        'GIT_CONFIG_NOSYSTEM': '1',
        # Its ledger would know what passed at this path in an earlier run.
        'AUTODEVELOP_CACHE': f'{folder}/home-of-autodevelop',
        'PRE_COMMIT_HOME': f'{folder}/home-of-pre-commit',
        'PREK_HOME': f'{folder}/home-of-prek',
        'UV_OFFLINE': '1',
    })


def prepare(place: Place, runner: Runner, files: Mapping[str, str]) -> Path:
    """Make a repository of these files, its hook installed, its tree clean."""
    slug = re.sub('[^a-z0-9]+', '-', runner.name)
    repository = place.folder / 'repositories' / slug
    repository.mkdir(parents=True)
    place.run(repository, 'git', 'init', '--quiet', '-b', 'main')
    for name, text in {**files, **runner.files}.items():
        write(repository, name, text)
    if runner.install:
        place.run(repository, *runner.install)
    place.run(repository, 'git', 'add', '--all')
    place.run(repository, 'git', 'commit', '--quiet', '--no-verify', '-m',
              'start')
    return repository


def project(log: Path) -> dict[str, str]:
    """The files of a project of about 1,200; flake8 counts into the log."""
    files = {f'other/part_{number % 20}/text_{number}.txt':
             f'line of {number}\n' * 20 for number in range(OTHERS)}
    return files | modules(range(MODULES), 0) | {
        '.gitignore': '__pycache__/\n.nox/\n',
        'setup.cfg': SETTINGS,
        'counting_plugin.py': PLUGIN.format(log=str(log)),
    }


def modules(numbers: Iterable[int], revision: int) -> dict[str, str]:
    """Clean Python files, of which a revision changes one line."""
    return {f'accounts/region_{number:03}.py': _module(number, revision)
            for number in numbers}


def _module(number: int, revision: int) -> str:
    parts = [MODULE_PART.format(number=number, verb=verb, lower=verb.lower())
             for verb in ('Add', 'Report')]
    head = MODULE_HEAD.format(number=number, revision=revision)
    return ''.join([head, *parts])


def write(folder: Path, name: str, text: str) -> None:
    """Write a file; a script may be executed."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    if text.startswith('#!'):
        path.chmod(0o755)
