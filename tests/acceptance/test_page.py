"""The page of results, in a browser."""
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from autodevelop.matrix.settings import Settings
from autodevelop.results.facts import Wanted, collect
from autodevelop.results.html import html
from autodevelop.results.runs import Ended, Run
from autodevelop.results.trees import Tree
from tests.support.project import ROOT
from tests.support.results import BEGAN, CELLS, SOURCE, write_run

from .conftest import opened

RUNS = [Run(BEGAN - place * 3600, 'ci', '', 'c' * 40, '', (
    Ended('lint', 'failed' if place % 7 == 3 else 'passed', 20 + place % 5),))
    for place in range(30)]


@pytest.fixture(scope='module')
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of a run with failures, a missing cell and hostile names."""
    folder = tmp_path_factory.mktemp('page')
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr('autodevelop.results.facts.read_change',
                      lambda *given: None)
        Path('code.py').write_text('\n'.join(SOURCE))
        write_run(Path('.autodevelop'))
        facts = collect(Wanted(
            [Path('.autodevelop')], CELLS, Settings(coverage='coverage'),
            Tree('c' * 40, '', True, (0, ''), 'Halve numbers'), True, 'HEAD^',
        ), RUNS)
        Path('page.html').write_text(html(facts), 'utf-8', 'replace')
    return folder / 'page.html'


@pytest.fixture
def page(browser: Browser, path: Path) -> Iterator[Page]:
    with opened(browser, path) as page:
        yield page


@pytest.mark.parametrize('scheme', ['light', 'dark'])
@pytest.mark.parametrize('width', [390, 1000, 1600])
def test_it_fits_and_everybody_can_read_it(
        page: Page, width: int, scheme: str) -> None:
    page.set_viewport_size({'width': width, 'height': 900})
    page.emulate_media(color_scheme='dark' if scheme == 'dark' else 'light')
    assert page.evaluate('document.documentElement.scrollWidth') <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_names_are_text(page: Page) -> None:
    assert page.title() == f'Failed: {Path(page.url).parent.name}'
    expect(page.locator('h1')).to_have_text('6 of 9 cells failed')
    expect(page.locator('.grid th').last).to_contain_text('coverage')
    expect(page.locator('#cell-odd')).to_contain_text('passed')


def test_the_keyboard_is_enough(page: Page) -> None:
    page.keyboard.press('Tab')
    expect(page.get_by_text('Skip to the results')).to_be_focused()
    failure = page.locator('#failure-1')
    failure.locator('summary').first.focus()
    page.keyboard.press('Enter')
    expect(failure).not_to_have_attribute('open', '')
    page.locator('nav a', has_text='Cells').focus()
    page.keyboard.press('Enter')
    assert page.url.endswith('#grid')


def test_tests_are_found_by_name_and_outcome(page: Page) -> None:
    rows = page.locator('.tests tbody tr')
    expect(rows).to_have_count(4)
    page.get_by_role('searchbox').fill('half')
    expect(rows).to_have_count(1)
    expect(page.locator('output')).to_have_text('1 of 1')
    page.get_by_role('searchbox').fill('')
    page.get_by_label('Outcome').select_option('skipped')
    expect(rows).to_contain_text(['test_off'])
    page.get_by_label('Outcome').select_option('all')
    page.get_by_label('Order').select_option('name')
    expect(rows.first).to_contain_text('<b>xxx')


def test_a_test_has_a_link_that_shows_it_alone(page: Page) -> None:
    link = page.locator('.tests tbody a', has_text='test_path')
    link.focus()
    page.keyboard.press('Enter')
    rows = page.locator('.tests tbody tr')
    expect(rows).to_have_count(1)
    expect(page.get_by_role('searchbox')).to_have_value(
        'tests.test_code::test_path')
    page.reload()
    expect(rows).to_contain_text(['test_path'])


def test_a_link_opens_what_is_folded(page: Page) -> None:
    page.goto(f'{page.url}#file-code.py')
    expect(page.locator('#file-code\\.py .code')).to_be_visible()
    expect(page.locator('#file-code\\.py .line')).to_contain_text(
        ['return 0'])


def test_the_command_writes_the_same_page(tmp_path: Path) -> None:
    """Of a project in which only nox was used."""
    (tmp_path / 'noxfile.py').write_text(
        'import nox\n@nox.session(python=False)\ndef lint(session): pass\n')
    for command in (['nox', '--report', 'results.json'],
                    ['autodevelop', 'report', 'results.json', '--html',
                     'page.html']):
        subprocess.run([sys.executable, '-m', *command], cwd=tmp_path,
                       check=True, env={**os.environ, 'PYTHONPATH': str(ROOT)})
    assert 'All 1 cell passed' in (tmp_path / 'page.html').read_text('utf-8')
