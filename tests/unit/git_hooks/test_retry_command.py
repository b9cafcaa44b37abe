"""The command that commits again after a message was refused."""
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autodevelop.git_hooks import retry_command
from autodevelop.git_hooks.retry_command import commit_again
from autodevelop.system.git import find_repository
from tests.support.project import Project

pytestmark = pytest.mark.once

KEPT = Path('kept')
linux = pytest.mark.skipif(sys.platform != 'linux', reason='has /proc')


@pytest.fixture(autouse=True)
def no_git_above(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests may themselves run in a hook."""
    monkeypatch.setattr(retry_command, 'MAX_PARENTS', 0)


def command() -> str:
    return commit_again(find_repository(), KEPT)


def hold(project: Project, monkeypatch: pytest.MonkeyPatch, name: str,
         *added: str) -> None:
    """Add files to a copy of the index, as git commit does."""
    index = project.folder / '.git' / name
    shutil.copyfile(project.folder / '.git/index', index)
    monkeypatch.setenv('GIT_INDEX_FILE', f'.git/{name}')
    project.git('add', '--', *added)


@pytest.fixture
def edited(project: Project) -> Project:
    """Three files that are edited, one of which is staged."""
    for name in ('a.py', 'b.py', 'c.py'):
        project.stage(name, 'old\n')
    project.commit()
    for name in ('a.py', 'b.py', 'c.py'):
        project.write(name, 'edited, and of another size\n')
    project.git('add', 'a.py')
    return project


def test_what_is_staged_is_committed(
        edited: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command() == 'git commit --edit --file=kept'
    monkeypatch.setenv('GIT_INDEX_FILE', '.git/index')
    assert command() == 'git commit --edit --file=kept'


def test_all_is_committed(
        edited: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(edited, monkeypatch, 'index.lock', 'b.py', 'c.py')
    assert command() == 'git commit --all --edit --file=kept'


def test_a_file_beside_what_is_staged_is_included(
        edited: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(edited, monkeypatch, 'index.lock', 'b.py')
    assert command() == 'git commit --include --edit --file=kept -- b.py'


def test_a_part_of_a_file_is_chosen_again(
        edited: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(edited, monkeypatch, 'index.lock', 'b.py')
    edited.write('b.py', 'another part\n')
    assert command() == 'git commit --patch --edit --file=kept'


def test_files_alone_are_named(
        edited: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    edited.git('reset', '-q')
    hold(edited, monkeypatch, 'next-index-1.lock', 'b.py', 'c.py')
    assert command() == 'git commit --edit --file=kept -- b.py c.py'


def test_a_first_commit_has_nothing_to_compare_with(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.git('rm', '-q', '--cached', '.gitignore')
    hold(project, monkeypatch, 'next-index-1.lock', 'noxfile.py')
    assert command() == 'git commit --edit --file=kept -- noxfile.py'


@pytest.mark.skipif(os.name == 'nt', reason='has not all these names')
@pytest.mark.parametrize(('name', 'prefix', 'named'), [
    ('a b.py', '', "'a b.py'"), ('*.py', '', "':(literal)*.py'"),
    (':a', '', "':(literal):a'"), ('d.py', 'd/', "':(top)d.py'"),
    ('d[.py', 'd/', "':(top,literal)d[.py'")])
def test_a_name_is_quoted(
        project: Project, monkeypatch: pytest.MonkeyPatch, name: str,
        prefix: str, named: str) -> None:
    project.commit()
    project.write(name, 'x\n')
    hold(project, monkeypatch, 'next-index-1.lock', f':(literal){name}')
    monkeypatch.setenv('GIT_PREFIX', prefix)
    assert command() == f'git commit --edit --file=kept -- {named}'


def test_an_amended_commit_keeps_the_date_of_its_author(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('GIT_AUTHOR_DATE', '@1234567890 +0100')
    assert command() == 'git commit --edit --file=kept'
    project.commit()
    assert command() == 'git commit --amend --edit --file=kept'
    monkeypatch.setenv('GIT_AUTHOR_DATE', '@1234567891 +0100')
    assert command() == 'git commit --edit --file=kept'


@contextmanager
def git_above(monkeypatch: pytest.MonkeyPatch,
              *words: str) -> Iterator[None]:  # only on linux
    """Have a program of that command line run a shell, which runs the hook."""
    with subprocess.Popen(
            ['git', '-c', 'exec 3<&0; sh -c "read line <&3; :" & echo $!; '
             'wait', *words], executable='/bin/sh', stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True) as program:
        assert program.stdin and program.stdout
        shell = int(program.stdout.readline())
        monkeypatch.setattr(os, 'getppid', lambda: shell)
        yield
        program.stdin.close()


@linux
@pytest.mark.parametrize(('words', 'amends'), [
    (['commit', '--amend'], True), (['commit', '--am', '-m', 'a'], True),
    (['commit', '-m', 'a'], False), (['push', '--amend'], True)])
def test_the_command_line_says_whether_it_amends(
        project: Project, monkeypatch: pytest.MonkeyPatch, words: list[str],
        amends: bool) -> None:  # only on linux
    """A commit right after another has the same date, too."""
    monkeypatch.setenv('GIT_AUTHOR_DATE', '@1234567890 +0100')
    project.commit()
    # The shell, and its parent.
    monkeypatch.setattr(retry_command, 'MAX_PARENTS', 2)
    with git_above(monkeypatch, *words):
        assert (' --amend ' in command()) == amends


def test_without_a_command_line_nothing_is_known(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry_command, 'MAX_PARENTS', 2)
    monkeypatch.setattr(os, 'getppid', lambda: 0)
    assert command() == 'git commit --edit --file=kept'


@pytest.mark.parametrize(('action', 'todo', 'then'), [
    ('rebase (reword)', None, ' && git rebase --continue'),
    ('rebase -i', 'pick a\n', ' && git rebase --continue'),
    ('', 'pick a\n', ' && git cherry-pick --continue'),
    ('', 'revert a\n', ' && git revert --continue')])
def test_what_made_git_commit_goes_on(
        project: Project, monkeypatch: pytest.MonkeyPatch, action: str,
        todo: str | None, then: str) -> None:
    monkeypatch.setenv('GIT_REFLOG_ACTION', action)
    if todo:
        project.write('.git/sequencer/todo', todo)
    assert command() == f'git commit --edit --file=kept{then}'
