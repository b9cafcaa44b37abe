"""What a CI job installs, and on which branches it runs."""
import subprocess
from pathlib import Path
from typing import Any

import pytest

from autodevelop import __version__
from autodevelop.ci import tool
from autodevelop.ci.branches import find_branches
from autodevelop.ci.doubts import doubts
from autodevelop.ci.tool import find_tool, why_not_elsewhere
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from tests.support.project import NO_CONFIG, Project

OLD = '  uv pip install "autodevelop[report]==0.1"\n'
GIT = {'url': 'https://example.org/a.git',
       'vcs_info': {'vcs': 'git', 'commit_id': 'abc'}}
FOLDER = {'url': 'file:///src', 'dir_info': {}}


@pytest.mark.parametrize(('record', 'present', 'keep', 'found'), [
    (GIT, '', True, 'git+https://example.org/a.git@abc'),
    (GIT, OLD, False, 'git+https://example.org/a.git@abc'),
    (GIT, OLD, True, '0.1'),
    (GIT, '"autodevelop[report] @ https://a/b.whl"', True, 'https://a/b.whl'),
    ({}, OLD, False, __version__), (None, '', True, __version__),
    (None, OLD, False, '0.1'), (FOLDER, OLD, False, '0.1'),
    (FOLDER, '', False, 'file:///src')])
def test_it_comes_from_where_this_one_was_installed(
        monkeypatch: pytest.MonkeyPatch, record: dict[str, Any] | None,
        present: str, keep: bool, found: str) -> None:
    monkeypatch.setattr(tool, 'read_record', lambda: record)
    assert find_tool(Settings(), present, keep) == found


def test_the_settings_say_where_it_comes_from() -> None:
    assert find_tool(Settings(tool='2.0'), OLD) == '2.0'
    assert find_tool(Settings(requirements='lock.txt'), OLD) == ''


def test_a_folder_of_this_machine_is_not_elsewhere() -> None:
    assert why_not_elsewhere('file:///src')
    assert why_not_elsewhere('git+file:///src@c0ffee')
    assert not why_not_elsewhere('1.0')


def test_the_branch_is_that_of_the_remote(
        tmp_path: Path, project: Project) -> None:
    """Without one that is known it is what the file says, or the only one."""
    def found(present: str = '') -> tuple[str, ...]:
        return find_branches(Settings(), present)

    assert found() == ('main',)
    project.commit()
    project.git('branch', '--move', 'trunk')
    assert found() == ('trunk',)
    project.git('branch', 'other')
    assert found() == ('main',)
    assert found('# On the branches: ["a", "b"]\n') == ('a', 'b')
    subprocess.run(['git', 'clone', '-q', project.folder, tmp_path / 'clone'],
                   check=True)
    project.git('remote', 'add', 'origin', str(tmp_path / 'clone'))
    project.git('fetch', '-q')
    project.git('remote', 'set-head', 'origin', 'trunk')
    assert found('# On the branches: ["a"]\n') == ('trunk',)
    assert find_branches(Settings(branches=('x', 'y')), '') == ('x', 'y')


def test_without_a_repository_the_branch_is_main(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in NO_CONFIG.items():
        monkeypatch.setenv(name, value)
    assert find_branches(Settings(), '') == ('main',)


def cell(name: str, stages: tuple[str, ...] = ('ci',),
         default: bool = True) -> Cell:
    return Cell(name, name, '', None, None, stages, default, None, name)


def test_chores_and_sessions_of_no_stage_are_named() -> None:
    cells = [cell('tests'), cell('docs-serve'), cell('update-pins'),
             cell('bench', (), default=False)]
    assert [each.line() for each in doubts(cells, Settings())] == [
        'sessions without a stage: bench; to run one of them in CI, tag it '
        'with ci or name it in [tool.autodevelop.stages]',
        'CI runs docs-serve, update-pins because a plain nox does; to '
        'leave them out: [tool.autodevelop.stages] ci = ["tests"]']


def test_cells_of_no_stage_are_counted_where_others_have_one() -> None:
    old = cell('tests', ())._replace(session='tests-3.9', python='3.9')
    finding, = doubts([cell('tests'), old], Settings())
    assert finding.line().startswith(
        'sessions without a stage: tests (1 of 2 cells); ')


def test_a_session_that_seems_to_combine_coverage_is_named() -> None:
    cells = [cell('tests'), cell('coverage')]
    assert [each.line() for each in doubts(cells, Settings())] == [
        'CI runs coverage beside the other sessions; if it combines their '
        'coverage data, run it after them: [tool.autodevelop] coverage = '
        '"coverage"']
    assert [*doubts(cells, Settings(coverage='coverage'))] == []


def test_coverage_that_ci_does_not_combine_is_named() -> None:
    cells = [cell('tests'), cell('coverage', ('pre-push',))]
    settings = Settings(coverage='coverage', stages={'ci': ('tests',)})
    assert [each.line() for each in doubts(cells, settings)] == [
        'CI does not run coverage, which combines coverage by the settings; '
        'tag it with ci or name it in [tool.autodevelop.stages] ci']


def test_chores_are_named_beside_a_session_that_combines_coverage() -> None:
    cells = [cell('serve'), cell('coverage', default=False)]
    assert len([*doubts(cells, Settings(coverage='coverage'))]) == 1


@pytest.mark.parametrize(('cells', 'settings'), [
    ([cell('publish')], Settings(stages={'ci': ('publish',)})),
    ([cell('publish', ('ci', 'deploy'))], Settings()),
    ([cell('tests'), cell('liveness')], Settings())])
def test_what_people_chose_is_in_no_doubt(
        cells: list[Cell], settings: Settings) -> None:
    assert [*doubts(cells, settings)] == []
