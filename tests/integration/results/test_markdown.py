"""The page of a run, from real results on the disk."""
import json
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from tests.support.project import Project

NOXFILE = """
import nox

@nox.session(tags=['ci'])
def lint(session):
    pass

@nox.session(python=['3.12', '3.13'], tags=['ci'])
@nox.parametrize('platform', ['linux', 'windows'], ids=['linux', 'windows'])
def tests(session, platform):
    pass

@nox.session(tags=['ci'])
def coverage(session):
    pass

@nox.session(name='a|b*<i>@all', tags=['ci'])
def odd(session):
    pass
"""
COBERTURA = """<?xml version="1.0" ?>
<coverage lines-valid="3" lines-covered="2" branches-valid="2"
 branches-covered="2"><sources><source>.</source></sources><packages>
<package name="."><classes><class name="code.py" filename="code.py"><lines>
<line number="1" hits="1"/><line number="2" hits="1"/>
<line number="3" hits="0"/></lines></class></classes></package></packages>
</coverage>
"""
JUNIT = """<testsuites><testsuite>
<testcase classname="tests.test_a" name="test_fast" time="0.1"/>
<testcase classname="tests.test_a" name="test_slow[a|b]" time="2.5"/>
<testcase classname="tests.test_a" name="test_odd" time="nan"/>
</testsuite></testsuites>
"""
SETTINGS = 'tool.autodevelop.coverage = "coverage"\n'
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def results(project: Project) -> Path:
    """Results of all cells but one, of which another failed."""
    project.stage('noxfile.py', NOXFILE)
    project.stage('pyproject.toml', SETTINGS)
    project.stage('code.py', 'one\n')
    project.commit()
    project.stage('code.py', 'one\ntwo\nthree\n')
    project.commit()
    for slug, session, outcome in [
            ('lint', 'lint', 'success'),
            ('tests-3.12-linux', 'tests-3.12(linux)', 'success'),
            ('tests-3.13-linux', 'tests-3.13(linux)', 'success'),
            ('tests-3.12-windows', 'tests-3.12(windows)', 'failed'),
            ('coverage', 'coverage', 'skipped')]:
        project.write(f'results/{slug}/nox.json', json.dumps({'sessions': [{
            'name': slug.partition('-')[0], 'signatures': [session],
            'result': outcome, 'reason': 'why' if outcome == 'failed' else '',
            'duration': 1.25}]}))
    project.write('results/coverage/coverage.xml', COBERTURA)
    project.write('results/tests-3.12-linux/junit.xml', JUNIT)
    project.write('results/tests-3.13-linux/junit.xml',
                  JUNIT.replace('2.5', '2.25'))
    project.write('results/tests-3.12-windows/junit.xml', JUNIT[:90])
    return project.folder / 'results'


def page(capsys: Capture, *options: str) -> str:
    assert main(['report', 'results', '--markdown', *options]) == 0
    return capsys.readouterr().out


def test_the_cells_are_a_table_by_python(capsys: Capture) -> None:
    lines = page(capsys).splitlines()
    assert lines[0] == '## 7 cells, 3 failed'
    assert lines[2:7] == [
        '| cell | any | 3.12 | 3.13 |', '| --- | --- | --- | --- |',
        '| lint | passed 1.2 s |  |  |',
        '| tests(linux) |  | passed 1.2 s | passed 1.2 s |',
        '| tests(windows) |  | **failed** | **missing** |']


def test_what_failed_says_why_and_how_to_reproduce_it(
        capsys: Capture) -> None:
    text = page(capsys)
    assert ('- tests-3.12(windows) failed (why); <code>reproduce (on windows)'
            ': nox -s &#34;tests-3.12(windows)&#34;</code>') in text
    assert '- tests-3.13(windows) is missing (it left no results);' in text


def test_the_total_and_the_change_are_said(capsys: Capture) -> None:
    text = page(capsys)
    assert '## Coverage: 80 %\n' in text
    assert '4 of 5 lines and branches' in text
    assert '## The change: 1 of 2 lines uncovered\n' in text
    assert '| code.py | 3 |' in text


def test_a_change_that_is_covered_has_no_table(
        project: Project, capsys: Capture) -> None:
    project.write('results/coverage/coverage.xml',
                  COBERTURA.replace('hits="0"', 'hits="1"'))
    assert '## The change: 0 of 2 lines uncovered\n' in page(capsys)
    assert '| code.py |' not in page(capsys)


def test_all_but_a_little_is_not_all(
        project: Project, capsys: Capture) -> None:
    project.write('results/coverage/coverage.xml', COBERTURA.replace(
        'lines-valid="3" lines-covered="2"',
        'lines-valid="99999" lines-covered="99998"'))
    assert '## Coverage: 99.99 %\n' in page(capsys)


def test_the_slowest_tests_come_first(capsys: Capture) -> None:
    lines = page(capsys).splitlines()
    first = lines.index('| test | seconds | cell |')
    assert lines[first + 2].startswith('| tests.test&#95;a::test&#95;slow')
    assert lines[first + 2].endswith('| 2.50 | tests-3.12(linux) |')
    assert len(lines) == first + 5


def test_names_are_text_and_nothing_else(capsys: Capture) -> None:
    text = page(capsys)
    assert '| a&#124;b&#42;&#60;i&#62;&#64;all |' in text
    assert '<i>' not in text
    assert 'slow&#91;a&#124;b&#93;' in text


def test_each_cells_coverage_serves_where_none_is_combined(
        results: Path, capsys: Capture) -> None:
    (results / 'coverage/coverage.xml').rename(
        results / 'tests-3.12-linux/coverage.xml')
    text = page(capsys)
    assert '| code.py | 3 |' in text


def test_a_session_may_be_called_none(
        project: Project, capsys: Capture) -> None:
    project.stage('noxfile.py', NOXFILE.replace('a|b*<i>@all', 'all-None'))
    assert '| all-None |' in page(capsys)


def test_the_results_of_many_machines_are_a_table_too(
        capsys: Capture) -> None:
    assert main(['report', 'results']) == 1
    assert '3 passed, 3 failed, 1 skipped' in capsys.readouterr().out
