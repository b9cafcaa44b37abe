"""The tools of the session lint, .ci/lint.py, on real files."""
import os
import subprocess
import sys
from collections.abc import Callable, Sequence

import pytest

from tests.support.project import ROOT, Project

Main = Callable[[Sequence[str]], int]
Capture = pytest.CaptureFixture[str]

# One job: a fork of pytest itself, which may have threads, is deprecated:
# https://docs.python.org/3/library/os.html#os.fork
SETTINGS = '[flake8]\ninline-quotes = single\njobs = 1\n'
CRASHING = """
[flake8:local-plugins]
extension = C9 = crashing:check
paths = .
"""
FAULTS = {
    '-a b.py': 'x=1\n',
    'end.py': 'x = 1',
    'large.bin': '\0' * 600_000 + '\n',
    'merge.md': '<<<<<<< ours\n',
    'prose.md': 'prose',
    'quotes.py': 'x = "1"\n',
    'spaces.py': 'x=1\n',
    'syntax.py': 'def (\n',
}
NAMES = [f'./{name}' for name in FAULTS]
FIXED = FAULTS | {
    '-a b.py': 'x = 1\n', 'end.py': 'x = 1\n', 'prose.md': 'prose\n',
    'spaces.py': 'x = 1\n'}
LEFT = [
    ('quotes.py:1:', 'Q000'),
    ('syntax.py:1:', 'E999'),
    ('merge.md:1:', 'Merge conflict string'),
    ('large.bin', 'exceeds 500 KB'),
    ('-a b.py:1:', 'not snake_case'),
]
"""A file and what is said of it, for each line printed after the fixes."""


@pytest.fixture(scope='module')
def main() -> Main:
    """Load the linter as Python does: its folder is the first of the path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / '.ci')
        import lint
    return lint.main


@pytest.fixture
def styled(project: Project) -> Project:
    project.write('setup.cfg', SETTINGS)
    return project


@pytest.fixture
def faulty(styled: Project) -> Project:
    for name, content in FAULTS.items():
        styled.write(name, content)
    return styled


@pytest.fixture
def crashing(styled: Project) -> Project:
    styled.write('setup.cfg', CRASHING)
    styled.write('crashing.py', 'def check(logical_line):\n    1 / 0\n')
    styled.write('a.py', 'x = 1\n')
    styled.write('b.py', 'undefined\n')
    return styled


def test_files_are_fixed_and_what_is_left_is_said(
        faulty: Project, main: Main, capfd: Capture) -> None:
    assert main(NAMES) == 1
    assert {name: faulty.read(name) for name in FAULTS} == FIXED
    said = [line for line in capfd.readouterr().out.splitlines()
            if not line.startswith('Fixing ')]
    for line, (name, complaint) in zip(said, LEFT, strict=True):
        assert name in line
        assert complaint in line


def test_files_that_are_only_checked_stay_as_they_are(
        faulty: Project, main: Main, capfd: Capture) -> None:
    assert main(['--check', *NAMES]) == 1
    assert {name: faulty.read(name) for name in FAULTS} == FAULTS
    output = capfd.readouterr().out
    for said in ('./-a b.py:1:2: E225', 'fixed/./spaces.py', '+x = 1',
                 'end.py:1:6: W292', 'prose.md:1: no newline', 'Q000', 'E999'):
        assert said in output


def test_only_files_with_a_fault_are_written(
        styled: Project, main: Main, capfd: Capture) -> None:
    # autopep8 would change this indent; flake8 does not complain of it.
    styled.write('indent.py', 'x = [\n        1,\n]\n')
    styled.write('spaces.py', 'x=1\n')
    before = (styled.folder / 'indent.py').stat().st_mtime_ns
    assert main(['./indent.py', './spaces.py']) == 0
    assert (styled.folder / 'indent.py').stat().st_mtime_ns == before
    assert styled.read('spaces.py') == 'x = 1\n'
    assert main(['--check', './indent.py', './spaces.py']) == 0
    assert capfd.readouterr().out == ''


@pytest.mark.parametrize('options', [[], ['--check']])
@pytest.mark.usefixtures('crashing')
def test_a_plugin_that_crashes_fails_the_check(
        main: Main, capfd: Capture, options: list[str]) -> None:
    assert main([*options, './a.py']) == 1
    assert 'ZeroDivisionError' in capfd.readouterr().out


def test_a_plugin_that_crashes_in_a_pool_fails_the_check(
        crashing: Project) -> None:
    # b.py has a fault of its own, which does not hide the crash.
    run = subprocess.run(
        [sys.executable, ROOT / '.ci/lint.py', './a.py', './b.py'],
        cwd=crashing.folder, capture_output=True, text=True, encoding='utf-8',
        env={name: text for name, text in os.environ.items() if name != 'CI'})
    assert run.returncode == 1
    assert 'ZeroDivisionError' in run.stdout


@pytest.mark.skipif(sys.platform == 'win32', reason='Windows has no such name')
def test_a_file_whose_name_has_two_lines_is_fixed(
        styled: Project, main: Main, capfd: Capture) -> None:
    styled.write('new\nline:1.py', 'x=1\n')
    assert main(['./new\nline:1.py']) == 1
    assert styled.read('new\nline:1.py') == 'x = 1\n'
    assert capfd.readouterr().out == (
        'new\\nline:1.py:1: file name is not snake_case\n')


@pytest.mark.skipif(sys.platform != 'linux', reason='names are Unicode')
def test_a_name_that_flake8_cannot_print_hides_no_fault(
        styled: Project, main: Main) -> None:
    styled.write('\udcff.py', 'x=undefined\n')
    with pytest.raises(UnicodeEncodeError):
        main(['./\udcff.py'])
    assert styled.read('\udcff.py') == 'x = undefined\n'
