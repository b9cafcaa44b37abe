"""Noxfiles in subfolders: which of them the hooks and commands run, and how.
"""
import shlex
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.cli import hooks
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks import new_commits
from autodevelop.git_hooks.pre_commit import pre_commit
from autodevelop.git_hooks.pre_push import pre_push
from autodevelop.system.git import find_repository
from tests.support.project import Project

core = pytest.mark.core
Capture = pytest.CaptureFixture[str]
NOXFILE = """
import os
from pathlib import Path

import nox


@nox.session(python=False, tags=['pre-commit', 'pre-push', 'ci'])
def tests(session):
    names = [*map(Path, session.posargs)] or sorted(Path().rglob('*.txt'))
    with open(os.environ['RUNS'], 'a') as runs:
        runs.write(' '.join([Path().absolute().name, *session.posargs]))
        runs.write('\\n')
    Path('results').mkdir(exist_ok=True)
    for path in names:
        text = path.read_text()
        if 'bad' in text:
            session.error(f'{path} is bad')
        if 'untidy' in text:
            path.write_text('tidy')
"""
ZEROS = '0' * 40
UNCHECKED = 'autodevelop: nothing was checked: '


def runs(project: Project) -> list[str]:
    """What ran since the last call: the folder, and the names given."""
    path = project.folder.parent / 'runs'
    found = path.read_text().splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    return found


def with_projects(project: Project, *names: str) -> str:
    """Commit a project with a noxfile in each of these folders alone."""
    project.git('rm', '-q', '--cached', 'noxfile.py')
    (project.folder / 'noxfile.py').unlink()
    for name in names:
        project.stage(f'{name}/noxfile.py', NOXFILE)
        project.stage(f'{name}/a.txt', 'one')
    return project.commit()


def commit() -> None:
    pre_commit(find_repository())


def push(new: str, old: str = ZEROS) -> int:
    return pre_push(find_repository(), 'origin',
                    [f'refs/heads/main {new} refs/heads/main {old}'])


@core
def test_a_commit_is_checked_where_it_changes_something(
        project: Project, capfd: Capture) -> None:
    with_projects(project, 'backend', 'packages/a')
    project.stage('backend/a.txt', 'two')
    commit()
    assert runs(project) == ['backend']
    assert not capfd.readouterr().err
    project.stage('packages/a/sub/b.txt', 'two')
    commit()
    # What passed on another tree is checked on this one.
    assert runs(project) == ['backend', 'a']
    project.commit()
    project.stage('README', 'text')
    commit()
    assert runs(project) == []
    assert capfd.readouterr().err == (
        f'{UNCHECKED}the commit changes nothing in backend, packages/a\n')


@core
def test_a_commit_that_deletes_a_project_checks_nothing(
        project: Project, capfd: Capture) -> None:
    with_projects(project, 'backend')
    project.git('rm', '-rq', 'backend')
    project.stage('a', '')
    commit()
    assert capfd.readouterr().err == (
        f'{UNCHECKED}noxfile.py is not in the commit\n')


@core
def test_a_noxfile_in_a_folder_that_is_not_added_is_named(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    with_projects(project, 'backend')
    project.git('rm', '-q', '--cached', 'backend/noxfile.py')
    commit()
    assert capfd.readouterr().err == (
        f'{UNCHECKED}backend/noxfile.py is not in the commit; run: git add '
        'backend/noxfile.py\n')
    monkeypatch.setenv('GIT_PREFIX', 'backend/')
    commit()
    assert 'run: git add noxfile.py\n' in capfd.readouterr().err


def test_the_printed_command_fails_as_the_hook_did(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    with_projects(project, 'backend', 'front end')
    for folder in ('backend', 'front end'):
        project.stage(f'{folder}/a.txt', 'bad')
        with pytest.raises(AutodevelopError) as caught:
            commit()
        assert caught.value.message == (
            f'{folder} in the staged tree failed: tests')
        assert 'pre-commit/tree/' + folder in capfd.readouterr().err
        for here in ('.', 'backend'):
            monkeypatch.chdir(project.folder / here)
            words = shlex.split(caught.value.hint.partition(': ')[2])
            assert words[1:] == ['check', '--staged', '--stage', 'pre-commit',
                                 '--project', folder]
            assert main(words[1:]) == 1
            assert f'{folder} in the staged tree failed: tests' in (
                capfd.readouterr().err)
        project.stage(f'{folder}/a.txt', 'one')


def test_the_root_is_named_where_another_project_is_nearer(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with_projects(project, 'backend')
    project.stage('noxfile.py', NOXFILE)
    project.stage('a.txt', 'bad')
    for prefix, end in [('', 'pre-commit'), ('backend/', ' --project .')]:
        monkeypatch.setenv('GIT_PREFIX', prefix)
        with pytest.raises(AutodevelopError) as caught:
            commit()
        assert caught.value.hint.endswith(end)
    assert main(['check', '--staged', '--project', '.']) == 1


def test_the_root_checks_every_change(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with_projects(project, 'a', 'b')
    project.stage('noxfile.py', NOXFILE)
    project.commit()
    project.stage('b/a.txt', 'two')
    commit()
    assert runs(project) == ['tree', 'b']
    project.stage('README', '')
    commit()
    assert runs(project) == ['tree', 'b']


def test_a_fix_of_one_project_is_checked_by_the_others(
        project: Project, capfd: Capture) -> None:
    with_projects(project, 'a', 'b')
    project.stage('noxfile.py', NOXFILE.replace('untidy', 'no way'))
    project.commit()
    project.stage('a/a.txt', 'untidy')
    project.stage('b/a.txt', 'two')
    commit()
    # The root, which has the file too, and not b, which has not.
    assert runs(project) == ['tree', 'a', 'a', 'b', 'tree']
    assert project.git('show', ':a/a.txt') == 'tidy'
    assert "fixed in this commit: 'a/a.txt'" in capfd.readouterr().err


def test_projects_that_undo_the_fixes_of_each_other_are_refused(
        project: Project) -> None:
    with_projects(project, 'a')
    project.stage('noxfile.py', NOXFILE.replace('untidy', 'tidy').replace(
        "write_text('tidy')", "write_text('untidied')"))
    project.stage('a/noxfile.py', NOXFILE.replace('untidy', 'untidied'))
    project.commit()
    project.stage('a/a.txt', 'untidied')
    with pytest.raises(AutodevelopError, match='still change files after'):
        commit()
    assert project.git('show', ':a/a.txt') == 'untidied'


def test_what_one_project_leaves_the_other_does_not_meet(
        project: Project, capfd: Capture) -> None:
    with_projects(project, 'a')
    project.stage('noxfile.py', NOXFILE)
    project.stage('a/other.txt', 'untidy')
    project.stage('a/noxfile.py', NOXFILE.replace(
        "'bad' in", "path.name == 'other.txt' and 'untidy' not in"))
    project.commit()
    project.stage('a/a.txt', 'two')
    commit()
    assert "dropped the fix of 'a/other.txt', " in capfd.readouterr().err
    assert runs(project) == ['tree', 'a']


@core
def test_file_names_are_those_of_the_project(
        project: Project, capfd: Capture) -> None:
    with_projects(project, 'a', 'b')
    project.stage('a/pyproject.toml',
                  '[tool.autodevelop.files]\ntests = ["*.txt"]\n')
    project.commit()
    project.stage('a/sub/new.txt', 'two')
    project.stage('b/a.txt', 'two')
    commit()
    assert runs(project) == ['a sub/new.txt', 'b']
    project.stage('a/sub/new.txt', 'bad')
    project.stage('a/a.txt', 'fine')
    # The same names, so that the same fails.
    assert main(['check', '--staged', '--stage', 'pre-commit',
                 '--project', 'a']) == 1
    assert runs(project) == ['a a.txt sub/new.txt']
    assert main(['check', '--staged', '--stage', 'pre-commit',
                 '--project', 'a', '--', 'a.txt']) == 0
    assert runs(project) == ['a a.txt']
    project.stage('a/sub/new.txt', 'fine')
    project.commit()
    # With nothing to commit it is everything, as by hand.
    assert main(['check', '--staged', '--stage', 'pre-commit',
                 '--project', 'a']) == 0
    assert runs(project) == ['a']
    capfd.readouterr()


def test_names_of_a_first_commit_are_given_by_hand(project: Project) -> None:
    project.stage('noxfile.py', NOXFILE)
    project.stage('a.txt', 'one')
    project.stage('pyproject.toml',
                  '[tool.autodevelop.files]\ntests = ["*.txt"]\n')
    assert main(['check', '--staged', '--stage', 'pre-commit']) == 0
    assert runs(project) == ['tree a.txt']


@core
def test_a_project_without_sessions_for_the_stage_is_named(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    with_projects(project, 'a', 'b')
    project.stage('a/noxfile.py', NOXFILE.replace("'pre-commit', ", ''))
    project.stage('b/a.txt', 'two')
    monkeypatch.setenv('AUTODEVELOP_SKIP', 'test')
    commit()
    said = capfd.readouterr().err
    assert 'a: nothing was checked: the noxfile has no session for t' in said
    assert "AUTODEVELOP_SKIP: there is no session 'test' in b\n" in said


@core
def test_errors_name_the_project(project: Project) -> None:
    with_projects(project, 'a')
    project.stage('a/noxfile.py',
                  'import nox\nimport nothing_of_that_name\n')
    with pytest.raises(AutodevelopError, match='a: the noxfile imports'):
        commit()
    project.stage('a/pyproject.toml', '[tool.autodevelop]\nwrong = 1\n')
    with pytest.raises(AutodevelopError, match='a: .*has no key'):
        commit()


def test_a_merge_is_checked_where_both_sides_changed_something(
        project: Project, capfd: Capture) -> None:
    start = with_projects(project, 'a', 'b', 'c')
    for name in ('a', 'b'):
        project.stage(f'{name}/ours.txt', '')
    ours = project.commit()
    project.git('checkout', '-q', '-b', 'theirs', start)
    for name in ('b', 'c'):
        project.stage(f'{name}/theirs.txt', '')
    theirs = project.commit()
    project.git('merge', '-q', '--no-commit', ours)
    commit()
    assert runs(project) == ['b']
    merge = project.commit()
    # Neither side alone: that is what the remote has.
    project.git('update-ref', 'refs/remotes/origin/x', theirs)
    assert push(merge, ours) == 1
    said = capfd.readouterr().err
    assert said.endswith(f'b in commit {merge[:12]} already passed\n')
    assert 'a in commit' not in said
    # As with the first, which is a merge that takes one side.
    project.git('merge', '-q', '-s', 'ours', '-m', 'merge',
                project.git('commit-tree', f'{start}^{{tree}}', '-p', start,
                            '-m', 'x').strip())
    other = project.git('rev-parse', 'HEAD').strip()
    assert push(other, merge) == 1
    assert runs(project) == []


def test_a_push_is_checked_where_it_changes_something(
        project: Project, capfd: Capture) -> None:
    start = with_projects(project, 'a', 'b')
    project.stage('a/a.txt', 'two')
    project.commit()
    project.stage('README', '')
    tip = project.commit()
    assert push(tip, start) == 1
    assert runs(project) == ['a']
    said = capfd.readouterr().err
    assert f'autodevelop: a in commit {tip[:12]}:\ntests  passed' in said
    assert push(tip, start) == 1
    assert f'a in commit {tip[:12]} already passed\n' in (
        capfd.readouterr().err)
    project.stage('README', 'more')
    last = project.commit()
    assert push(last, tip) == 1
    assert capfd.readouterr().err == (
        f'autodevelop: commit {last[:12]}: nothing was checked: the push '
        'changes nothing in a, b\n')
    assert push(last) == 1
    assert runs(project) == ['a', 'b']


def test_every_project_of_a_push_is_checked_before_it_is_refused(
        project: Project) -> None:
    with_projects(project, 'a', 'b')
    project.stage('a/a.txt', 'bad')
    tip = project.commit()
    with pytest.raises(AutodevelopError) as caught:
        push(tip)
    assert caught.value.message == f'a in commit {tip[:12]} failed: tests'
    assert caught.value.hint.endswith(
        f'check {tip[:12]} --stage pre-push --project a')
    assert runs(project) == ['a', 'b']


@core
def test_each_commit_of_a_push_has_its_projects(project: Project) -> None:
    start = with_projects(project, 'a', 'b')
    project.write('pyproject.toml', '[tool.autodevelop]\ncommits = "each"\n')
    for name in ('b', 'a'):
        project.stage(f'{name}/a.txt', 'two')
        tip = project.commit()
    assert push(tip, start) == 2
    assert runs(project) == ['b', 'a']


def test_a_long_push_checks_every_project(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_commits, 'MANY', 1)
    start = with_projects(project, 'a', 'b')
    for text in ('two', 'three'):
        project.stage('a/a.txt', text)
        tip = project.commit()
    assert push(tip, start) == 1
    assert runs(project) == ['a', 'b']


@core
def test_projects_of_the_same_tree_are_checked_together(
        project: Project) -> None:
    start = with_projects(project, 'a', 'b')
    project.stage('a/a.txt', 'two')
    first = project.commit()
    project.stage('b/a.txt', 'two')
    one = project.commit()
    two = project.git('commit-tree', f'{one}^{{tree}}', '-p', start, '-m',
                      'both').strip()
    project.git('update-ref', 'refs/remotes/origin/x', first)
    assert pre_push(find_repository(), 'origin', [
        f'refs/heads/{oid} {oid} refs/heads/{oid} {start}'
        for oid in (two, one)]) == 1
    assert runs(project) == ['a', 'b']


@core
def test_a_setting_says_which_projects_there_are(
        project: Project, capfd: Capture) -> None:
    start = with_projects(project, 'tests/data', 'packages/a')
    project.stage('pyproject.toml',
                  '[tool.autodevelop]\nprojects = ["packages/*"]\n')
    project.stage('packages/a/a.txt', 'two')
    project.stage('tests/data/a.txt', 'two')
    commit()
    assert runs(project) == ['a']
    assert push(project.commit(), start) == 1
    assert runs(project) == []
    assert 'packages/a in commit' in capfd.readouterr().err
    assert main(['hooks', 'status']) == 0
    said = capfd.readouterr().out
    assert 'packages/a: pre-push runs: tests\n' in said
    assert 'tests/data' not in said
    project.stage('tests/data/a.txt', 'three')
    commit()
    assert capfd.readouterr().err.endswith(
        f'{UNCHECKED}the noxfile is outside the sparse checkout, or excluded '
        'by projects in [tool.autodevelop]\n')
    project.stage('noxfile.py', NOXFILE)
    commit()
    assert runs(project) == ['tree']


@core
def test_commands_find_the_project_above(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    with_projects(project, 'a', 'b')
    project.write('b/deep/er/file', '')
    monkeypatch.chdir(project.folder / 'b/deep/er')
    assert main(['check']) == 0
    assert main(['run', 'tests']) == 0
    assert runs(project) == ['b', 'b']
    monkeypatch.chdir(project.folder / 'b/deep/er')
    capfd.readouterr()
    assert main(['report', '../../results']) == 0
    assert capfd.readouterr().out.startswith('tests  passed')
    assert Path.cwd() == project.folder / 'b'


@core
def test_elsewhere_the_error_says_where_noxfiles_are(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    with_projects(project, *(f'p {number}' for number in range(11)))
    project.write('docs/file', '')
    monkeypatch.chdir(project.folder / 'docs')
    for command in ('check', 'plan'):
        assert main([command]) == 2
        assert capfd.readouterr().err == (
            'error: there is no noxfile.py in this folder or above it, but '
            'in p 0, p 1, p 10, p 2, p 3, p 4, p 5, p 6, p 7, p 8 and 1 '
            "more\nhint: cd '../p 0'\n")
    assert main(['check', '--project', 'docs']) == 2
    said = capfd.readouterr().err
    assert 'error: there is no docs/noxfile.py in HEAD\n' in said
    assert 'hint: choose one of: p 0, ' in said
    project.git('rm', '-rqf', '--cached', '.')
    assert main(['check', '--project', 'docs', '--staged']) == 2
    assert 'hint: see which files it has: git ls-files' in (
        capfd.readouterr().err)


@core
def test_the_sessions_of_some_projects_are_listed(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    monkeypatch.setattr(hooks, 'NAMED', 1)
    with_projects(project, 'a', 'b')
    assert main(['hooks', 'status']) == 0
    assert capfd.readouterr().out.endswith(
        'a: pre-commit runs: tests\na: pre-push runs: tests\n'
        'there are also noxfiles in b\n')


def test_the_files_of_ci_are_those_of_the_root(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    with_projects(project, 'a')
    monkeypatch.chdir(project.folder / 'a')
    assert main(['ci']) == 0
    name = '.github/workflows/ci-a.yml'
    assert f'wrote {name}\n' in capfd.readouterr().err
    assert (project.folder / name).exists()


@core
@pytest.mark.parametrize('root', ['', '[tool.other]\n'])
def test_messages_follow_the_rules_of_the_only_project(
        project: Project, root: str, capfd: Capture) -> None:
    with_projects(project, 'a')
    project.stage('a/pyproject.toml',
                  '[tool.autodevelop]\nsubject_length = 5\n')
    project.write('message', 'too long\n')
    if root:
        project.write('pyproject.toml', root)
    assert main(['hook', 'commit-msg', 'message']) == int(not root)
    project.stage('b/noxfile.py', NOXFILE)
    assert main(['hook', 'commit-msg', 'message']) == 0
    capfd.readouterr()


def test_projects_of_one_tree_have_sessions_of_their_own(
        project: Project, capfd: Capture) -> None:
    with_projects(project, 'a', 'b')
    more = "\n\n@nox.session(python=False, tags=['ci'])\ndef other(session):\n"
    project.stage('b/noxfile.py', f'{NOXFILE}{more}    session.error()\n')
    project.commit()
    for name, status in [('b', 1), ('a', 0)] * 2:
        assert main(['check', '--project', name]) == status
        assert f', {status} failed' in capfd.readouterr().out
    assert runs(project) == ['b', 'a']


def test_a_project_has_its_own_needs_and_environments(
        project: Project) -> None:
    with_projects(project, 'a', 'b')
    project.stage('.gitignore', '.env\nresults/\n__pycache__/\n')
    for name in ('a', 'b'):
        project.stage(f'{name}/pyproject.toml',
                      '[tool.autodevelop]\nneeds = [".env"]\n')
        project.stage(f'{name}/noxfile.py', NOXFILE.replace(
            "or sorted(Path().rglob('*.txt'))", "or [Path('.env')]"))
        project.write(f'{name}/.env', 'fine')
    project.commit()
    project.write('b/.env', 'bad')
    for name, status in [('a', 0), ('b', 1), ('a', 0)]:
        assert main(['check', '--project', name]) == status
    assert runs(project) == ['a', 'b']
    room = find_repository().cache / 'ci'
    assert len([*room.glob('*/dependencies.json')]) == 2
