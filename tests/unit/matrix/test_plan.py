"""Sessions to cells: stages, platforms, what is missing, and slugs."""
import pytest

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.manifest import Session
from autodevelop.matrix.plan import (
    Cell, find_skipped, make_plan, of_stage, read_plan,
)
from autodevelop.matrix.settings import Settings
from tests.conftest import Write


def session(name: str, python: str | None = None,
            tags: tuple[str, ...] = (), default: bool = True,
            parameters: dict[str, str] | None = None) -> Session:
    return Session(name, name.partition('-')[0], '', python, tags,
                   parameters or {}, default)


def plan(*sessions: Session, settings: Settings = Settings(),
         here: str = 'linux', absent: tuple[str, ...] = ()) -> list[Cell]:
    return make_plan(sessions, settings, here, absent)


def test_a_cell_is_what_nox_runs_and_where() -> None:
    cell, = plan(session('tests-3.13(linux)', '3.13', ('ci', 'slow'),
                         parameters={'platform': 'linux'}))
    assert cell == Cell('tests-3.13(linux)', 'tests', '', '3.13', 'linux',
                        ('ci',), True, None, 'tests-3.13-linux')


def test_tags_are_stages_in_their_order() -> None:
    lint, other = plan(session('lint', tags=('ci', 'fast', 'pre-commit')),
                       session('other', tags=('fast',)))
    assert lint.stages == ('pre-commit', 'ci')
    assert other.stages == ()


def test_without_stage_tags_ci_is_what_nox_runs_by_default() -> None:
    lint, bench = plan(session('lint', tags=('fast',)),
                       session('bench', default=False))
    assert (lint.stages, bench.stages) == (('ci',), ())


def test_the_session_that_settings_have_combine_coverage_is_of_ci() -> None:
    cells = plan(session('tests'), session('coverage', default=False),
                 settings=Settings(coverage='coverage'))
    assert [cell.stages for cell in cells] == [('ci',), ('ci',)]


def test_settings_name_stages_for_a_noxfile_without_them() -> None:
    settings = Settings(stages={'ci': ('tests',), 'pre-push': ('tests',)})
    cells = plan(session('lint', tags=('ci',)), session('tests-3.13'),
                 session('tests-3.14'), settings=settings)
    assert [cell.stages for cell in cells] == [
        (), ('pre-push', 'ci'), ('pre-push', 'ci')]
    assert of_stage(cells, 'pre-push') == cells[1:]


def test_settings_name_single_cells() -> None:
    cells = plan(
        session('lint-3.9', '3.9'), session('lint-3.13', '3.13'),
        settings=Settings(stages={'pre-commit': ('lint-3.9',)}))
    assert [cell.stages for cell in cells] == [('pre-commit',), ()]


def test_a_commit_waits_for_the_newest_python_here() -> None:
    tags = ('pre-commit', 'ci')
    cells = plan(
        *(session(f'lint-3.{number}', f'3.{number}', tags)
          for number in (9, 10, 15)),
        session('format(tool=1)', tags=tags, parameters={'tool': '1'}),
        session('format(tool=2)', tags=tags, parameters={'tool': '2'}),
        absent=('3.15',))
    assert [cell.session for cell in of_stage(cells, 'pre-commit')] == [
        'lint-3.10', 'format(tool=1)', 'format(tool=2)']
    assert of_stage(cells, 'ci') == cells


def test_ci_checks_what_it_deploys() -> None:
    cells = plan(session('lint', tags=('pre-commit',)),
                 session('tests', tags=('pre-commit', 'deploy')))
    assert [cell.stages for cell in cells] == [
        ('pre-commit',), ('pre-commit', 'ci', 'deploy')]


def test_a_deploy_checks_its_own_stage_or_that_of_ci() -> None:
    both = make_plan([session('lint', tags=('ci',)),
                      session('smoke', tags=('ci', 'deploy'))],
                     Settings(), 'linux', [])
    assert [cell.name for cell in of_stage(both, 'deploy')] == ['smoke']
    assert [cell.name for cell in of_stage(both[:1], 'deploy')] == ['lint']
    assert of_stage(both, 'pre-push') == []


@pytest.mark.parametrize('settings', [
    Settings(stages={'ci': ('test',)}), Settings(tests=('test',)),
    Settings(coverage='test'), Settings(files={'test': ('*',)})])
def test_a_setting_of_no_session_is_an_error(settings: Settings) -> None:
    with pytest.raises(AutodevelopError, match="'test'"):
        plan(session('tests'), settings=settings)


@pytest.mark.parametrize(('parameters', 'platform', 'missing'), [
    ({'platform': 'linux'}, 'linux', None),
    ({'os': 'windows'}, 'windows', 'windows'),
    ({'os': 'macos-latest'}, 'macos', 'macos'),
    ({'os': 'ubuntu-24.04-arm'}, 'linux', None),
    ({'platform': 'Darwin'}, 'macos', 'macos'),
    ({'os': 'win32'}, 'windows', 'windows'),
    ({}, None, None),
])
def test_the_platform_is_a_parameter(
        parameters: dict[str, str], platform: str | None,
        missing: str | None) -> None:
    cell, = plan(session('tests', parameters=parameters))
    assert (cell.platform, cell.missing) == (platform, missing)


def test_a_value_that_is_no_platform_is_not_taken_for_linux() -> None:
    zynq = session('tests', parameters={'platform': 'zynq'})
    with pytest.raises(AutodevelopError, match="'zynq' is not a platform"):
        plan(zynq)
    cell, = plan(zynq, settings=Settings(platforms={'tests': ('linux',)}))
    assert cell.platform == 'linux'


def test_settings_name_platforms_of_sessions_without_the_parameter() -> None:
    cells = plan(
        session('tests-3.13', '3.13'), session("tests-3.14(django='5')"),
        session('lint'), settings=Settings(
            platforms={'tests': ('linux', 'windows')},
            runners={'*linux*': 'ubuntu-24.04-arm'},
            may_fail=('tests-3.14*',)))
    assert [cell.session for cell in cells] == [
        'tests-3.13(linux)', 'tests-3.13(windows)',
        "tests-3.14(django='5', linux)", "tests-3.14(django='5', windows)",
        'lint']
    assert [cell.platform for cell in cells] == [
        'linux', 'windows', 'linux', 'windows', None]
    assert [cell.missing for cell in cells] == [
        None, 'windows', None, 'windows', None]
    assert {cell.name_for_nox() for cell in cells} == {
        'tests-3.13', "tests-3.14(django='5')", 'lint'}
    assert [cell.runner for cell in cells] == [
        'ubuntu-24.04-arm', '', 'ubuntu-24.04-arm', '', '']
    assert [cell.may_fail for cell in cells] == [
        False, False, True, True, False]


def test_a_parameter_may_be_the_label_of_a_runner() -> None:
    cell, other = plan(
        session('a', parameters={'os': 'ubuntu-24.04-arm'}),
        session('b', parameters={'os': 'linux'}))
    assert (cell.runner, other.runner) == ('ubuntu-24.04-arm', '')


def test_settings_name_sessions_by_their_tag() -> None:
    tagged, other = plan(
        session('a', tags=('fast',)), session('b', tags=('slow',)),
        settings=Settings(stages={'ci': ('tag:fast', 'b')}))
    assert (tagged.stages, other.stages) == (('ci',), ('ci',))
    with pytest.raises(AutodevelopError, match="'tag:x', which is not a tag"):
        plan(session('a'), settings=Settings(stages={'ci': ('tag:x',)}))


def test_a_missing_python_is_named_on_its_own_platform() -> None:
    here, there = plan(
        session('a', '3.15', parameters={'platform': 'linux'}),
        session('b', '3.15', parameters={'platform': 'macos'}),
        absent=('3.15',))
    assert (here.missing, there.missing) == ('Python 3.15', 'macos')


@pytest.mark.parametrize(('backend', 'absent', 'missing'), [
    ('conda', ('3.9',), None), ('conda', ('conda', '3.9'), 'conda'),
    ('mamba|uv', ('mamba', '3.9'), None), ('uv', ('3.9',), 'Python 3.9')])
def test_conda_brings_the_python(
        backend: str, absent: tuple[str, ...], missing: str | None) -> None:
    cell, = plan(session('tests-3.9', '3.9')._replace(backend=backend),
                 absent=absent)
    assert cell.missing == missing


def test_slugs_are_safe_and_never_the_same() -> None:
    names = ['a(b)', 'a-b', 'A B', '(', '"$(id)"\n', 'x' * 200, 'y' * 200]
    slugs = [cell.slug for cell in plan(*map(session, names))]
    assert slugs[0] == 'a-b'
    assert len({slug.lower() for slug in slugs}) == len(names)
    assert all(len(slug) <= 100 and slug == slug.strip('-.')
               for slug in slugs)
    assert set(''.join(slugs)) <= set(
        '-.abcdefghijklmnopqrstuvwxyzAB0123456789')


@pytest.mark.slow
def test_a_real_noxfile_is_planned(write: Write) -> None:
    folder = write('noxfile.py', """
        import nox

        @nox.session(python=['3', '3.99'])
        @nox.parametrize('os', ['linux', 'macos', 'windows'])
        def tests(session, os):
            pass
    """).parent
    cells = read_plan(folder, Settings())
    assert len(cells) == 6
    assert len([cell for cell in cells if cell.missing is None]) == 1
    assert [cell.missing for cell in cells].count('Python 3.99') == 1


@pytest.mark.once
def test_a_noxfile_that_fails_is_an_error(
        write: Write, listed_in_forks: None) -> None:
    folder = write('noxfile.py', 'raise ValueError').parent
    with pytest.raises(AutodevelopError, match='ValueError'):
        read_plan(folder, Settings())


@pytest.mark.parametrize(('names', 'skipped', 'unknown'), [
    ('', [], []), (' , ', [], []), ('lint', ['lint'], []),
    ('tests', ['tests-3.13(a)', 'tests-3.13(a, b)'], []),
    ('tests-3.13(a, b)', ['tests-3.13(a, b)'], []),
    ('lint , tests-3.13(a),x', ['lint', 'tests-3.13(a)'], ['x']),
    ('tests-3.13(a, c)', [], ['tests-3.13(a', 'c)']), ('lin', [], ['lin'])])
def test_cells_are_skipped_by_their_names(
        names: str, skipped: list[str], unknown: list[str]) -> None:
    cells = plan(session('lint'), session('tests-3.13(a, b)'),
                 session('tests-3.13(a)'))
    found, lacking = find_skipped(names, cells)
    assert sorted(each.session for each in found) == skipped
    assert lacking == unknown


def test_without_cells_none_is_skipped() -> None:
    assert find_skipped('lint', []) == (set(), ['lint'])
