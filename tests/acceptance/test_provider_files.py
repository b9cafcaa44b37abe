"""What five providers' files are, for this project and for a hostile one."""
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from autodevelop.ci import PROVIDERS

from .act import clean_environment, program
from .conftest import ROOT, git
from .hostile import make_hostile
from .providers import autodevelop, load

CHILD = 'cells.yml'
PATHS = {name: each.PATH for name, each in PROVIDERS.items()}
SCHEMA = ['check-jsonschema', '--builtin-schema']
CHECKS = {
    'github': (PATHS['github'], [*SCHEMA, 'vendor.github-workflows']),
    'zizmor': (PATHS['github'], ['zizmor', '--offline', '--no-progress']),
    # What else it would start if it were installed is not locked.
    'actionlint': (PATHS['github'], ['actionlint', '-no-color', '-oneline',
                                     '-shellcheck=', '-pyflakes=']),
    'travis': (PATHS['travis'], [*SCHEMA, 'vendor.travis']),
    'circleci': (PATHS['circleci'], [*SCHEMA, 'vendor.circle-ci']),
    'gitlab': (PATHS['gitlab'], [*SCHEMA, 'vendor.gitlab-ci']),
    # References are a tag of GitLab's own, unknown to YAML.
    'child': (CHILD, [*SCHEMA, 'vendor.gitlab-ci', '--data-transform',
                      'gitlab-ci']),
}
SPOILED = {
    'github': ('timeout-minutes: 10', 'timeout-minutes: soon'),
    'zizmor': ('run: test "$PASSED" = true',
               'run: test "${{ github.head_ref }}" = true'),
    'actionlint': ('needs.plan.outputs.matrix', 'needs.plan.outputs.rows'),
    'travis': ('os: linux', 'os: plan9'),
    'circleci': ('version: 2.1', 'version: soon'),
    'gitlab': ('strategy: depend', 'strategy: hope'),
    'child': ('when: always', 'when: perhaps'),
}
"""For each check, a text and what to put there for it to fail."""

DOCUMENTED = {
    'version', 'branches', 'image', 'init', 'clone_depth', 'environment',
    'install', 'cache', 'matrix', 'build', 'build_script', 'test',
    'test_script', 'artifacts', 'deploy', 'on_success', 'on_failure',
    'on_finish', 'max_jobs', 'skip_tags', 'for'}
"""Keys of appveyor.yml; there is no schema beside the prose."""

YOURS = {
    ('appveyor', 'steps before each cell'): '  - cmd: echo yours',
    ('appveyor', 'settings'): 'max_jobs: 2',
    ('circleci', 'steps before each cell'): '      - run: echo yours',
    ('circleci', 'jobs'): '  own:\n    executor: linux\n    steps: [checkout]',
    ('circleci', 'jobs of the workflow'): '      - own',
    ('github', 'triggers'): "  schedule: [{cron: '0 4 * * 1'}]",
    ('github', 'steps before each cell'): '      - run: echo gr\xf6\xdfe',
    ('github', 'jobs'): '  own:\n    runs-on: ubuntu-latest\n'
                        '    steps: [{run: echo yours}]',
    ('gitlab', 'jobs'): 'own:\n  script: [echo yours]',
    ('travis', 'steps before each cell'): '  - echo yours',
    ('circleci', 'variables of each cell'): '      YOURS: echo yours',
    ('github', 'keys of the job of each cell'):
        '    services: {redis: {image: redis}}',
    ('github', 'variables of each cell'): '      YOURS: echo yours',
    ('travis', 'settings'): 'git:\n  depth: 3',
}
"""For each region of each provider, what somebody may put there."""

DRIFT = {
    'a Python more': ('noxfile.py', "['3.15'", "['3.16', '3.15'", '3.16'),
    'a platform less': ('noxfile.py', "'linux', 'macos', 'windows'",
                        "'linux', 'windows'", 'macos'),
    'another name': ('noxfile.py', 'def types(', 'def type_check(',
                     'type_check'),
    'another bound': ('setup.cfg', 'python_requires = >=3.11',
                      'python_requires = >=3.9', 'python_requires'),
    'an edit': ('.appveyor.yml', 'Visual Studio 2022', 'Visual Studio 2019',
                'Visual Studio 2019'),
}


def copy_repository(folder: Path) -> Path:
    """Copy this repository as it stands."""
    listed = git(ROOT, 'ls-files', '-z', '--cached', '--others',
                 '--exclude-standard')
    for name in filter(None, listed.split('\0')):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    return folder


def replace(path: Path, old: str, new: str) -> None:
    """Replace a text that is there, and let LF be LF."""
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())


def render(project: Path, *providers: str) -> Path:
    """Write the files of these, or of all; and GitLab's child pipeline."""
    autodevelop(project, 'ci', *(providers or PROVIDERS))
    child = autodevelop(project, 'plan', '--gitlab').stdout
    (project / CHILD).write_bytes(child.encode())
    return project


@pytest.fixture(scope='module')
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """This project, one that deploys, and one that means harm."""
    folder = tmp_path_factory.mktemp('projects')
    deploying = copy_repository(folder / 'deploying')
    replace(deploying / 'pyproject.toml', '[tool.autodevelop]',
            '[tool.autodevelop]\nenvironments = ["production", "staging"]')
    own = copy_repository(folder / 'own')
    hostile = make_hostile(folder / 'hostile')
    on_windows = make_hostile(folder / 'on windows', ['linux', 'windows'])
    # AppVeyor has nothing to run of a project without cells of Windows.
    render(hostile, *(set(PROVIDERS) - {'appveyor'}))
    return {'own': render(own), 'deploying': render(deploying),
            'hostile': hostile, 'on windows': render(on_windows)}


def run_check(check: str, *paths: Path) -> tuple[int, str]:
    tool, *arguments = CHECKS[check][1]
    done = subprocess.run(
        [program(tool), *arguments, *map(str, paths)], cwd=paths[0].anchor,
        env=clean_environment(), capture_output=True, text=True,
        encoding='utf-8')
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize('check', CHECKS)
def test_rendered_files_are_clean(
        projects: dict[str, Path], check: str) -> None:
    status, output = run_check(check, *(
        project / CHECKS[check][0] for project in projects.values()))
    assert status == 0, output


@pytest.mark.parametrize('check', CHECKS)
@pytest.mark.parametrize('project', ['own', 'hostile'])
def test_a_spoiled_copy_is_refused(
        projects: dict[str, Path], tmp_path: Path, project: str,
        check: str) -> None:
    name = CHECKS[check][0]
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((projects[project] / name).read_bytes())
    replace(path, *SPOILED[check])
    status, output = run_check(check, path)
    assert status != 0
    assert path.name in output


def test_jobs_that_deploy_are_there_where_they_are_asked_for(
        projects: dict[str, Path]) -> None:
    for paths in ([PATHS['github']], [PATHS['gitlab'], CHILD]):
        texts = {each: ''.join((project / path).read_text('utf-8')
                               for path in paths)
                 for each, project in projects.items()}
        for environment in ('production', 'staging'):
            assert f'\n  environment: {environment}\n' in texts[
                'deploying'].replace('\n    ', '\n  ')
            assert environment not in texts['own']


def faults_for_appveyor(file: Any) -> list[str]:
    """What AppVeyor does not document of a file."""
    faults = sorted(set(file) - DOCUMENTED)
    faults += set(file['environment']) - {'matrix'}
    for row in file['environment']['matrix']:
        faults += {'job_name', 'AUTODEVELOP_CELLS'} ^ set(row)
        faults += [str(value) for value in row.values()
                   if not isinstance(value, str)]
    for step in file['install'] + file['test_script']:
        if not isinstance(step, str) and set(step) - {'cmd', 'ps', 'sh'}:
            faults.append(str(step))
    return faults


@pytest.mark.parametrize('project', ['own', 'on windows'])
def test_appveyor_has_documented_keys_alone(
        projects: dict[str, Path], project: str) -> None:
    file = load((projects[project] / PATHS['appveyor']).read_text('utf-8'))
    assert file['build'] is False
    assert not faults_for_appveyor(file)
    file['environment']['matrix'][0]['name'] = 'x'
    assert faults_for_appveyor({**file, 'script': []}) == ['script', 'name']


@pytest.mark.parametrize('project', ['own', 'deploying', 'hostile'])
@pytest.mark.parametrize('path', [
    PATHS['circleci'], PATHS['gitlab'], PATHS['travis'], CHILD])
def test_no_python_is_named_that_the_noxfile_does_not_name(
        projects: dict[str, Path], project: str, path: str) -> None:
    # What autodevelop itself runs on is not of the noxfile.
    versions = re.compile(r'(?<!>=)\b3\.\d+\b')
    text = (projects[project] / path).read_text(encoding='utf-8')
    noxfile = (projects[project] / 'noxfile.py').read_text(encoding='utf-8')
    found = set(versions.findall(re.sub(r'(?m)#.*$|[0-9a-f]{40}', '', text)))
    assert found <= set(versions.findall(noxfile))


def test_no_cell_is_a_keyword_of_gitlab(projects: dict[str, Path]) -> None:
    child = load((projects['hostile'] / CHILD).read_text(encoding='utf-8'))
    assert {'cell pages', 'cell .hidden'} < set(child)
    assert not {'pages', '.hidden'} & set(child)


def test_each_region_is_tried() -> None:
    marks = {(path.parent.name, mark)
             for path in ROOT.glob('autodevelop/ci/*/*.jinja')
             for mark in re.findall('# yours: (.+)', path.read_text('utf-8'))}
    assert marks == set(YOURS)


@pytest.mark.parametrize('name', PROVIDERS)
def test_what_people_put_between_the_marks_stays(
        projects: dict[str, Path], name: str) -> None:
    project, path = projects['own'], projects['own'] / PATHS[name]
    before = path.read_bytes()
    assert b'\r' not in before
    for (each, mark), text in YOURS.items():
        if each == name:
            replace(path, f'# yours: {mark}\n', f'# yours: {mark}\n{text}\n')
    # On Travis CI a setting of one's own replaces the rendered one.
    autodevelop(project, 'ci', name)
    edited = path.read_bytes()
    assert all(f'{text}\n'.encode() in edited
               for (each, _), text in YOURS.items() if each == name)
    assert autodevelop(project, 'ci', '--check', name).stdout == ''
    if name == 'appveyor':
        assert not faults_for_appveyor(load(edited.decode()))
    else:
        status, output = run_check(name, path)
        assert status == 0, output
    replace(path, '# Edit it only', '# Edit it')
    assert '# Edit it between' in autodevelop(project, 'ci', '--check', name,
                                              status=1).stdout
    autodevelop(project, 'ci', name)
    assert path.read_bytes() == edited


@pytest.fixture(scope='module')
def drifting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = copy_repository(tmp_path_factory.mktemp('drift') / 'project')
    autodevelop(project, 'ci', '--check')
    return project


@pytest.mark.parametrize('cause', DRIFT)
def test_drift_is_shown_until_the_files_are_rendered(
        drifting: Path, cause: str) -> None:
    name, old, new, words = DRIFT[cause]
    path = drifting / name
    files = {each: (drifting / each).read_bytes() for each in [
        name, 'setup.cfg', 'codecov.yml', PATHS['github'], PATHS['appveyor']]}
    replace(path, old, new)
    shown = autodevelop(drifting, 'ci', '--check', status=1).stdout
    changed = [line for line in shown.splitlines()
               if re.match(r'[+-](?![+-])', line)]
    assert any(words in line for line in changed), shown
    autodevelop(drifting, 'ci')
    assert autodevelop(drifting, 'ci', '--check').stdout == ''
    undone = path.read_bytes() == files[name]
    assert undone == (name != 'noxfile.py')
    for each, content in files.items():
        (drifting / each).write_bytes(content)
