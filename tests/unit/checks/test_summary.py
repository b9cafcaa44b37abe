"""What is said of a session that failed, before the error."""
from pathlib import Path

import pytest

from autodevelop.checks.nox_output import Output
from autodevelop.checks.summary import MOST, summarize, summarize_outputs

PYTEST = """\
\x1b[31mE       assert 2 == 3\x1b[0m
=========================== short test summary info ===========================
\x1b[31mFAILED\x1b[0m tests/test_a.py::test_divide - assert 2 == 3
ERROR tests/test_b.py
1 failed, 1 error in 0.02s
Name          Stmts   Miss Branch BrPart  Cover   Missing
---------------------------------------------------------
pkg/a.py         10      2      4      1    80%   7-8, 9->exit, 11
pkg/b.py         10      0      0      0   100%
pkg/c.py          4      1    75.0%   3
TOTAL            20      2      4      1    89%
FAILED (errors=1)
"""
JUNIT = """\
<testsuites><testsuite>
<testcase classname="tests.test_a" name="test_divide"><failure
message="assert 2 == 3&#10; where 2 = divide()">long</failure></testcase>
<testcase classname="tests.test_a" name="test_fine"/>
<testcase classname="tests.test_b" name="test_x"><error/></testcase>
</testsuite></testsuites>
"""


def output(text: str) -> Output:
    return Output('tests', 'failed', text.splitlines(keepends=True))


def test_tests_and_lines_without_coverage_are_named() -> None:
    assert summarize(output(PYTEST), []) == [
        'tests/test_a.py::test_divide - assert 2 == 3', 'tests/test_b.py',
        'pkg/a.py is not covered: 7-8, 9->exit, 11',
        'pkg/c.py is not covered: 3']


@pytest.mark.parametrize(('text', 'said'), [
    (JUNIT, ['tests.test_a::test_divide - assert 2 == 3',
             'tests.test_b::test_x']),
    (JUNIT[:40], ['x'])])
def test_a_report_names_the_tests_of_any_runner(
        tmp_path: Path, text: str, said: list[str]) -> None:
    (tmp_path / 'junit.xml').write_text(text, 'utf-8')
    failed, other = output('FAILED x\n'), Output('other', '')
    names = summarize_outputs([failed, other], {'tests': tmp_path})
    assert failed.summary == said
    assert names == {'tests': [line.partition(' - ')[0] for line in said
                               if '::' in line]}


def test_a_summary_fits_on_a_screen() -> None:
    text = ''.join(f'FAILED test_{number}\n' for number in range(MOST + 3))
    said = summarize(output(text), [])
    assert len(said) == MOST + 1
    assert said[-1] == 'and 3 more'
    assert summarize(output('nothing\n'), []) == []
