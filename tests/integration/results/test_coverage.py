"""Coverage of several cells, combined by the real coverage."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.matrix.interpreters import PLATFORM
from tests.support.project import Project

core = pytest.mark.core
OTHER = 'windows' if PLATFORM != 'windows' else 'macos'
NOXFILE = f"""
import nox

PLATFORMS = ['{PLATFORM}', '{OTHER}']


@nox.session(python=False, tags=['ci'])
@nox.parametrize('platform', PLATFORMS, ids=PLATFORMS)
def tests(session, platform):
    pass


@nox.session(python=False, tags=['ci'])
def coverage(session):
    pass
"""
CODE = f"""
import sys

if sys.argv[1] == '{OTHER}':
    print()  # only on {OTHER}
"""
SETTINGS = ('[run]\nrelative_files = true\n[report]\n'
            'exclude_also = only on (${AUTODEVELOP_ABSENT_PLATFORMS-none})\n')
GATE = ['coverage', '--', '--fail-under=100']
HERE, THERE = f'tests({PLATFORM})', f'tests({OTHER})'
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def measured(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project with the data of this platform's cell."""
    monkeypatch.setenv('AUTODEVELOP_PLATFORMS', '')
    monkeypatch.delenv('COVERAGE_FILE', raising=False)
    project.stage('noxfile.py', NOXFILE)
    project.stage('code.py', CODE)
    project.stage('.coveragerc', SETTINGS)
    project.stage('pyproject.toml', 'tool.autodevelop.coverage = "coverage"\n')
    for name in project.git('ls-files').splitlines():
        os.utime(name, (1, 1))
    measure(PLATFORM)


def measure(platform: str, argument: str = '') -> None:
    """Run the code as the cell of a platform would."""
    folder = Path('results', f'tests-{platform}')
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, '-m', 'coverage', 'run', 'code.py',
                    argument or platform], check=True,
                   env=os.environ | {'COVERAGE_FILE':
                                     str(folder / 'coverage.data')})


def everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('AUTODEVELOP_PLATFORMS', 'all')


def test_lines_of_a_platform_that_has_no_part_do_not_count() -> None:
    assert main(GATE) == 0


def test_lines_of_a_platform_that_has_a_part_count(
        monkeypatch: pytest.MonkeyPatch) -> None:
    everywhere(monkeypatch)
    measure(OTHER)
    assert main(GATE) == 0
    assert Path('.autodevelop/coverage/coverage.xml').is_file()
    measure(OTHER, 'not there')
    assert main(GATE) == 1


def test_a_session_of_no_platform_measures_beside_others(
        project: Project, capfd: Capture) -> None:
    """It runs here: lines of other platforms still do not count."""
    project.stage('pyproject.toml',
                  "[tool.autodevelop]\ntests = ['tests', 'more']\n")
    project.stage('noxfile.py', f'{NOXFILE}\n\n@nox.session(python=False, '
                  'tags=["ci"])\ndef more(session):\n    pass\n')
    for name in ('pyproject.toml', 'noxfile.py'):
        os.utime(name, (1, 1))
    assert main(GATE) == 1
    assert 'no up-to-date coverage data from more' in capfd.readouterr().err
    Path('results/more').mkdir()
    shutil.copy(f'results/tests-{PLATFORM}/coverage.data', 'results/more')
    assert main(GATE) == 0


def test_a_cell_of_the_run_without_data_fails_it_by_name(
        monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    everywhere(monkeypatch)
    assert main(GATE) == 1
    said = capfd.readouterr().err
    assert THERE in said
    assert HERE not in said


def test_data_of_other_sources_are_none(
        capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    os.utime('code.py')
    assert main(GATE) == 1
    assert f'no up-to-date coverage data from {HERE}' in (
        capfd.readouterr().err)
    measure(PLATFORM)
    assert main(GATE) == 0


def test_broken_data_fail(capfd: Capture) -> None:
    path = Path(f'results/tests-{PLATFORM}/coverage.data')
    path.write_text('nothing')
    assert main(GATE) == 1


@core
def test_a_plan_without_such_cells_is_an_error(
        project: Project, capfd: Capture) -> None:
    project.stage('noxfile.py', NOXFILE.replace('def tests', 'def other'))
    assert main(GATE) == 1
    assert 'no cell of tests in the stage ci can run here' in (
        capfd.readouterr().err)


def test_cells_of_no_platform_measure_all_of_them(project: Project) -> None:
    project.stage('noxfile.py', NOXFILE.replace(
        "@nox.parametrize('platform', PLATFORMS, ids=PLATFORMS)\n"
        'def tests(session, platform)', 'def tests(session)').replace(
        'def coverage', 'def combination'))
    project.stage('pyproject.toml', '')
    for name in ('noxfile.py', 'pyproject.toml'):
        os.utime(name, (1, 1))
    Path(f'results/tests-{PLATFORM}').rename('results/tests')
    assert main(GATE) == 1
    assert not Path('.autodevelop/combination').exists()
