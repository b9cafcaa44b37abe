"""The workflow in a repository that knows nothing of autodevelop."""
import subprocess
import sys
from pathlib import Path

import pytest

from .act import (
    PUSH, WORKFLOW, Event, clean_environment, program, run_workflow,
)
from .conftest import ROOT, git, run_uv

FILES = {
    'noxfile.py': """
import nox


@nox.session(python=['PYTHON'], venv_backend='uv')
def tests(session):
    session.install('--no-deps', 'coverage', 'pluggy')
    session.run('coverage', 'run', '-p', 'src/small/__init__.py')


@nox.session(python=False)
def lint(session):
    session.run('python3', '-c', 'from pathlib import Path; '
                'assert not [*Path().glob(".venv*")]', external=True)


@nox.session(venv_backend='uv', requires=['tests'])
def coverage(session):
    session.install('--no-deps', 'coverage')
    session.run('coverage', 'combine')
    session.run('coverage', 'report', '--fail-under=100')
""",
    'pyproject.toml': """
[project]
name = 'small'
version = '1'
requires-python = '>=3.8,<3.10'

[tool.uv]
constraint-dependencies = ['nox<2000']

[tool.coverage.run]
relative_files = true
source = ['src']

[tool.autodevelop]
tool = 'tools/WHEEL'
coverage = 'coverage'
""",
    '.python-version': '3.9\n',
    'src/small/__init__.py': 'ONE = 1\n',
    # Python finds it before the standard library's, unless told otherwise.
    'email.py': 'raise ImportError("of the project")\n',
}
PYTHON = f'{sys.version_info[0]}.{sys.version_info[1]}'
FORK: Event = 'pull_request', {
    'number': 3, 'ref': 'refs/pull/3/merge', 'pull_request': {
        'number': 3, 'user': {'login': 'mallory'},
        'head': {'ref': 'change', 'repo': {'full_name': 'mallory/repo'}},
        'base': {'ref': 'main', 'repo': {'full_name': 'owner/repo'}}}}
NIGHTLY: Event = 'schedule', {}


@pytest.fixture(scope='module')
def adopter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository, with a wheel of autodevelop and the rendered file."""
    folder = tmp_path_factory.mktemp('adopter')
    project = folder / 'project'
    subprocess.run(
        [program('uv'), 'build', '--quiet', '--wheel', '--no-build-isolation',
         '--python', sys.executable, '--out-dir', str(project / 'tools'),
         str(ROOT)], check=True, env=clean_environment())
    wheel, = project.glob('tools/*.whl')
    # What the jobs install, on a Python as they find one.
    for python, packages in [('>=3.11', [f'{wheel}[report]']),
                             (PYTHON, ['--no-deps', 'coverage', 'pluggy'])]:
        run_uv(folder, 'venv', '--clear', '--python', python)
        run_uv(folder, 'pip', 'install', *packages)
    for name, text in FILES.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace('WHEEL', wheel.name).replace(
            'PYTHON', PYTHON))
    git(project, 'init', '--quiet', '--initial-branch=main')
    subprocess.run([sys.executable, '-m', 'autodevelop', 'ci'], cwd=project,
                   check=True, env=clean_environment() | {
                       'PYTHONPATH': str(ROOT), 'PYTHONSAFEPATH': '1'})
    path = project / WORKFLOW
    mark = '  # yours: triggers\n'
    path.write_text(path.read_text().replace(
        mark, f"{mark}  schedule: [{{cron: '0 4 * * 1'}}]\n"))
    git(project, 'add', '--all', '--force')
    git(project, '-c', 'user.name=A', '-c', 'user.email=a@example.org',
        'commit', '--quiet', '--message=Adopt autodevelop')
    return project


@pytest.mark.parametrize('event', [PUSH, FORK, NIGHTLY],
                         ids=['push', 'fork', 'nightly'])
def test_every_job_of_an_adopter_passes(
        adopter: Path, tmp_path: Path, event: Event) -> None:
    """Whatever the project's Python, its settings of uv and its modules."""
    jobs = run_workflow(adopter, tmp_path / 'scratch', event)
    logs = '\n'.join(job.log for job in jobs.values())
    assert {name: job.result for name, job in jobs.items()} == dict.fromkeys(
        ['plan', 'cell lint', f'cell tests-{PYTHON}', 'coverage', 'gate'],
        'success'), logs
    assert '3 cells, 0 failed' in jobs['coverage'].summary
    looked = jobs['cell lint'].steps.get('Look for an earlier pass')
    assert (looked == 'success') == (event == PUSH)
