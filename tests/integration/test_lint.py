"""The tools of the session lint, run in one process on real files."""
from pathlib import Path

import pytest

from autodevelop import lint
from tests.support.project import Project

Capture = pytest.CaptureFixture[str]
SETTINGS = '[flake8]\ninline-quotes = single\n'
# autopep8 would indent it otherwise; flake8 does not complain.
ALLOWED = 'x = [\n        1,\n]\n'
CRASHING = """
[flake8:local-plugins]
extension = C9 = crashing:check
paths = .
"""


@pytest.fixture
def styled(project: Project) -> Project:
    project.write('setup.cfg', SETTINGS)
    return project


@pytest.mark.parametrize(('name', 'content', 'fixed', 'said'), [
    ('a.py', 'x = 1\n', 'x = 1\n', ''),
    ('a.py', 'x=1\n', 'x = 1\n', ''),
    ('a.py', 'x = 1', 'x = 1\n', ''),
    ('-a b.py', 'x=1\n', 'x = 1\n', ''),
    ('new\nline:1.py', 'x=1\n', 'x = 1\n', 'not snake_case'),
    ('a.py', 'x="1"\n', 'x = "1"\n', 'Q000'),
    ('a.py', 'def (\n', 'def (\n', 'E999'),
    ('a.md', 'prose', 'prose\n', ''),
    ('a.md', '<<<<<<< ours\n', '<<<<<<< ours\n', 'Merge conflict string'),
    ('a.bin', '\0' * 600_000, '\0' * 600_000, 'exceeds 500 KB'),
    ('A.py', 'x = 1\n', 'x = 1\n', 'not snake_case'),
])
def test_a_file_is_fixed_and_what_is_left_is_said(
        styled: Project, capfd: Capture, name: str, content: str, fixed: str,
        said: str) -> None:
    styled.write(name, content)
    status = lint.main([f'./{name}'])
    # What end-of-file-fixer fixes, it says.
    output = capfd.readouterr().out.replace(f'Fixing ./{name}\n', '')
    assert styled.read(name) in (fixed, f'{fixed}\n')
    assert status == bool(output.strip())
    assert said in output


@pytest.mark.parametrize(('content', 'said'), [
    ('x = 1\n', ''), ('x=1\n', '+x = 1'), ('x = 1', 'W292'),
    ('x = "1"\n', 'Q000')])
def test_a_file_is_checked_alone(
        styled: Project, capfd: Capture, content: str, said: str) -> None:
    styled.write('a.py', content)
    assert lint.main(['--check', './a.py']) == bool(said)
    assert said in capfd.readouterr().out
    assert styled.read('a.py') == content


def test_several_files_are_checked_side_by_side(
        styled: Project, capfd: Capture) -> None:
    names = [f'./module_{number}.py' for number in range(9)]
    for name in names:
        styled.write(name, 'x=1\n' if name == names[4] else ALLOWED)
    before = [Path(name).stat().st_mtime_ns for name in names]
    assert lint.main(names) == 0
    after = [Path(name).stat().st_mtime_ns for name in names]
    assert [old == new for old, new in zip(before, after)] == [
        name != names[4] for name in names]
    assert styled.read(names[4]) == 'x = 1\n'


@pytest.mark.parametrize('options', [[], ['--check']])
@pytest.mark.parametrize('names', [['./a.py'], ['./a.py', './b.py']])
def test_a_check_that_crashes_is_no_pass(
        styled: Project, capfd: Capture, options: list[str],
        names: list[str]) -> None:
    styled.write('setup.cfg', CRASHING)
    styled.write('crashing.py', 'def check(logical_line):\n    1 / 0\n')
    styled.write('a.py', 'x = 1\n')
    styled.write('b.py', 'undefined\n')
    assert lint.main([*options, *names]) == 1
    assert 'ZeroDivisionError' in capfd.readouterr().out


def test_a_name_that_flake8_cannot_print_is_no_pass(styled: Project) -> None:
    styled.write('\udcff.py', 'x=1\n')
    assert lint.python_style(['./\udcff.py'], check=False) == 0
    assert styled.read('\udcff.py') == 'x = 1\n'
    styled.write('\udcff.py', 'undefined\n')
    with pytest.raises(UnicodeEncodeError):
        lint.python_style(['./\udcff.py'], check=False)
