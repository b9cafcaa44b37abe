"""What each look finds in a project, and that it finds nothing otherwise."""
import shutil
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from autodevelop.ci import github
from autodevelop.doctor import clone, sessions, workflows
from autodevelop.doctor.project import Project
from autodevelop.errors import Finding
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.matrix.tables import Checkout, Deploy
from autodevelop.system.git import find_repository
from tests.support import project as support

pytestmark = pytest.mark.once

Make = Callable[..., Project]
TESTS = Cell('tests', 'tests', '', None, None,
             ('pre-commit', 'pre-push', 'ci'), True, None, 'tests')


@pytest.fixture
def make(project: support.Project, tmp_path: Path,
         monkeypatch: pytest.MonkeyPatch) -> Make:
    """Make a project of cells and settings, with the noxfile of the tests."""
    monkeypatch.setenv('AUTODEVELOP_CACHE', str(tmp_path / 'cache'))

    def made(*cells: Cell, **settings: Any) -> Project:
        return Project(find_repository(), project.folder, project.folder,
                       Settings()._replace(**settings), cells or (TESTS,))

    return made


def problems(found: Iterable[Finding]) -> list[str]:
    return [finding.problem for finding in found]


def test_pythons_that_are_not_here(
        make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [*sessions.pythons(make(TESTS._replace(missing='windows')))]
    monkeypatch.setattr(shutil, 'which', lambda name: name)
    cells = [TESTS._replace(missing=f'Python {name}')
             for name in ('3.98', '3.99t', '3.98')]
    finding, = sessions.pythons(make(*cells, TESTS))
    assert finding.problem == ('no Python 3.98, 3.99t on this machine: its '
                               'cells run in CI only')
    assert finding.remedy == 'run: uv python install 3.98 3.99t'
    monkeypatch.setattr(shutil, 'which', lambda name: None)
    finding, = sessions.pythons(make(*cells))
    assert finding.remedy.endswith(' -m uv python install 3.98 3.99t')
    finding, = sessions.pythons(make(TESTS._replace(missing='Python >=3.98')))
    assert finding.remedy == 'install it, or leave it to CI'


def test_pythons_that_are_too_old_for_virtualenv(
        make: Make, project: support.Project) -> None:
    old = TESTS._replace(python='3.8')
    assert problems(sessions.old_pythons(make(TESTS, old))) == [
        'virtualenv cannot create an environment for Python 3.8']
    assert not [*sessions.old_pythons(make(TESTS._replace(python='3.10')))]
    project.write('noxfile.py', "default_venv_backend = 'uv|virtualenv'\n")
    assert not [*sessions.old_pythons(make(old))]


def test_backends_that_are_not_here(
        make: Make, project: support.Project,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, 'which', lambda name: None)
    project.write('noxfile.py', """
        nox.options.default_venv_backend = 'uv|virtualenv'
        venv_backend="none", venv_backend='mamba|conda'
    """)
    found, = sessions.backends(make())
    assert found == Finding(
        'the noxfile creates environments with mamba or conda, which is '
        'not installed',
        'install mamba and put it on PATH', True)


def test_stages_that_run_nothing(make: Make) -> None:
    assert not [*sessions.stages(make())]
    found = [*sessions.stages(make(TESTS._replace(
        stages=('pre-push',), missing='macos')))]
    assert [(each.problem, each.wrong) for each in found] == [
        ('the stage pre-commit has no session', False),
        ('no session of the stage pre-push can run here: they need macos',
         False),
        ('the stage ci has no session', True)]


def test_what_ci_should_do_differently(make: Make) -> None:
    cells = [TESTS._replace(name=name, stages=stages) for name, stages in (
        ('bench', ()), ('unit_tests', ()), ('coverage', ('ci',)))]
    assert problems(sessions.doubtful(make(*cells))) == [
        'sessions without a stage: unit_tests',
        'CI runs coverage beside the other sessions']
    assert not [*sessions.doubtful(make(cells[0]))]


def test_names_of_files_that_no_session_takes(
        make: Make, project: support.Project) -> None:
    files = {'lint': ('*.py',)}
    assert not [*sessions.file_names(make(files=files))]
    project.write('noxfile.py', '')
    assert not [*sessions.file_names(make())]
    assert problems(sessions.file_names(make(files=files))) == [
        'lint gets the names of committed files, but the noxfile uses no '
        'session.posargs']


def test_ci_files_that_are_out_of_date_or_left(
        make: Make, project: support.Project) -> None:
    assert not [*workflows.drift(make(TESTS._replace(stages=())))]
    text = github.render([TESTS], make().settings, '')
    project.write('.github/workflows/ci.yml', text + '# more\n')
    project.write('.github/workflows/old.yml', text)
    project.write('.github/workflows/ci-sub.yml', text.replace(
        'from noxfile.py', 'from sub/noxfile.py'))
    assert [(each.problem, each.remedy, each.wrong)
            for each in workflows.drift(make())] == [
        ('.github/workflows/ci.yml is out of date with noxfile.py',
         'run: autodevelop ci', True),
        ('.github/workflows/old.yml was written by autodevelop ci, which now '
         'writes another file', 'run: git rm .github/workflows/old.yml',
         False)]


def test_workflows_of_people(make: Make, project: support.Project) -> None:
    assert not [*workflows.others(make()), *workflows.platforms(make())]
    project.write('.github/workflows/test.yml',
                  'os: [ubuntu-latest, windows-latest]\nrun: nox -s tests\n')
    assert problems(workflows.others(make())) == [
        'these run nox, too: .github/workflows/test.yml']
    finding, = workflows.platforms(make())
    assert finding == Finding(
        'other workflows run on windows, but no cell does',
        'write [tool.autodevelop.platforms] tests = ["linux", "windows"]')


def test_a_branch_that_is_not_the_main_one_of_origin(
        make: Make, project: support.Project) -> None:
    assert not [*workflows.branch(make(branches=('main',)))]
    project.git('symbolic-ref', 'refs/remotes/origin/HEAD',
                'refs/remotes/origin/trunk')
    assert not [*workflows.branch(make())]
    assert not [*workflows.branch(make(branches=('main', 'trunk')))]
    assert not [*workflows.branch(make(branches=('t*',)))]
    assert problems(workflows.branch(make(branches=('main',)))) == [
        'CI runs on main, but the main branch of origin is trunk']


def test_what_a_lock_file_lacks(
        make: Make, project: support.Project) -> None:
    assert not [*workflows.lock(make())]
    given = {'requirements': 'lock.txt'}
    assert problems(workflows.lock(make(**given))) == [
        'CI jobs install lock.txt, which does not exist']
    project.write('lock.txt', 'nox[uv]==1.2\n')
    assert problems(workflows.lock(make(**given))) == [
        'CI jobs run autodevelop, which lock.txt does not list',
        f'CI runs nox 1.2, but this is nox {version("nox")}']
    assert len([*workflows.lock(make(**given, tool='.'))]) == 1
    project.write('lock.txt', f'autodevelop==1\nnox=={version("nox")} \\\n')
    assert not [*workflows.lock(make(**given))]


def test_what_ci_does_not_check_out(
        make: Make, project: support.Project) -> None:
    assert not [*workflows.checkout(make())]
    project.write('.gitmodules', '')
    project.write('.gitattributes', '*.bin filter=lfs\n')
    assert problems(workflows.checkout(make())) == [
        'CI does not check out submodules, but the project has some',
        'CI does not check out lfs, but the project has some']
    everything = Checkout(submodules=True, lfs=True)
    assert not [*workflows.checkout(make(checkout=everything))]


def test_coverage_that_nothing_measures(make: Make) -> None:
    combines = TESTS._replace(name='coverage')
    given = {'coverage': 'coverage'}
    assert not [*workflows.coverage(make(TESTS, combines, **given))]
    assert not [*workflows.coverage(make(TESTS, **given, tests=('unit',)))]
    assert problems(workflows.coverage(make(combines, **given))) == [
        'coverage combines the coverage of tests, which CI does not run']


def test_messages_that_the_rules_refuse(
        make: Make, project: support.Project) -> None:
    strict = {'subject_length': 5}
    assert not [*clone.messages(make(**strict))]
    project.commit()
    project.commit('--amend', '-m', 'short')
    assert not [*clone.messages(make())]
    assert problems(clone.messages(make(**strict))) == [
        'the rules for messages refuse 1 of the last 1 commits']


def test_files_that_git_should_and_should_not_ignore(
        make: Make, project: support.Project) -> None:
    assert not [*clone.ignored(make())]
    project.write('.nox/x', '')
    project.stage('htmlcov/x', '')
    project.write('results/x', '')
    project.write('.gitignore', 'results/\n*.txt\n')
    project.write('lock.txt', '')
    project.write('server.txt', '')
    project.git('add', '--force', 'server.txt')
    assert [(each.problem, each.remedy) for each in clone.ignored(make(
        requirements='lock.txt',
        deploy=Deploy(requirements='server.txt')))] == [
        ('git does not ignore .nox', 'run: echo .nox >> .gitignore'),
        ('htmlcov is generated by tools, but committed',
         'run: git rm -r --cached htmlcov'),
        ('git ignores lock.txt: neither a room nor a CI job has it',
         'run: git add --force lock.txt')]


def test_submodules_without_files(
        make: Make, project: support.Project) -> None:
    assert not [*clone.submodules(make())]
    project.write('.gitmodules', '[submodule "a"]\n\tpath = a\n')
    some = project.git('rev-parse', ':noxfile.py').strip()
    project.git('update-index', '--add', '--cacheinfo', f'160000,{some},a')
    assert problems(clone.submodules(make())) == [
        'submodules without files: a']


def test_rooms_that_are_large_or_left(
        make: Make, project: support.Project, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [*clone.rooms(make())]
    record = tmp_path / 'cache/x/repository'
    record.parent.mkdir(parents=True)
    record.write_text(str(tmp_path / 'gone'))
    monkeypatch.setattr(clone, 'LARGE', -1)
    assert problems(clone.rooms(make())) == [
        'rooms of repositories that are gone: 1',
        'the rooms of this repository take 0.0 GB']
