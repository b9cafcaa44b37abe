"""What the providers have in common, and where each has its own way."""
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from autodevelop.ci import MATRICES, PROVIDERS, provider, render_all
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings

NAMES = ['tests-3.13(macos)', 'a"b: << x >>\n', 'emoji \U0001f600\x85', '.x']


def cell(session: str, platform: str | None = None, name: str = '') -> Cell:
    return Cell(session, name or session, '', None, platform, ('ci',), True,
                None, session)


CELLS = [*(cell(name, 'macos') for name in NAMES),
         cell('w', 'windows'), cell('lint'), cell('all', name='coverage')]
RAN = [*NAMES, 'w', 'lint']


def rendered(name: str) -> Any:
    return yaml.safe_load(PROVIDERS[name].render(CELLS, Settings(), ''))


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
    text = MATRICES['gitlab'].plan(CELLS, Settings(), {})
    *keys, last = [key for key in yaml.load(text, Reference)
                   if key[0] != '.' and key not in ('stages', 'workflow')]
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
    document = yaml.load(MATRICES['gitlab'].plan([odd], Settings(), {}),
                         Reference)
    assert name in document
    assert document['all cells']['stage'] == 'last'


def test_gitlab_deploys_what_the_pipeline_let_through() -> None:
    settings = Settings(environments=('production', 'staging'))
    document = yaml.safe_load(
        PROVIDERS['gitlab'].render(CELLS, settings, ''))
    for name in ('production', 'staging'):
        assert document[name]['environment'] == name
        assert document[name]['stage'] == document['stages'][-1] == 'deploy'


@pytest.mark.parametrize('name', PROVIDERS)
def test_two_runs_write_the_same_and_keep_what_is_yours(
        name: str, tmp_path: Path) -> None:
    def render() -> tuple[Path, str]:
        (path, (_, text)), = render_all(
            tmp_path, CELLS, Settings(), [name]).items()
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
def test_what_is_yours_is_an_error_rather_than_lost(
        spoil: Callable[[str], str], said: str, tmp_path: Path) -> None:
    path = tmp_path / '.gitlab-ci.yml'
    text = PROVIDERS['gitlab'].render(CELLS, Settings(), '')
    path.write_text(spoil(text), 'utf-8', newline='\n')
    with pytest.raises(AutodevelopError, match=said):
        render_all(tmp_path, CELLS, Settings(), ['gitlab'])


def test_without_a_choice_what_people_write_is_followed_too(
        tmp_path: Path) -> None:
    (tmp_path / 'codecov.yml').write_text(
        'after_n_builds: 7\n', 'utf-8', newline='\n')
    settings = Settings(ci=('travis',), tests=('lint',))
    texts = {path.name: text for path, (_, text) in render_all(
        tmp_path, CELLS, settings, []).items()}
    assert set(texts) == {'.travis.yml', 'codecov.yml'}
    assert texts['codecov.yml'] == 'after_n_builds: 1  # lint: one\n'


def test_a_provider_that_there_is_not_is_an_error() -> None:
    with pytest.raises(AutodevelopError, match='no CI provider'):
        provider('_jobs')
