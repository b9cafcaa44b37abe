"""The page and the Markdown of results, also of hostile ones."""
import json
import re
import time
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.results import markdown as markdown_module
from autodevelop.results.changed import Change
from autodevelop.results.facts import Facts, Wanted, collect
from autodevelop.results.html import duration, html
from autodevelop.results.markdown import markdown
from autodevelop.results.runs import Ended, Run
from autodevelop.results.trees import Tree
from tests.support.results import (
    CELLS, HOSTILE, LONG, case, junit, write_cell, write_run,
)

pytestmark = pytest.mark.once

FOLDER = Path('.autodevelop')
RUNS = [Run(time.time(), 'ci', 't', 'c' * 40, '', (
    Ended('lint', 'failed', 2), Ended(HOSTILE, 'passed', 20, 2)))]


class Reader(HTMLParser):
    """Collects the ids, the links, and what may not be in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids, self.links = list[str](), list[str]()
        self.scripts, self.text = 0, ''
        self.feed(page)

    def handle_starttag(self, tag: str,
                        attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [value for name, value in attrs if name == 'id' and value]
        if tag == 'a':
            self.links.append(given['href'] or '')
        self.scripts += tag == 'script'
        assert not [name for name in given if name.startswith('on')]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def facts(cells: list[Cell] = CELLS, runs: list[Run] = RUNS) -> Facts:
    return collect(Wanted([FOLDER], cells, Settings(coverage='coverage'),
                          Tree('c' * 40, '', False, (0, ''), HOSTILE, 'main'),
                          True, 'HEAD^'), runs)._replace(change=None)


@pytest.fixture
def no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('autodevelop.results.facts.read_change',
                        lambda *given: None)


def test_a_page_has_all_and_runs_no_script_but_its_own(
        no_change: None) -> None:
    write_run(FOLDER)
    page = html(facts())
    read = Reader(page)
    assert len(read.ids) == len({*read.ids})
    for link in read.links:
        assert link.startswith(('#', 'https://example.org/'))
        assert link.startswith('#test=') or not link.startswith('#') or (
            link[1:] in read.ids)
    # The data of the tests, and the script that draws them.
    assert read.scripts == 2
    assert '6 of 9 cells failed' in read.text
    assert 'only on Python 3.13' in read.text
    assert HOSTILE.replace('\x1b[31m', '') in read.text
    assert len(page) < 300_000


def test_what_is_not_there_is_no_part_of_the_page() -> None:
    write_cell(FOLDER, CELLS[0])
    read = Reader(html(facts(CELLS[:1], [])))
    assert 'All 1 cell passed' in read.text
    for part in ('failures', 'coverage', 'tests', 'runs'):
        assert part not in read.ids
    assert 'Nothing ran' in Reader(html(facts([CELLS[0]._replace(
        may_fail=True, slug='none')], []))).text
    assert 'No cell is planned' in html(facts([], []))


@pytest.mark.parametrize(('change', 'said'), [
    (Change('HEAD^', problem='no base'), 'The change: no base.'),
    (Change('HEAD^', 2, 4, {'code.py': [(3, 4)]}), '2 of 4 lines ran in no'),
    (Change('HEAD^', 0, 4), 'all 4 lines ran'),
    (Change('HEAD^'), '')])
def test_the_page_says_what_a_change_lacks(
        no_change: None, change: Change, said: str) -> None:
    write_run(FOLDER)
    Path('code.py').write_text('one\n\ntwo\nthree\n')
    text = Reader(html(facts()._replace(change=change))).text
    assert said in re.sub(r'\s+', ' ', text)


def test_a_cell_that_took_longer_says_by_how_much() -> None:
    write_cell(FOLDER, CELLS[0], seconds=20)
    run = RUNS[0]._replace(began=1)
    assert '+18.0 s' in html(facts(CELLS[:1], [run]))
    write_cell(FOLDER, CELLS[0], seconds=2.1)
    assert '+0.1 s' not in html(facts(CELLS[:1], [run]))


@pytest.mark.parametrize(('seconds', 'said'), [
    (None, ''), (0.04, '0.0 s'), (59.94, '59.9 s'), (59.96, '1:00 min'),
    (3599.7, '1:00:00'), (4000, '1:06:40')])
def test_durations_are_for_people(seconds: float | None, said: str) -> None:
    assert duration(seconds) == said


def test_markdown_names_what_failed(no_change: None) -> None:
    write_run(FOLDER)
    text = markdown(facts())
    lines = text.splitlines()
    assert lines[0] == '## 9 cells, 6 failed'
    assert lines[2:4] == ['| cell | any | 3.12 | 3.13 |',
                          '| --- | --- | --- | --- |']
    assert '| tests(linux) |  | **failed** | **failed** |' in lines
    assert '| tests(macos) |  | **missing** | **failed** |' in lines
    assert '- tests-3.12(macos) is missing (it left no results);' in text
    assert ('- [tests-3.13(linux)](https://example.org/jobs/4) failed ('
            'Command pytest failed); <code>reproduce (on linux): nox -s '
            '&#34;tests-3.13(linux)&#34;</code>') in lines
    assert '## 3 failed tests' in lines
    assert ('<code>tests.test&#95;code::test&#95;half</code>: assert 2.5 '
            '&#61;&#61; 2 (code.py:4), only on Python 3.13</summary>'
            ).replace('&#61;', '=') in text
    assert '## Coverage: 66.66 %' in lines
    assert '<b>' not in text and '<script>' not in text
    # Each part between tags is well formed.
    for line in lines:
        if line.startswith('<pre>'):
            ElementTree.fromstring(line.removesuffix('</details>'))


def test_markdown_of_a_change(
        no_change: None, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv('GITHUB_ACTIONS', 'true')
    write_run(FOLDER)
    found = facts()
    lines = markdown(found._replace(change=Change(
        'HEAD^', 2, 4, {'a|b.py': [(3, 4)]}))).splitlines()
    assert '## The change: 2 of 4 lines uncovered' in lines
    assert '| a&#124;b.py | 3\u20134 |' in lines
    assert '::warning file=a|b.py,line=3,endLine=4::' in (
        capsys.readouterr().err)
    text = markdown(found._replace(change=Change(problem='there is none')))
    assert '## The change\n\nThere is none.\n' in text
    assert '| file |' not in markdown(found._replace(change=Change()))


def test_a_comment_is_no_longer_than_github_takes(
        no_change: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [cell for cell in CELLS if cell.name == 'tests']
    write_cell(FOLDER, cells[0], 'failed', junit=junit(*(
        case(f'test_{place}', body=f'<failure>{LONG}</failure>')
        for place in range(20))))
    text = markdown(facts(cells))
    assert '\nand 10 more\n' in text
    assert len(text) < 65_536
    monkeypatch.setattr(markdown_module, 'MOST_CHARACTERS', 300)
    text = markdown(facts(cells))
    assert text.endswith('more lines are left out: GitHub rejects a longer '
                         'page.\n')


def test_a_cell_that_may_fail_is_not_counted() -> None:
    cell = CELLS[0]._replace(may_fail=True)
    write_cell(FOLDER, cell, 'failed')
    found = facts([cell, CELLS[1]])
    assert markdown(found).startswith(
        '## 2 cells, 1 failed, and 1 that may fail\n')
    assert 'may fail' in html(found)


def test_the_tests_are_data_that_a_script_can_read() -> None:
    write_cell(FOLDER, CELLS[0], junit=junit(
        case('</script><script>alert(1)'), case('b', 2, '<rerun/>')))
    page = html(facts(CELLS[:1]))
    data = page.partition('id="all-tests">')[2].partition('</script>')[0]
    assert json.loads(data) == {'cells': [['lint', 'lint']], 'tests': [
        ['tests.test_code::b', 'pk', 2, 0, 1],
        ['tests.test_code::</script><script>alert(1)', 'p', 0.1, 0, 1]]}
