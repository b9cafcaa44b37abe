"""What the providers have in common, and where each has its own way."""
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from autodevelop.ci import MATRICES, PROVIDERS, Request, provider, render_all
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.matrix.tables import Checkout

pytestmark = pytest.mark.once

NAMES = ['tests-3.13(macos)', 'a"b: << x >>\n', 'emoji \U0001f600\x85', '.x']


def cell(session: str, platform: str | None = None, name: str = '') -> Cell:
    return Cell(session, name or session, '', None, platform, ('ci',), True,
                None, session)


SETTINGS = Settings(coverage='coverage', tool='1.2')
CELLS = [*(cell(name, 'macos') for name in NAMES),
         cell('w', 'windows'), cell('lint'), cell('all', name='coverage')]
RAN = [*NAMES, 'w', 'lint']


def rendered(name: str) -> Any:
    return yaml.safe_load(PROVIDERS[name].render(CELLS, SETTINGS, ''))


def names_in(jobs: list[Any]) -> list[str]:
    """What a job's variable makes the job run, one by one."""
    return [name for job in jobs for name in json.loads(job)]


def test_travis_runs_every_cell_but_the_coverage() -> None:
    jobs = rendered('travis')['jobs']['include']
    assert [job['name'] for job in jobs] == RAN
    assert [job['os'] for job in jobs] == [
        *['osx'] * 4, 'windows', 'linux']
    assert names_in([job['env'].partition('=')[2].strip("'")
                     for job in jobs]) == RAN


def test_circleci_runs_every_cell_and_then_the_coverage() -> None:
    *cells, last = rendered('circleci')['workflows']['ci']['jobs']
    jobs = [job['cell'] for job in cells]
    assert [job['platform'] for job in jobs] == [
        *['macos'] * 4, 'windows', 'linux']
    assert names_in([job['cells'] for job in jobs]) == RAN
    assert last['last']['name'] == 'all'
    assert last['last']['requires'] == [job['name'] for job in jobs]
    # Two less-than signs would begin an expression.
    assert jobs[1]['name'] == 'a"b: \\<< x >>\n'


class Reference(yaml.SafeLoader):
    """Reads GitLab's own tag, too."""


Reference.add_constructor('!reference', lambda loader, node: None)


def test_gitlab_plans_a_pipeline_that_ends_with_the_coverage() -> None:
    text = MATRICES['gitlab'].plan(CELLS, SETTINGS, {})
    *keys, last = [key for key in yaml.load(text, Reference)
                   if key[0] != '.' and key not in (
                       'stages', 'variables', 'workflow')]
    document = yaml.load(text, Reference)
    assert keys == [*NAMES[:3], 'cell .x', 'w', 'lint']
    assert last == 'all'
    assert names_in([document[key]['variables']['AUTODEVELOP_CELLS']
                     for key in keys]) == RAN
    assert document['w']['extends'] == '.on windows'


@pytest.mark.parametrize(('session', 'name'), [
    ('pages', 'cell pages'), (' ', 'cell  '), ('x' * 300, 'slug')])
def test_gitlab_gets_a_name_that_it_takes(session: str, name: str) -> None:
    odd = cell(session)._replace(slug='slug')
    document = yaml.load(MATRICES['gitlab'].plan([odd], SETTINGS, {}),
                         Reference)
    assert name in document
    assert document['all cells']['stage'] == 'last'


def test_gitlab_deploys_after_the_pipeline_passed() -> None:
    settings = SETTINGS._replace(environments=('production', 'staging'))
    outer = yaml.safe_load(PROVIDERS['gitlab'].render(CELLS, settings, ''))
    inner = yaml.load(MATRICES['gitlab'].plan(CELLS, settings, {}), Reference)
    for name, document in (('staging', outer), ('production', inner)):
        assert document[name]['environment'] == name
        assert document[name]['stage'] == document['stages'][-1] == 'deploy'
    # Only there are the results of all cells, which it signs.
    assert 'production' not in outer
    assert 'autodevelop sign' in inner['production']['script'][0]
    assert '--force' not in inner['production']['script'][0]


@pytest.mark.parametrize('name', PROVIDERS)
def test_two_runs_write_the_same_and_keep_what_is_yours(
        name: str, tmp_path: Path) -> None:
    def render() -> tuple[Path, str]:
        (path, (_, text)), = render_all(
            Request(tmp_path, tmp_path, [name]), CELLS, SETTINGS).items()
        return path, text

    path, text = render()
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = re.sub('(?m)^( *)# end of yours$',
                  r'\1# mine\n\1# end of yours', text)
    assert mine != text
    path.write_text(mine, 'utf-8', newline='\n')
    assert render()[1] == mine
    assert '\r' not in mine


@pytest.mark.parametrize(('spoil', 'said'), [
    (lambda text: text.replace('yours: jobs', 'yours: gone'), "'gone'"),
    (lambda text: text.replace('# end of yours', '#', 1), 'unpaired'),
])
def test_a_region_without_a_place_is_an_error(
        spoil: Callable[[str], str], said: str, tmp_path: Path) -> None:
    path = tmp_path / '.gitlab-ci.yml'
    text = PROVIDERS['gitlab'].render(CELLS, SETTINGS, '')
    path.write_text(spoil(text), 'utf-8', newline='\n')
    with pytest.raises(AutodevelopError, match=said):
        render_all(Request(tmp_path, tmp_path, ['gitlab']), CELLS, SETTINGS)


def test_without_a_choice_what_people_write_is_followed_too(
        tmp_path: Path) -> None:
    (tmp_path / '.github').mkdir()
    (tmp_path / '.github/.codecov.yaml').write_text(
        'comment:\n  after_n_builds: 7\n', 'utf-8', newline='\n')
    settings = Settings(ci=('travis',), tests=('lint',), tool='1.2')
    texts = {path.name: text for path, (_, text) in render_all(
        Request(tmp_path, tmp_path), CELLS, settings).items()}
    assert set(texts) == {'.travis.yml', '.codecov.yaml'}
    assert texts['.codecov.yaml'] == (
        'comment:\n  after_n_builds: 1  # lint: one\n')


@pytest.mark.parametrize('name', PROVIDERS)
def test_what_people_wrote_is_replaced_only_if_asked(
        name: str, tmp_path: Path) -> None:
    path = tmp_path / PROVIDERS[name].PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('name: mine\n')
    request = Request(tmp_path, tmp_path, [name])
    with pytest.raises(AutodevelopError, match='would be overwritten') as why:
        render_all(request, CELLS, SETTINGS)
    assert f'autodevelop ci --replace {name}' in why.value.hint
    (now, text), = render_all(request._replace(replace=True), CELLS,
                              SETTINGS).values()
    assert now != text


def test_a_stage_without_sessions_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AutodevelopError, match='no session has the stage ci'):
        render_all(Request(tmp_path, tmp_path), [
            each._replace(stages=('pre-commit',)) for each in CELLS], SETTINGS)


def test_a_subfolder_has_a_file_of_its_own_where_there_can_be_several(
        tmp_path: Path) -> None:
    request = Request(tmp_path / 'a/b', tmp_path, ['github'])
    (path, (_, text)), = render_all(request, CELLS, SETTINGS).items()
    assert path == tmp_path / '.github/workflows/ci-a-b.yml'
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert render_all(request, CELLS, SETTINGS) == {path: (text, text)}
    named = SETTINGS._replace(github='.github/workflows/b.yml')
    assert [*render_all(request, CELLS, named)] == [
        tmp_path / '.github/workflows/b.yml']
    with pytest.raises(AutodevelopError, match='this one is in a/b'):
        render_all(request._replace(chosen=['travis']), CELLS, SETTINGS)


def test_a_cell_that_may_fail_fails_no_run() -> None:
    odd = [cell('a')._replace(may_fail=True), cell('b')]
    assert yaml.safe_load(PROVIDERS['travis'].render(odd, SETTINGS, ''))[
        'jobs']['allow_failures'] == [{'name': 'a'}]
    jobs = yaml.load(MATRICES['gitlab'].plan(odd, SETTINGS, {}), Reference)
    assert jobs['a']['allow_failure'] is True
    assert 'allow_failure' not in jobs['b']
    circle = PROVIDERS['circleci'].render(odd, SETTINGS, '')
    first, second, _ = yaml.safe_load(circle)['workflows']['ci']['jobs']
    assert first['cell']['may-fail'] is True
    assert 'may-fail' not in second['cell']
    assert 'auto || << parameters.may-fail >>' in circle


def test_git_settings_of_people_are_not_rendered_twice() -> None:
    text = PROVIDERS['travis'].render(CELLS, SETTINGS, '')
    mine = text.replace('# yours: settings\n',
                        '# yours: settings\ngit:\n  depth: 3\n')
    assert 'git:' in text
    assert 'git:' not in PROVIDERS['travis'].render(CELLS, SETTINGS, mine)


def test_several_branches_by_patterns() -> None:
    settings = SETTINGS._replace(branches=('main', '7.*'))
    assert yaml.safe_load(PROVIDERS['travis'].render(
        CELLS, settings, ''))['branches'] == {'only': ['main', r'/^7\..*$/']}
    rules = yaml.safe_load(PROVIDERS['gitlab'].render(
        CELLS, settings, ''))['workflow']['rules']
    assert [each['if'] for each in rules[1:]] == [
        '$CI_COMMIT_BRANCH == "main"', r'$CI_COMMIT_BRANCH =~ /^7\..*$/']


@pytest.mark.parametrize('name', ['gitlab', 'circleci', 'travis'])
def test_submodules_are_checked_out(name: str) -> None:
    settings = SETTINGS._replace(checkout=Checkout(submodules=True))
    text = MATRICES[name].plan(CELLS, settings, {}) if name in MATRICES else (
        PROVIDERS[name].render(CELLS, settings, ''))
    assert 'recursive' in text or 'submodules: true' in text


def test_an_unknown_provider_is_an_error() -> None:
    with pytest.raises(AutodevelopError, match='no CI provider') as error:
        provider('travs')
    assert error.value.hint == 'did you mean travis?'
