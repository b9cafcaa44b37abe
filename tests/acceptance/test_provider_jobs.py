"""The jobs of AppVeyor, CircleCI, GitLab and Travis CI, run by bash.

AppVeyor's machines are Windows. Its cells are renamed to this platform here,
and ``py`` is a script: the plumbing alone is proved of it.
"""
import json
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autodevelop.matrix.interpreters import PLATFORM

from .act import WORKFLOW
from .conftest import FILES, make_project
from .hostile import COVERAGE, NAMES, make_hostile
from .providers import (
    VARIABLE, Job, Machines, Ran, appveyor, autodevelop, circleci,
    gitlab_child, gitlab_plan, load, travis,
)

ON_WINDOWS = FILES['noxfile.py'].replace('[HERE])', "[HERE, 'windows'])")
PY = '#!/bin/sh\nshift\nexec {} "$@"\n'
EXPANDED = re.compile(r'[$%`!]|<<|\{\{')
"""What some provider replaces in a variable, which bash here does not."""

BROKEN = 'raise SystemExit("fault")\n'

Run = Callable[..., dict[str, Ran]]
MachinesOf = Callable[[str, Path, Path], Machines]


@pytest.fixture(scope='module')
def machines_of(tmp_path_factory: pytest.TempPathFactory) -> MachinesOf:
    """Machines with what those of a provider have."""
    python = tmp_path_factory.mktemp('appveyor') / 'python'

    def make(provider: str, project: Path, folder: Path) -> Machines:
        # Travis CI's have no uv: it is what is installed first.
        machines = Machines(project, folder, ['uv'] * (
            provider not in ('appveyor', 'travis')))
        if provider == 'appveyor':
            status, log = machines.shells(folder, [
                f'test -e {python} || python3 -m venv {python}'], {})
            assert status == 0, log
            launcher = folder / 'bin' / 'py'
            launcher.write_text(PY.format(python / 'bin' / 'python'))
            launcher.chmod(0o755)
        return machines

    return make


@pytest.fixture
def run_all(tmp_path: Path, here: list[str], machines_of: MachinesOf) -> Run:
    """Run the jobs that a provider has of a small project, by their names.

    only: the start of the names of those that run.
    """
    def run(provider: str, pythons: Sequence[str] = here,
            silent: Sequence[str] = (), only: str = '',
            **files: str) -> dict[str, Ran]:
        named = {f'{name}.py': text for name, text in files.items()}
        if provider == 'appveyor':
            named['noxfile.py'] = ON_WINDOWS
        project = make_project(tmp_path / 'project', pythons, silent,
                               named)
        machines = machines_of(provider, project, tmp_path / 'machines')
        jobs = jobs_of(provider, project, machines)
        return dict(machines.run([job for job in jobs
                                  if job.name.startswith(only)]))

    return run


def jobs_of(provider: str, project: Path, machines: Machines) -> list[Job]:
    """The jobs, where this platform takes the place of AppVeyor's."""
    if provider == 'gitlab':
        plan, child = gitlab_plan(project)
        (_, ran), = machines.run([plan])
        assert ran.status == 0, ran.log
        assert child in plan.keeps
        return gitlab_child((ran.clone / child).read_text('utf-8'))
    if provider == 'appveyor':
        return [job._replace(variables={VARIABLE: job.variables[
            VARIABLE].replace('(windows)', f'({PLATFORM})')})
            for job in appveyor(project)]
    return {'circleci': circleci, 'github': github, 'travis': travis}[
        provider](project)


def github(project: Path) -> list[Job]:
    """The rows of the matrix, and the job that combines."""
    autodevelop(project, 'ci', 'github')
    workflow = load((project / WORKFLOW).read_text(encoding='utf-8'))['jobs']
    scripts = {step.get('name'): step.get('run')
               for step in workflow['cell']['steps']}
    planned = autodevelop(project, 'plan', '--github').stdout
    rows = json.loads(planned.removeprefix('matrix='))['include']
    cells = [row['cells'] for row in rows]
    cells += [step['env'][VARIABLE] for step in workflow['coverage']['steps']
              if VARIABLE in step.get('env', {})]
    return [Job('', {VARIABLE: each}, [scripts['Install autodevelop']],
                [scripts['Run the cell']]) for each in cells]


def statuses(ran: dict[str, Ran]) -> dict[str, int]:
    return {name: each.status for name, each in ran.items()}


def logs(ran: dict[str, Ran]) -> str:
    return '\n'.join(f'{name}:\n{each.log}' for name, each in ran.items())


@pytest.mark.parametrize('provider', ['circleci', 'gitlab'])
def test_cells_pass_and_the_last_job_combines_what_they_handed_on(
        run_all: Run, here: list[str], provider: str) -> None:
    ran = run_all(provider, here[:1])
    cells = [f'tests-{here[0]}({PLATFORM})']
    assert statuses(ran) == dict.fromkeys(['lint', *cells, 'coverage'], 0), (
        logs(ran))
    page = ran['coverage'].clone / '.autodevelop' / 'report.md'
    # Its own result is there, and those that came from other clones.
    assert page.read_text(encoding='utf-8').startswith(
        '## 3 cells, 0 failed\n')
    assert '100%' in ran['coverage'].log


def test_cells_pass_on_travis_where_none_combines(
        run_all: Run, here: list[str]) -> None:
    ran = run_all('travis', here[:1])
    assert statuses(ran) == dict.fromkeys(
        ['lint', f'tests-{here[0]}({PLATFORM})'], 0), logs(ran)


def test_cells_of_windows_pass_on_appveyor(
        run_all: Run, here: list[str]) -> None:
    ran = run_all('appveyor', here[:1])
    assert statuses(ran) == {f'tests-{here[0]}(windows)': 0}, logs(ran)


@pytest.mark.long
@pytest.mark.parametrize('provider', ['circleci', 'gitlab'])
def test_the_last_job_names_the_cell_that_brings_no_coverage(
        run_all: Run, here: list[str], provider: str) -> None:
    ran = run_all(provider, here[:1], silent=here[:1])
    assert {name for name, status in statuses(ran).items() if status} == {
        'coverage'}, logs(ran)
    assert f'from tests-{here[0]}({PLATFORM}): ' in ran['coverage'].log
    # Where coverage fails, people look for what else did.
    assert (ran['coverage'].clone / '.autodevelop' / 'report.md').exists()


@pytest.mark.parametrize('provider', ['circleci', 'gitlab'])
def test_a_cell_that_fails_says_how_to_reproduce_it(
        run_all: Run, provider: str) -> None:
    ran = run_all(provider, only='lint', lint=BROKEN)
    assert ran['lint'].status == 1, logs(ran)
    assert '\nreproduce: nox -s "lint"\n' in ran['lint'].log


@pytest.mark.long
def test_a_cell_that_fails_on_appveyor_says_how_to_reproduce_it(
        run_all: Run, here: list[str]) -> None:
    name = f'tests-{here[0]}'
    ran = run_all('appveyor', only=name, test_small=BROKEN)
    assert statuses(ran) == {f'{name}(windows)': 1}, logs(ran)
    assert f': nox -s "{name}({PLATFORM})"\n' in ran[f'{name}(windows)'].log


@pytest.mark.long
def test_a_step_of_ones_own_runs_before_the_cell_on_travis(
        tmp_path: Path, here: list[str], machines_of: MachinesOf) -> None:
    project = make_project(tmp_path / 'project', here)
    travis(project)
    path = project / '.travis.yml'
    mark = '  # yours: steps before each cell\n'
    text = path.read_text(encoding='utf-8')
    path.write_text(text.replace(
        mark, f'{mark}  - echo "raise SystemExit(7)" > lint.py\n'), 'utf-8')
    autodevelop(project, 'ci', 'travis')
    machines = machines_of('travis', project, tmp_path / 'machines')
    (_, ran), = machines.run(travis(project)[:1])
    assert ran.status == 1
    assert '\nreproduce: nox -s "lint"\n' in ran.log


@pytest.mark.long
@pytest.mark.parametrize('provider', [
    'appveyor', 'circleci', 'github', 'gitlab', 'travis'])
@pytest.mark.usefixtures('here')
def test_a_name_runs_its_session_once_and_nothing_else(
        tmp_path: Path, machines_of: MachinesOf, provider: str) -> None:
    """The set-up is the same for all jobs, which hence share one folder."""
    windows = [PLATFORM, 'windows'] * (provider == 'appveyor')
    project = make_hostile(tmp_path / 'project', windows)
    machines = machines_of(provider, project, tmp_path / 'machines')
    jobs = jobs_of(provider, project, machines)
    assert not any(EXPANDED.search(value) for job in jobs
                   for value in job.variables.values())
    marks = tmp_path / 'marks'
    status, log = machines.shells(project, ['\n'.join(jobs[0].set_up)], {})
    assert status == 0, log

    def run(job: Job) -> tuple[int, str]:
        return machines.shells(project, [
            'PATH="$HOME/uv/bin:$PATH"\n' + '\n'.join(job.script)], {
            **job.variables, 'MARKS': str(marks)})

    with ThreadPoolExecutor(2) as pool:
        for status, log in pool.map(run, jobs):
            assert status == 0, log
    ran = [json.loads(line) for line in marks.read_text().splitlines()]
    # Nothing combines on Travis CI; on AppVeyor nothing but windows' cells.
    assert sorted(ran) == sorted(
        name for name in NAMES
        if name != COVERAGE or provider != 'travis')
    assert not list(tmp_path.rglob('executed'))
