"""Reports of several test runners."""
from datetime import datetime, timezone
from pathlib import Path

import pytest

from autodevelop.results.junit import Case, number, read_suites

PYTEST = """<?xml version="1.0"?><testsuites><testsuite name="pytest"
 time="1.5" timestamp="2026-01-02T03:04:05+00:00">
<testcase classname="tests.test_a" name="test_good" time="0.25"/>
<testcase classname="tests.test_a" name="test_bad[#x1B[31mred]"><failure
 message="assert 1 == 2">def test_bad():
tests/test_a.py:3: AssertionError</failure><system-out>said</system-out>
</testcase>
<testcase classname="tests.test_a" name="test_off"><skipped/></testcase>
<testcase classname="tests.test_a" name="test_odd"><rerun/></testcase>
</testsuite></testsuites>"""
UNITTEST = """<testsuite name="test_a" timestamp="yesterday" time="nan">
<testcase classname="test_a.Case" name="test_bad" time="0.1" file="test_a.py"
 line="5"><failure type="AssertionError">Traceback (most recent call last):
  File "/home/me/test_a.py", line 8, in test_bad
  File "/lib/unittest.py", line 9, in fail
AssertionError: 1 != 2</failure></testcase></testsuite>"""
NOSE = """<testsuite name="nosetests"><testcase classname="a.b" name="c"
 time="1,000.5"><error type="ValueError"/></testcase>
<testcase name="alone" file="d.py" line="6"><error/></testcase></testsuite>"""


def read(folder: Path, text: str) -> list[Case]:
    (folder / 'TEST-a.xml').write_text(text, 'utf-8')
    return read_suites(folder).tests


def test_of_pytest(tmp_path: Path) -> None:
    assert read(tmp_path, PYTEST) == [
        Case('tests.test_a::test_good', 'passed', 0.25),
        Case('tests.test_a::test_bad[red]', 'failed', 0, 'assert 1 == 2',
             'def test_bad():\ntests/test_a.py:3: AssertionError', 'said',
             'tests/test_a.py', 3),
        Case('tests.test_a::test_off', 'skipped'),
        Case('tests.test_a::test_odd', 'passed', retried=True)]
    began = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc).timestamp()
    assert read_suites(tmp_path)[1:] == (began, 1.5, [])


@pytest.mark.parametrize(('name', 'file', 'text', 'node_id'), [
    ('tests.test_a::test_x[a::b]', 'tests/test_a.py', '',
     'tests/test_a.py::test_x[a::b]'),
    ('tests.test_a.TestA.TestB::test_x', 'tests/help.py',
     'tests/test_a.py:3: \n    f()\ntests/help.py:2: AssertionError',
     'tests/test_a.py::TestA::TestB::test_x'),
    ('tests.test_a::test_x', 'tests/help.py',
     'tests\\test_a.py:3: \n    f()\ntests\\help.py:2: AssertionError',
     'tests/test_a.py::test_x'),
    # It could not be imported.
    ('tests.test_a', 'tests/test_a.py', '', 'tests/test_a.py'),
    ('tests.test_ab::test_x', 'tests/test_a.py', '', 'tests.test_ab::test_x'),
])
def test_a_test_is_named_as_pytest_takes_it(
        name: str, file: str, text: str, node_id: str) -> None:
    case = Case(name, 'failed', text=text, file=file, line=2)
    assert case.node_id == node_id


def test_why_a_module_was_not_imported_is_said(tmp_path: Path) -> None:
    test, = read(tmp_path, """<testsuite><testcase classname="" name="test_b">
<error message="collection failure">test_b.py:1: in &lt;module&gt;
E   ImportError: x</error></testcase></testsuite>""")
    assert (test.node_id, test.message) == ('test_b.py', 'ImportError: x')


def test_a_file_that_is_a_guess_is_not_named(tmp_path: Path) -> None:
    test, = read(tmp_path, '<testsuite><testcase classname="test_a.TestA" '
                 'name="test_x"><error/></testcase></testsuite>')
    assert test.node_id == 'test_a.TestA::test_x'


def test_of_unittest(tmp_path: Path) -> None:
    test, = read(tmp_path, UNITTEST)
    assert test[:4] == ('test_a.Case::test_bad', 'failed', 0.1,
                        'AssertionError: 1 != 2')
    assert (test.file, test.line) == ('test_a.py', 8)
    assert read_suites(tmp_path)[1:] == (None, 0, [])


def test_of_nose(tmp_path: Path) -> None:
    assert read(tmp_path, NOSE) == [
        Case('a.b::c', 'failed', 1000.5, 'ValueError', file='a/b.py'),
        Case('alone', 'failed', file='d.py', line=7)]


def test_what_is_no_report_has_no_tests(tmp_path: Path) -> None:
    (tmp_path / 'coverage.xml').write_text('<coverage><testsuite/></coverage>')
    (tmp_path / 'killed.xml').write_text(PYTEST[:90])
    assert read_suites(tmp_path) == (
        [], None, 0, [tmp_path / 'killed.xml'])


@pytest.mark.parametrize('text', ['', 'nan', 'inf', '-1', '1e999', 'x'])
def test_what_is_no_time_takes_none(text: str) -> None:
    assert number(text) == 0
