"""The workflow where one Python is here and the others are downloaded.

The project has no word of autodevelop, which was installed from a wheel; each
variant is one change of it. Packages come from the index.
"""
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from autodevelop.matrix.interpreters import search_path

from .act import (
    PUSH, WORKFLOW, Event, clean_environment, program, run_workflow,
)
from .conftest import ROOT, git
from .test_adopter import FORK, NIGHTLY

pytestmark = pytest.mark.long

NOXFILE = """
import nox


@nox.session(python=PYTHONS)
def tests(session):
    session.install('.')
    session.run('python', '-m', 'unittest', 'discover', 'tests')


@nox.session
def lint(session):
    session.install('pyflakes')
    session.run('pyflakes', 'src', 'tests', 'noxfile.py')
"""
HYPERMODERN = """
from pathlib import Path

import nox

nox.options.sessions = ('tests', 'lint')


@nox.session(python=PYTHONS)
def tests(session):
    session.install('.', 'coverage[toml]')
    try:
        session.run('coverage', 'run', '--parallel', '-m', 'unittest',
                    'discover', 'tests')
    finally:
        if session.interactive:
            session.notify('coverage', posargs=[])


@nox.session(python=PYTHONS[0])
def coverage(session):
    args = session.posargs or ['report']
    session.install('coverage[toml]')
    if not session.posargs and any(Path().glob('.coverage.*')):
        session.run('coverage', 'combine')
    session.run('coverage', *args)


@nox.session
def lint(session):
    session.install('pyflakes')
    session.run('pyflakes', 'src', 'tests', 'noxfile.py')
"""
PROJECT = """
[build-system]
requires = ['setuptools']
build-backend = 'setuptools.build_meta'

[project]
name = 'small'
version = '1'
"""
COVERAGE = """
[tool.coverage.run]
relative_files = true
source = ['small']

[tool.coverage.report]
fail_under = 100

[tool.coverage.paths]
source = ['src', '*/site-packages']

[tool.autodevelop]
coverage = 'coverage'
"""
FILES = {
    'noxfile.py': NOXFILE, 'pyproject.toml': PROJECT,
    'src/small/__init__.py': 'ONE = 1\n',
    'tests/test_small.py': 'import unittest\n\nimport small\n\n\n'
    'class Test(unittest.TestCase):\n    def test_one(self):\n'
    '        self.assertEqual(small.ONE, 1)\n',
}
VARIANTS: Mapping[str, tuple[Event, Mapping[str, str]]] = {
    'plain': (PUSH, {}),
    'python-version': (PUSH, {'.python-version': '3.9\n'}),
    'tool.uv': (PUSH, {'pyproject.toml': PROJECT + """
requires-python = '>=3.6'

[tool.uv]
constraint-dependencies = ['nox<2000']
no-index = true
"""}),
    'hypermodern': (PUSH, {'noxfile.py': HYPERMODERN,
                           'pyproject.toml': PROJECT + COVERAGE}),
    'fork': (FORK, {}),
    'nightly': (NIGHTLY, {}),
}


class Machine(NamedTuple):
    """A runner: its variables, and the Pythons that a job asks for."""

    variables: dict[str, str]
    pythons: list[str]
    bin: Path


def ask(python: str) -> tuple[str, str]:
    """Its version and the folder of its library."""
    done = subprocess.run(
        [python, '-c', 'import platform, sysconfig; print('
         'platform.python_version(), sysconfig.get_path("stdlib"))'],
        capture_output=True, text=True, env=clean_environment())
    version, _, library = done.stdout.strip().partition(' ')
    return version, library


def serve(folder: Path, python: str) -> dict[str, Any]:
    """Pack what starts this Python; uv's record of the archive."""
    version, library = ask(python)
    major, minor, patch = version.split('.')
    root = folder / version / 'python'
    (root / 'bin').mkdir(parents=True)
    start = root / 'bin' / f'python{major}.{minor}'
    start.write_text(f'#!/bin/sh\nexec {python} "$@"\n')
    start.chmod(0o755)
    for name in ('python', 'python3'):
        (root / 'bin' / name).symlink_to(start.name)
    own = root / 'lib' / start.name
    own.mkdir(parents=True)
    for path in Path(library).glob('_sysconfigdata_*'):
        shutil.copy2(path, own)
    archive = folder / f'{version}.tar.gz'
    with tarfile.open(archive, 'w:gz') as packed:
        packed.add(root, 'python')
    return {f'cpython-{version}': {
        'name': 'cpython', 'arch': {'family': platform.machine(),
                                    'variant': None},
        'os': 'linux', 'libc': 'gnu', 'major': int(major),
        'minor': int(minor), 'patch': int(patch), 'prerelease': '',
        'url': archive.as_uri(), 'sha256': None, 'variant': None,
        'build': None}}


@pytest.fixture(scope='module')
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """It has git, uv, Debian's programs, this Python, and a mirror."""
    folder = tmp_path_factory.mktemp('machine')
    own = f'{sys.version_info[0]}.{sys.version_info[1]}'
    found = {own: sys.executable}
    for minor in range(sys.version_info[1] + 9, 8, -1):
        if where := shutil.which(f'python3.{minor}', path=search_path()):
            if ask(where)[0].startswith(f'3.{minor}.'):
                found.setdefault(f'3.{minor}', os.path.realpath(where))
    others = [each for each in found if each != own][:2]
    if len(others) < 2:
        pytest.skip('needs two Pythons besides this one, to download')
    records: dict[str, Any] = {}
    for each in others:
        records |= serve(folder, found[each])
    (folder / 'pythons.json').write_text(json.dumps(records))
    (folder / 'bin').mkdir()
    (folder / 'home').mkdir()
    base = str(Path(sys.base_prefix, 'bin', f'python{own}'))
    for name, target in [('python3', base), (f'python{own}', base),
                         ('uv', program('uv')), ('git', program('git'))]:
        (folder / 'bin' / name).symlink_to(target)
    for path in Path('/usr/bin').iterdir():
        if 'python' not in path.name and not (
                folder / 'bin' / path.name).exists():
            (folder / 'bin' / path.name).symlink_to(path)
    cache = os.environ.get('XDG_CACHE_HOME', Path.home() / '.cache')
    return Machine({
        'PATH': str(folder / 'bin'), 'HOME': str(folder / 'home'),
        'PYENV_ROOT': str(folder / 'pyenv'), 'XDG_CACHE_HOME': str(cache),
        'XDG_DATA_HOME': str(folder / 'home'), 'UV_OFFLINE': 'false',
        'UV_PYTHON_DOWNLOADS': 'automatic',
        'UV_PYTHON_DOWNLOADS_JSON_URL': (folder / 'pythons.json').as_uri(),
    }, [*others, own], folder / 'bin')


@pytest.fixture(scope='module')
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an autodevelop that a wheel brought."""
    folder = tmp_path_factory.mktemp('installed')
    uv = [program('uv'), '--quiet']
    for arguments in [
            ['build', '--wheel', '--no-build-isolation', '--python',
             sys.executable, '--out-dir', str(folder), str(ROOT)],
            ['venv', '--python', sys.executable, str(folder / 'venv')]]:
        subprocess.run([*uv, *arguments], check=True, cwd=folder,
                       env=clean_environment())
    wheel, = folder.glob('*.whl')
    subprocess.run([*uv, 'pip', 'install', '--python', str(folder / 'venv'),
                    str(wheel)], check=True, cwd=folder,
                   env=clean_environment())
    return folder / 'venv' / 'bin' / 'autodevelop'


@pytest.mark.parametrize('variant', VARIANTS)
def test_every_job_passes(machine: Machine, installed: Path, tmp_path: Path,
                          variant: str) -> None:
    event, changed = VARIANTS[variant]
    project = tmp_path / 'project'
    for name, text in {**FILES, **changed}.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(
            text.replace('PYTHONS', str(machine.pythons)))
    git(project, 'init', '--quiet', '--initial-branch=main')
    subprocess.run([str(installed), 'ci'], cwd=project, check=True,
                   env=clean_environment())
    if event == NIGHTLY:
        path, mark = project / WORKFLOW, '  # yours: triggers\n'
        path.write_text(path.read_text().replace(
            mark, f"{mark}  schedule: [{{cron: '0 4 * * 1'}}]\n"))
    git(project, 'add', '--all')
    git(project, '-c', 'user.name=A', '-c', 'user.email=a@example.org',
        'commit', '--quiet', '--message=Start')
    home = tmp_path / 'data'
    jobs = run_workflow(project, tmp_path / 'scratch', event, {
        **machine.variables, 'UV_PYTHON_INSTALL_DIR': str(home)})
    last = 'coverage' if variant == 'hypermodern' else 'report'
    logs = '\n'.join(job.log for job in jobs.values())
    assert {name: job.result for name, job in jobs.items()} == dict.fromkeys(
        ['plan', 'cell lint', *(f'cell tests-{each}' for each in
                                machine.pythons), last, 'gate'],
        'success'), logs
    count = 5 if last == 'coverage' else 4
    assert f'{count} cells, 0 failed' in jobs[last].summary
    # All but the one that the machine has were downloaded.
    assert {path.name.split('-')[1].rpartition('.')[0]
            for path in home.glob('cpython-3.*.*')} == {*machine.pythons[:-1]}
