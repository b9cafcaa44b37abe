"""Files that a commit can have: names, kinds, line ends; none is lost.

The rows are those in which other hook runners fail or lose work.
"""
import os
from pathlib import Path

import pytest

from .workplace import Workplace

BAD, FIXED = 'x=1\n', 'x = 1\n'


@pytest.mark.parametrize(('work', 'merged', 'said'), [
    ('x=1\ny = 2\nz = 3\n', 'x = 1\ny = 2\nz = 3\n', ''),
    ('x=1\nedited = 2\nz = 3\n', 'x = 1\nedited = 2\nz = 3\n', ''),
    pytest.param('new = 0\nx=1\ny = 2\nz = 3\n',
                 'new = 0\nx = 1\ny = 2\nz = 3\n', '',
                 marks=pytest.mark.long),
    ('x=1\ny = 2\nz = 3\nlast = 4\n', 'x = 1\ny = 2\nz = 3\nlast = 4\n', ''),
    ('x=5\ny = 2\nz = 3\n', 'x=5\ny = 2\nz = 3\n',
     "'a.py':1 is fixed in the commit only"),
    ('y = 2\nz = 3\n', 'y = 2\nz = 3\n', "'a.py':1 is fixed in the commit"),
], ids=['no edit', 'the next line', 'a line above', 'a line below',
        'the same line', 'the same line deleted'])
def test_unstaged_edits_survive(
        workplace: Workplace, work: str, merged: str, said: str) -> None:
    workplace.stage('a.py', 'x=1\ny = 2\nz = 3\n')
    workplace.write('a.py', work)
    assert said in workplace.git('commit', '-m', 'edited beside')
    fixed = 'x = 1\ny = 2\nz = 3\n'
    assert workplace.shown('HEAD:a.py') == workplace.shown(':a.py') == fixed
    assert workplace.read('a.py') == merged
    assert workplace.status() == ([] if merged == fixed else [' M a.py'])
    workplace.assert_proved()


NAMES = [
    '-dash.py', '--option.py', ' leading.py', 'a space.py', 'new\nline.py',
    'quote".py', "apostrophe'.py", '$(touch executed).py', '`id`.py',
    '$HOME.py', 'tab\t.py', 'back\\slash.py', ':colon.py', '*.py', '%s.py',
    ':(literal)a.py', '{}.py', 'gr\xfc\xdfe.py', '\U0001f40d.py',
    'dir with space/-dash.py', '#comment.py', '~.py', 'a;b&c|d.py']


@pytest.mark.parametrize('names', [pytest.param(NAMES, id='all'), *(
    pytest.param([name], id=ascii(name), marks=pytest.mark.long)
    for name in NAMES)])
def test_a_name_is_only_a_name(
        workplace: Workplace, names: list[str]) -> None:
    workplace.lint_by_tools()
    for name in names:
        workplace.stage(name, BAD)
    workplace.git('commit', '-m', 'names')
    for name in names:
        assert workplace.shown(f'HEAD:{name}') == FIXED
        assert workplace.read(name) == FIXED
    assert workplace.status() == []
    assert not list(workplace.home.rglob('executed'))
    workplace.assert_proved()


@pytest.mark.parametrize(('text', 'status'), [
    (BAD, 0), ('undefined\n', 1), ('def broken(:\n', 1)])
def test_a_name_that_is_not_utf_8(
        workplace: Workplace, text: str, status: int) -> None:
    """flake8 crashes when it reports on one: that is a failed check."""
    workplace.lint_by_tools()
    name = os.fsdecode(b'\xff.py')
    workplace.stage(name, text)
    before = workplace.ask('rev-parse', 'HEAD')
    said = workplace.git('commit', '-m', 'bytes', status=status)
    if status:
        assert 'the staged tree failed: lint' in said
        assert workplace.ask('rev-parse', 'HEAD') == before
        assert workplace.read(name) == workplace.shown(f':{name}') == text
    else:
        assert workplace.shown(f'HEAD:{name}') == workplace.read(name) == FIXED
        workplace.assert_proved()


def test_many_files_at_once(workplace: Workplace) -> None:
    """More names than one command line takes."""
    names = [f'package/{"long" * 40}_{number}.txt' for number in range(1500)]
    for name in names:
        workplace.write(name, '\n')
    workplace.git('add', 'package')
    workplace.git('commit', '-q', '-m', 'many')
    checked = [name for seen in workplace.seen() for name in seen.posargs]
    assert sorted(checked) == sorted(names)
    assert len(workplace.seen()) > 1
    workplace.assert_proved()


def test_a_staged_deletion(workplace: Workplace) -> None:
    workplace.stage('a.py', 'undefined\n')
    workplace.git('commit', '-q', '--no-verify', '-m', 'before')
    workplace.git('rm', '-q', 'a.py')
    workplace.stage('b.py', BAD)
    workplace.git('commit', '-q', '-m', 'deleted')
    assert workplace.seen()[-1].posargs == []
    assert workplace.status() == []
    workplace.assert_proved()


def test_a_renamed_file_is_one_that_is_gone(workplace: Workplace) -> None:
    workplace.stage('a.py', BAD)
    workplace.git('commit', '-q', '--no-verify', '-m', 'before')
    workplace.git('mv', 'a.py', 'b.py')
    workplace.git('commit', '-q', '-m', 'renamed')
    assert workplace.seen()[-1].posargs == []
    assert workplace.shown('HEAD:b.py') == workplace.read('b.py') == FIXED


def test_a_file_that_became_a_symlink(workplace: Workplace) -> None:
    workplace.stage('a.py', BAD)
    workplace.stage('target.py', FIXED)
    workplace.git('commit', '-q', '--no-verify', '-m', 'before')
    workplace.path('a.py').unlink()
    workplace.path('a.py').symlink_to('target.py')
    workplace.stage('b.py', BAD)
    workplace.git('add', 'a.py')
    workplace.git('commit', '-q', '-m', 'a link')
    assert workplace.seen()[-1].posargs == []
    assert workplace.ask('ls-tree', 'HEAD', 'a.py').startswith('120000')
    assert os.readlink(workplace.path('a.py')) == 'target.py'
    assert workplace.read('target.py') == FIXED
    assert workplace.status() == []
    workplace.assert_proved()


def test_a_file_that_is_a_symlink_by_now_is_not_written_through(
        workplace: Workplace) -> None:
    workplace.stage('a.py', BAD)
    workplace.path('a.py').unlink()
    workplace.write('target.py', BAD)
    workplace.path('a.py').symlink_to('target.py')
    said = workplace.git('commit', '-m', 'a file')
    assert "'a.py' is fixed in the commit only" in said
    assert workplace.shown('HEAD:a.py') == FIXED
    assert os.readlink(workplace.path('a.py')) == 'target.py'
    assert workplace.read('target.py') == BAD


def test_a_symlink_that_became_a_file(workplace: Workplace) -> None:
    workplace.path('a.py').symlink_to('nowhere')
    workplace.git('add', 'a.py')
    workplace.git('commit', '-q', '--no-verify', '-m', 'before')
    workplace.path('a.py').unlink()
    workplace.stage('a.py', BAD)
    workplace.git('commit', '-q', '-m', 'a file')
    assert workplace.shown('HEAD:a.py') == workplace.read('a.py') == FIXED
    workplace.assert_proved()


def test_a_folder_that_became_a_file_and_back(workplace: Workplace) -> None:
    workplace.stage('a.py/b.py', BAD)
    workplace.git('commit', '-q', '-m', 'a folder')
    workplace.git('rm', '-q', 'a.py/b.py')
    workplace.stage('a.py', BAD)
    workplace.git('commit', '-q', '-m', 'a file')
    workplace.assert_proved()
    workplace.git('rm', '-q', 'a.py')
    workplace.stage('a.py/c.py', BAD)
    workplace.git('commit', '-q', '-m', 'a folder again')
    assert workplace.shown('HEAD:a.py/c.py') == FIXED
    workplace.assert_proved()


def test_an_executable_file_stays_one(workplace: Workplace) -> None:
    workplace.write('a.py', BAD)
    workplace.path('a.py').chmod(0o755)
    workplace.git('add', 'a.py')
    workplace.git('commit', '-q', '-m', 'executable')
    assert workplace.ask('ls-tree', 'HEAD', 'a.py').startswith('100755')
    assert workplace.path('a.py').stat().st_mode & 0o777 == 0o755
    assert workplace.read('a.py') == FIXED
    assert workplace.status() == []


def test_line_ends_of_windows_stay_in_the_work_tree(
        workplace: Workplace) -> None:
    workplace.git('config', 'core.autocrlf', 'true')
    workplace.stage('a.py', 'x=1\r\ny = 2\r\n')
    workplace.write('a.py', 'x=1\r\ny = 2\r\nz = 3\r\n')
    workplace.git('commit', '-q', '-m', 'line ends')
    assert workplace.shown('HEAD:a.py') == 'x = 1\ny = 2\n'
    assert workplace.read('a.py') == 'x = 1\r\ny = 2\r\nz = 3\r\n'
    workplace.git('add', 'a.py')
    workplace.git('commit', '-q', '-m', 'the rest')
    assert workplace.shown('HEAD:a.py') == 'x = 1\ny = 2\nz = 3\n'
    assert workplace.status() == []


def test_line_ends_that_are_committed_stay(workplace: Workplace) -> None:
    workplace.git('config', 'core.autocrlf', 'false')
    workplace.stage('a.py', 'x=1\r\n')
    workplace.git('commit', '-q', '-m', 'carriage returns')
    assert workplace.shown('HEAD:a.py') == workplace.read('a.py')
    assert workplace.read('a.py') == 'x = 1\r\n'
    assert workplace.status() == []


def test_a_submodule_is_seen_and_left_alone(
        workplace: Workplace, tmp_path: Path) -> None:
    inner = Workplace(tmp_path / 'inner', tmp_path)
    inner.folder.mkdir()
    inner.git('init', '-q', '.')
    inner.stage('a.py', BAD)
    inner.git('commit', '-q', '-m', 'inner')
    workplace.git('submodule', '--quiet', 'add', str(inner.folder), 'module')
    workplace.stage('b.py', BAD)
    workplace.git('commit', '-q', '-m', 'a submodule')
    assert workplace.seen()[-1].posargs == ['.gitmodules', 'b.py']
    assert workplace.read('module/a.py') == BAD
    assert workplace.status() == []
    assert 'module/a.py' in workplace.seen()[-1].files


def test_a_fix_that_undoes_the_whole_change_is_refused(
        workplace: Workplace) -> None:
    workplace.stage('a.py', FIXED)
    workplace.git('commit', '-q', '-m', 'fixed')
    workplace.stage('a.py', BAD)
    said = workplace.git('commit', '-m', 'undone', status=1)
    assert 'nothing is left to commit' in said
    assert workplace.shown(':a.py') == workplace.read('a.py') == BAD


def test_what_cannot_be_fixed_is_refused_and_nothing_is_touched(
        workplace: Workplace) -> None:
    workplace.lint_by_tools()
    workplace.stage('a.py', 'x=undefined\n')
    workplace.write('a.py', 'x=undefined\nmore\n')
    said = workplace.git('commit', '-m', 'wrong', status=1)
    assert "undefined name 'undefined'" in said
    assert workplace.shown(':a.py') == 'x=undefined\n'
    assert workplace.read('a.py') == 'x=undefined\nmore\n'


def test_files_that_are_not_staged_are_not_seen(workplace: Workplace) -> None:
    workplace.write('untracked.py', 'undefined\n')
    workplace.stage('a.py', BAD)
    workplace.git('commit', '-q', '-m', 'alone')
    assert workplace.read('untracked.py') == 'undefined\n'
    assert workplace.status() == ['?? untracked.py']
    workplace.assert_proved()
