"""What GitHub is told of failures, and what nobody else is."""
from pathlib import Path

import pytest

from autodevelop.results.annotations import annotate_failures
from autodevelop.system.github_log import annotate, grouped

Capture = pytest.CaptureFixture[str]
JUNIT = """<testsuites><testsuite>
<testcase classname="tests.test_a" name="test_good"/>
<testcase classname="tests.test_a" name="test_bad"><failure
 message="assert 1 == 2">def test_bad():
tests/test_a.py:3: AssertionError</failure></testcase>
<testcase classname="tests.test_a" name="test_worse"><error>no such
fixture</error></testcase>
<testcase classname="a" name="b" file="tests/test_b.py" line="6"><failure
 message="100 %%, b"/></testcase>
%s</testsuite></testsuites>
"""


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('GITHUB_ACTIONS', 'true')


def test_a_test_that_failed_is_shown_at_its_line(
        github: None, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / 'junit.xml').write_text(JUNIT % '')
    (tmp_path / 'killed.xml').write_text(JUNIT[:90])
    annotate_failures(tmp_path)
    assert capsys.readouterr().err.splitlines() == [
        '::error file=tests/test_a.py,line=3::tests/test_a.py::test_bad: '
        'assert 1 == 2',
        '::error file=tests/test_a.py::tests.test_a::test_worse: '
        'fixture',
        '::error file=tests/test_b.py,line=7::a::b: 100 %25, b']


def test_no_more_are_shown_than_github_shows(
        github: None, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / 'junit.xml').write_text(JUNIT % (
        '<testcase classname="c" name="d"><failure/></testcase>' * 20))
    annotate_failures(tmp_path)
    assert capsys.readouterr().err.count('::error') == 10


def test_names_of_files_are_escaped(github: None, capsys: Capture) -> None:
    annotate('warning', 'a\nb', 'c:d,e', 1, 2)
    assert capsys.readouterr().err == (
        '::warning file=c%3Ad%2Ce,line=1,endLine=2::a%0Ab\n')


def test_the_log_of_a_cell_is_folded(github: None, capsys: Capture) -> None:
    with grouped('tests'):
        pass
    assert capsys.readouterr().err == '::group::tests\n::endgroup::\n'


def test_elsewhere_nothing_is_annotated(
        monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.delenv('GITHUB_ACTIONS', raising=False)
    with grouped('tests'):
        annotate('error', 'a', 'b')
    assert capsys.readouterr().err == ''
