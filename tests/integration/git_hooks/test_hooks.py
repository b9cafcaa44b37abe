"""The hooks, called in git's place on real repositories."""
import io
import os
import sys
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.deploy import receive
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks import file_names, staged
from autodevelop.git_hooks import pre_commit as pre_commit_hook
from autodevelop.git_hooks.pre_push import pre_push as run_pre_push
from autodevelop.system.git import find_repository
from tests.support.project import ROOT, Project, write_launcher

core = pytest.mark.core
Capture = pytest.CaptureFixture[str]
CHANGING = """
from pathlib import Path

import nox


@nox.session(python=False, tags=['pre-commit'])
def lint(session):
    path = Path('a.py')
    path.{change}
"""
LEAVING = """
from pathlib import Path

import nox


@nox.session(python=False, tags=['pre-push'])
def tests(session):
    if 'leaves' in Path('a.py').read_text():
        Path('results/tests').mkdir(parents=True)
        Path('results/tests/data').touch()
"""
TWO = """
import nox


@nox.session(python=False, tags=['pre-commit'])
def one(session):
    pass


@nox.session(python=False, tags=['pre-commit'])
def two(session):
    pass
"""
MEETING = """
import nox


@nox.session(python=False, tags=['pre-commit'], allow_parallel=True)
def one(session):
    session.run('sh', '-c', 'timeout 60 cat {pipe}', external=True)


@nox.session(python=False, tags=['pre-commit'], allow_parallel=True)
def two(session):
    session.run('sh', '-c', 'timeout 60 sh -c ": > {pipe}"', external=True)
"""
RECORDING = """
import os

import nox


def record(session):
    with open(os.environ['RUNS'], 'a') as runs:
        runs.write(f'{session.name} {" ".join(session.posargs)}\\n')


@nox.session(python=False, tags=['pre-commit'])
def one(session):
    record(session)


@nox.session(python=False, tags=['pre-commit'])
def two(session):
    record(session)
"""
FIXING = """
import os
from pathlib import Path

import nox


def record():
    with open(os.environ['RUNS'], 'a') as runs:
        runs.write('|'.join(FOUND) + '\\n')


@nox.session(python=False, tags=['pre-commit'])
def lint(session):
    changed = 0
    FOUND.clear()
    for path in sorted(Path().glob('*.txt')):
        found = path.read_text()
        FOUND.append(found.rstrip('\\n'))
        fixed = found.rstrip(' \\n') + '\\n'
        if fixed != found.rstrip('\\n') + '\\n':
            path.write_text(fixed)
            changed = 1
    if changed and {status}:
        session.error('fixed')
    {also}


FOUND = []
"""
NEEDING = """
from pathlib import Path

import nox


@nox.session(python=False, tags=['pre-commit'])
def lint(session):
    if not Path('needed.py').exists():
        session.error('needed.py is missing')
"""
INSTALLING = """
import os
import shutil
from pathlib import Path

import nox


@nox.session(venv_backend='uv', tags=['pre-commit'])
def lint(session):
    copy = Path(session.virtualenv.location, 'installed.py')
    session.run_install('python', '-c', 'import shutil, sys; '
                        'shutil.copy(*sys.argv[1:])', 'z.py', str(copy))
    with open(os.environ['RUNS'], 'a') as runs:
        runs.write(copy.read_text())
    Path('z.py').write_text('x = 1\\n')
"""
posix = pytest.mark.skipif(sys.platform == 'win32', reason='has symlinks')


FILES = '[tool.autodevelop.files]\nlint = ["*"]\n'


def pre_commit() -> None:
    pre_commit_hook.pre_commit(find_repository())


def refused(what: str) -> None:
    with pytest.raises(AutodevelopError) as caught:
        pre_commit()
    assert what in caught.value.message
    assert caught.value.status == 1


def pre_push(*lines: str, remote: str = 'origin') -> int:
    return run_pre_push(find_repository(), remote, lines)


def runs(project: Project) -> list[str]:
    path = project.folder.parent / 'runs'
    return path.read_text().splitlines() if path.exists() else []


def record_names(project: Project, settings: str) -> None:
    """Have two sessions write down the file names that they get."""
    project.stage('noxfile.py', RECORDING)
    project.stage('pyproject.toml', f'[tool.autodevelop]\n{settings}\n')
    project.commit()


def test_a_fix_goes_into_the_commit_and_the_file(
        project: Project, capfd: Capture) -> None:
    project.stage('a.py', 'x=1\n')
    pre_commit()
    assert project.git('show', ':a.py') == project.read('a.py') == 'x = 1\n'
    assert project.git('status', '--short', 'a.py') == 'A  a.py\n'
    assert capfd.readouterr().err == (
        "autodevelop: fixed in this commit: 'a.py'\n")


def test_an_unstaged_edit_of_the_next_line_survives(project: Project) -> None:
    project.stage('a.py', 'x=1\ny\n')
    project.write('a.py', 'x=1\nedited\n')
    pre_commit()
    assert project.git('show', ':a.py') == 'x = 1\ny\n'
    assert project.read('a.py') == 'x = 1\nedited\n'


@core
def test_an_unstaged_edit_of_the_same_line_stays(
        project: Project, capfd: Capture) -> None:
    project.stage('a.py', 'x=1\n')
    project.write('a.py', 'x=2\n')
    pre_commit()
    assert project.git('show', ':a.py') == 'x = 1\n'
    assert project.read('a.py') == 'x=2\n'
    assert "'a.py':1 is fixed in the commit only" in capfd.readouterr().err


@core
def test_what_a_killed_hook_left_is_removed_in_time(
        project: Project) -> None:
    own = project.folder / '.git/autodevelop'
    for name in ('commit-old', 'commit-new'):
        (own / name).mkdir(parents=True)
        (own / name / 'index').touch()
    os.utime(own / 'commit-old', (1, 1))
    project.stage('a.py', 'x = 1\n')
    pre_commit()
    assert [path.name for path in own.glob('commit-*')] == ['commit-new']


def test_what_is_wrong_is_refused_and_shown(
        project: Project, capfd: Capture) -> None:
    project.stage('a.py', 'x=1\n')
    project.stage('b.py', 'forbidden\n')
    refused('the staged tree failed: lint')
    assert 'b.py is refused' in capfd.readouterr().err
    assert project.read('a.py') == 'x=1\n'
    assert project.git('show', ':a.py') == 'x=1\n'


def test_only_names_of_files_that_the_commit_changes_are_given(
        project: Project) -> None:
    project.stage('pyproject.toml', FILES)
    project.stage('-dash.py', 'forbidden')
    project.stage('other.py', 'forbidden')
    project.commit()
    project.stage('-b.py', 'x=1')
    pre_commit()
    assert project.read('-b.py') == 'x = 1'


@posix
def test_the_name_of_a_symlink_is_not_given(project: Project) -> None:
    project.stage('pyproject.toml', FILES)
    project.stage('old.py', 'forbidden')
    project.commit()
    (project.folder / 'link.py').symlink_to('old.py')
    project.git('add', 'link.py')
    pre_commit()


@core
def test_a_merge_checks_what_differs_from_both_sides(
        project: Project) -> None:
    project.stage('pyproject.toml', FILES)
    project.commit()
    project.git('checkout', '-q', '-b', 'theirs')
    project.stage('theirs.py', 'forbidden')
    project.commit()
    project.git('checkout', '-q', 'main')
    project.stage('ours.py', 'forbidden')
    project.commit()
    project.git('merge', '-q', '--no-commit', 'theirs')
    pre_commit()
    project.stage('both.py', 'forbidden')
    refused('lint')


def test_names_are_given_to_sessions_that_ask_for_them(
        project: Project) -> None:
    record_names(project, 'files.one = ["*.py", "!b.py"]')
    for name in ('a.py', 'b.py', 'c.txt'):
        project.stage(name, 'x\n')
    pre_commit()
    assert runs(project) == ['one a.py', 'two ']


def test_a_session_without_a_file_in_the_commit_is_skipped(
        project: Project, capfd: Capture) -> None:
    record_names(project, 'files.one = ["*.py"]')
    project.stage('README.md', 'x\n')
    pre_commit()
    assert runs(project) == ['two ']
    assert capfd.readouterr().err == (
        'autodevelop: one skipped: the commit changes none of its files\n')


def test_sessions_that_are_all_without_a_file_check_nothing(
        project: Project, capfd: Capture) -> None:
    record_names(project, 'files.one = ["*.py"]\nfiles.two = ["*.pyi"]')
    project.stage('README.md', 'x\n')
    pre_commit()
    assert runs(project) == []
    assert 'nothing was checked: one skipped (the' in capfd.readouterr().err


@pytest.mark.parametrize('way', ['rm', 'link'])
def test_a_session_of_a_file_that_is_gone_checks_everything(
        project: Project, way: str) -> None:
    record_names(project, 'files.one = ["*.py"]')
    project.stage('a.py', 'x\n')
    project.commit()
    project.stage('b.py', 'x\n')
    if way == 'rm':
        project.git('rm', '-q', 'a.py')
    else:  # As a symlink, which Windows need not have.
        oid = project.git('rev-parse', ':a.py').strip()
        project.git('update-index', '--cacheinfo', f'120000,{oid},a.py')
    pre_commit()
    assert runs(project) == ['one ', 'two ']


def test_a_pass_counts_for_the_names_that_were_given(
        project: Project) -> None:
    record_names(project, 'files.one = ["*.py"]')
    project.stage('a.py', 'x\n')
    pre_commit()
    pre_commit()
    assert runs(project) == ['one a.py', 'two ']
    assert main(['check', '--staged', '--stage', 'pre-commit']) == 0
    assert runs(project) == ['one a.py', 'two ']
    project.commit()
    assert main(['check', '--stage', 'pre-commit']) == 0
    assert runs(project) == ['one a.py', 'two ', 'one ']


@core
def test_a_session_with_files_that_the_noxfile_lacks_is_an_error(
        project: Project) -> None:
    project.stage('pyproject.toml',
                  '[tool.autodevelop.files]\nlnt = ["*.py"]\n')
    project.stage('a.py', 'x\n')
    with pytest.raises(AutodevelopError, match="files .* names 'lnt'"):
        pre_commit()


@core
@pytest.mark.parametrize(('text', 'what'), [
    ('endless\n', 'still change files'), ('gone\n', 'a session deleted')])
def test_what_is_no_fix_is_refused(
        project: Project, text: str, what: str) -> None:
    project.stage('a.py', text)
    refused(what)
    assert project.read('a.py') == text


@core
def test_a_fix_that_leaves_nothing_is_refused(project: Project) -> None:
    project.stage('a.py', 'x = 1\n')
    project.commit()
    project.stage('a.py', 'x=1\n')
    refused('nothing is left to commit')


@core
def test_what_is_staged_meanwhile_is_refused(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('STAGE', str(project.folder))
    project.stage('a.py', 'x\n')
    project.write('b.py', 'y\n')
    refused('changed while it was being checked')


@core
def test_a_refreshed_index_is_no_change(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('STAGE', str(project.folder))
    project.stage('a.py', 'x=1\n')
    os.utime(project.folder / 'a.py', (1, 1))
    pre_commit()
    assert project.read('a.py') == 'x = 1\n'


@core
def test_another_git_at_work_is_named(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staged, 'WAIT_SECONDS', 0)
    project.stage('a.py', 'x=1\n')
    lock = project.folder / '.git/index.lock'
    lock.touch()
    refused('another git process has locked')
    assert lock.exists()
    assert project.read('a.py') == 'x=1\n'


def test_a_skipped_session_is_named(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    monkeypatch.setenv('AUTODEVELOP_SKIP', 'lint, tests')
    project.stage('a.py', 'forbidden')
    pre_commit()
    assert capfd.readouterr().err == (
        'autodevelop: nothing was checked: lint skipped (AUTODEVELOP_SKIP)\n')


@core
def test_a_skipped_session_beside_another_is_named(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    project.stage('noxfile.py', TWO)
    project.commit()
    monkeypatch.setenv('AUTODEVELOP_SKIP', 'one')
    project.stage('a.py', 'x = 1\n')
    pre_commit()
    assert capfd.readouterr().err == (
        'autodevelop: one skipped: AUTODEVELOP_SKIP\n')


def test_a_commit_that_only_deletes_is_checked(project: Project) -> None:
    project.stage('noxfile.py', NEEDING)
    project.stage('needed.py', '')
    project.commit()
    pre_commit()
    project.git('rm', '-q', 'needed.py')
    refused('lint')


@core
def test_an_empty_first_commit_checks_nothing(
        project: Project, capfd: Capture) -> None:
    (project.folder / '.git/index').unlink()
    pre_commit()
    assert 'nothing was checked: the commit' in capfd.readouterr().err
    project.git('commit', '-q', '--allow-empty', '-m', 'nothing')


@core
def test_a_commit_without_a_noxfile_is_pushed_unchecked(
        project: Project, capfd: Capture) -> None:
    project.git('rm', '-q', '--force', 'noxfile.py')
    project.stage('page.html', '<p>')
    oid = project.commit()
    assert pre_push(f'HEAD {oid} refs/heads/pages {"0" * 40}') == 1
    assert capfd.readouterr().err == (
        f'autodevelop: commit {oid[:12]}: nothing was checked: it has no '
        'noxfile.py\n')


def test_a_push_of_which_all_failed_shows_how(
        project: Project, capfd: Capture) -> None:
    project.stage('a.py', 'broken\n')
    oid = project.commit()
    with pytest.raises(AutodevelopError, match='failed: tests'):
        pre_push(f'refs/heads/main {oid} refs/heads/main {"0" * 40}')
    said = capfd.readouterr().err
    assert 'nothing was checked' not in said
    assert said.startswith('===== tests: aborted =====\nnox > ')


@core
@pytest.mark.parametrize('name', ['pre-receive', 'post-receive'])
def test_the_hooks_of_a_server_are_not_turned_off(
        project: Project, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A push to a folder has the variables of who pushes."""
    ran = list[str]()
    monkeypatch.setenv('AUTODEVELOP', '0')
    monkeypatch.setattr(sys, 'stdin', io.TextIOWrapper(io.BytesIO(b'')))
    monkeypatch.setitem(
        receive.HOOKS, name, lambda repository, given: ran.append(name))
    assert main(['hook', name]) == 0
    assert ran == [name]


@core
def test_hooks_can_be_turned_off_for_one_command(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    monkeypatch.setenv('AUTODEVELOP', '0')
    project.stage('a.py', 'forbidden')
    assert main(['hook', 'pre-commit']) == 0
    assert capfd.readouterr().err == (
        'autodevelop: pre-commit is turned off by AUTODEVELOP=0\n')


def test_every_chunk_is_checked(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_names, 'MAX_NAMES', 1)
    project.stage('pyproject.toml', FILES)
    project.stage('a.py', 'x=1\n')
    project.stage('b.py', 'y=1\n')
    pre_commit()
    assert project.read('a.py') + project.read('b.py') == 'x = 1\ny = 1\n'
    project.stage('c.py', 'forbidden')
    project.stage('d.py', 'fine')
    refused('lint')


@pytest.mark.parametrize('way', [['-a'], ['a.py']])
def test_the_index_that_git_holds_is_fixed_too(
        project: Project, way: list[str]) -> None:
    """As git commit -a, which holds the index, and git commit PATH."""
    project.stage('a.py', '')
    project.commit()
    hook = project.folder / 'hooks/pre-commit'
    program = ('from autodevelop.git_hooks.pre_commit import pre_commit; '
               'from autodevelop.system.git import find_repository')
    hook.parent.mkdir()
    hook.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec '
                    f'"{sys.executable}" -c '
                    f'"{program}; pre_commit(find_repository())"\n')
    hook.chmod(0o755)
    project.git('config', 'core.hooksPath', 'hooks')
    project.write('a.py', 'x=1\n')
    project.git('commit', '-q', '-m', 'change', *way)
    assert project.git('show', 'HEAD:a.py') == 'x = 1\n'
    assert project.git('status', '--short', '-uno') == ''


def test_a_push_is_checked_once(
        project: Project, capfd: Capture) -> None:
    project.stage('a.py', 'one\n')
    oid = project.commit()
    project.git('tag', '-a', '-m', 'tag', 'v1')
    tag = project.git('rev-parse', 'v1').strip()
    zeros = '0' * 40
    project.write('a.py', 'dirty\n')
    assert pre_push(f'refs/heads/main {oid} refs/heads/main {zeros}',
                    f'refs/tags/v1 {tag} refs/tags/v1 {zeros}',
                    f'(delete) {zeros} refs/heads/old {"f" * 40}', '') == 1
    assert runs(project) == ['one']
    assert '1 passed, 0 failed, 1 skipped\n' in capfd.readouterr().err
    assert pre_push(f'HEAD^{{/a message}} {oid} refs/heads/main {zeros}') == 1
    assert runs(project) == ['one']
    assert capfd.readouterr().err == (
        f'autodevelop: commit {oid[:12]} already passed\n')


def test_what_the_remote_has_is_not_checked(project: Project) -> None:
    project.stage('a.py', 'broken\n')
    oid = project.commit()
    assert pre_push(f'refs/heads/b {oid} refs/heads/b {oid}') == 0
    project.git('update-ref', 'refs/remotes/origin/main', oid)
    assert pre_push(f'refs/heads/b {oid} refs/heads/b {"0" * 40}') == 0


def commits_of(project: Project, *texts: str) -> list[str]:
    """Commit a.py with each of these texts."""
    oids = []
    for text in texts:
        project.stage('a.py', f'{text}\n')
        oids.append(project.commit())
    return oids


def test_a_push_checks_the_tip_of_each_ref(
        project: Project, capfd: Capture) -> None:
    _, one, two = commits_of(project, 'broken', 'one', 'two')
    zeros = '0' * 40
    assert pre_push(f'HEAD~ {one} refs/heads/one {zeros}',
                    f'HEAD {two} refs/tags/two {zeros}') == 2
    assert runs(project) == ['one', 'two']
    said = capfd.readouterr().err
    assert f'autodevelop: commit {one[:12]} of one:\n' in said
    assert f'autodevelop: commit {two[:12]} of tags/two:\n' in said


def test_a_push_can_check_each_commit(
        project: Project, capfd: Capture) -> None:
    project.write('pyproject.toml', '[tool.autodevelop]\ncommits = "each"\n')
    known, one, bad, two = commits_of(project, 'known', 'one', 'broken', 'two')
    line = f'refs/heads/main {two} refs/heads/main {known}'
    with pytest.raises(AutodevelopError) as caught:
        pre_push(line)
    assert caught.value.message == f'commit {bad[:12]} failed: tests'
    assert runs(project) == ['one']
    project.git('checkout', '-q', '-b', 'good', one)
    three, = commits_of(project, 'three')
    assert pre_push(f'refs/heads/good {three} refs/heads/good {known}') == 2
    assert runs(project) == ['one', 'three']
    assert f'commit {one[:12]} already passed\n' in capfd.readouterr().err


@core
def test_a_tag_of_a_tree_or_of_a_file_has_no_commit(project: Project) -> None:
    oid, = commits_of(project, 'broken')
    tree = project.git('rev-parse', f'{oid}^{{tree}}').strip()
    assert pre_push(f'refs/tags/t {tree} refs/tags/t {"0" * 40}') == 0


@core
def test_a_push_that_git_cannot_look_through_is_checked(
        project: Project) -> None:
    parent = project.commit()
    project.stage('a.py', 'broken\n')
    oid = project.commit()
    project.git('checkout', '-q', '--orphan', 'theirs')
    theirs = project.commit()
    # git rev-list fails where the parent of a commit is gone.
    (project.folder / '.git/objects' / parent[:2] / parent[2:]).unlink()
    with pytest.raises(AutodevelopError, match='failed: tests'):
        pre_push(f'refs/heads/main {oid} refs/heads/main {theirs}')


@pytest.mark.parametrize(('text', 'what'), [
    ('broken\n', 'failed: tests'),
    pytest.param('changing\n', 'sessions changed files', marks=core)])
def test_a_bad_commit_is_not_pushed(
        project: Project, text: str, what: str) -> None:
    project.stage('a.py', text)
    oid = project.commit()
    project.write('a.py', 'fine\n')
    for _ in range(2):  # Nothing of it is remembered as a pass.
        with pytest.raises(AutodevelopError) as caught:
            pre_push(f'refs/heads/main {oid} refs/heads/main {"0" * 40}')
        assert what in caught.value.message


def test_the_results_of_a_pass_are_given_back(project: Project) -> None:
    project.stage('a.py', 'one\n')
    first = project.commit()
    project.stage('a.py', 'two\n')
    second = project.commit()
    for oid in (first, second, first):
        pre_push(f'refs/heads/main {oid} refs/heads/main {"0" * 40}')
    assert runs(project) == ['one', 'two']


@core
def test_a_session_that_skips_is_no_pass(
        project: Project, capfd: Capture) -> None:
    project.stage('a.py', 'unsure\n')
    oid = project.commit()
    for _ in range(2):
        pre_push(f'refs/heads/main {oid} refs/heads/main {"0" * 40}')
    assert capfd.readouterr().err.count(
        f'{oid[:12]}: nothing was checked: tests skipped (unsure)') == 2


@pytest.mark.parametrize(('text', 'status'), [('one\n', 0), ('broken\n', 1)])
def test_git_pushes_what_passed_alone(
        project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        text: str, status: int) -> None:
    """The whole of it: scripts, git, a remote."""
    write_launcher(tmp_path / 'bin')
    monkeypatch.setenv('PATH', os.pathsep.join([
        str(tmp_path / 'bin'), os.environ['PATH']]))
    project.git('init', '-q', '--bare', str(tmp_path / 'remote'))
    project.git('remote', 'add', 'origin', str(tmp_path / 'remote'))
    project.stage('a.py', text)
    project.stage('pyproject.toml',
                  '[tool.autodevelop]\nsubject_full_stop = false\n')
    assert main(['hooks', 'install']) == 0
    project.git('commit', '-q', '-m', 'divide')
    project.git('commit', '-q', '--allow-empty', '-m', 'done.', status=1)
    project.write('a.py', 'dirty\n')
    project.git('push', '-q', 'origin', 'main', status=status)
    assert len(runs(project)) == 1 - status


def test_the_hooks_are_called_by_name(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.stage('a.py', 'x=1\n')
    assert main(['hook', 'pre-commit']) == 0
    assert project.read('a.py') == 'x = 1\n'
    oid = project.commit()
    line = f'refs/heads/main {oid} refs/heads/main {"0" * 40}\n'
    monkeypatch.setattr('sys.stdin', io.TextIOWrapper(io.BytesIO(
        line.encode())))
    assert main(['hook', 'pre-push', 'origin', 'url']) == 0
    assert len(runs(project)) == 1


@core
def test_a_skipped_chunk_is_not_a_pass(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    monkeypatch.setattr(file_names, 'MAX_NAMES', 1)
    project.stage('pyproject.toml', FILES)
    project.stage('a.py', 'skipme\n')
    project.stage('b.py', 'fine\n')
    for _ in range(2):
        pre_commit()
    assert capfd.readouterr().err.count('lint skipped (unsure)') == 2


def test_a_file_that_only_git_sees_changed_is_left_alone(
        project: Project, capfd: Capture) -> None:
    """A blob whose line ends are not those that an attribute asks for."""
    project.stage('old.txt', 'old\r\n')
    project.stage('.gitattributes', '*.txt text\n')
    project.commit()
    old = project.git('rev-parse', ':old.txt')
    project.stage('a.py', 'x=1\n')
    pre_commit()
    assert project.git('rev-parse', ':old.txt') == old
    assert project.git('show', ':a.py') == 'x = 1\n'
    project.stage('b.py', 'fine\n')
    pre_commit()
    assert capfd.readouterr().err == (
        "autodevelop: fixed in this commit: 'a.py'\n")


@core
def test_a_file_without_the_line_ends_that_git_would_write(
        project: Project, capfd: Capture) -> None:
    project.git('config', 'core.autocrlf', 'true')
    project.stage('a.py', 'x=1\ny\n')
    project.write('a.py', 'x=1\ny\nedited\n')
    pre_commit()
    assert project.git('show', ':a.py') == 'x = 1\ny\n'
    assert project.read('a.py') == 'x = 1\ny\nedited\n'
    assert 'was edited' not in capfd.readouterr().err


@posix
def test_a_git_directory_by_way_of_a_symlink(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staged, 'WAIT_SECONDS', 0)
    (project.folder / '.git').rename(project.folder.parent / 'git')
    (project.folder / '.git').symlink_to('../git')
    project.stage('a.py', 'x=1\n')
    lock = project.folder / '.git/index.lock'
    lock.touch()
    refused('another git process has locked')
    lock.unlink()
    pre_commit()
    assert project.git('show', ':a.py') == project.read('a.py') == 'x = 1\n'
    assert not lock.exists()


@core
@posix
@pytest.mark.parametrize(('change', 'mode'), [
    ('chmod(0o755)', '100755'), ('unlink(); path.symlink_to("b")', None)])
def test_a_mode_is_a_fix_and_a_symlink_is_none(
        project: Project, change: str, mode: str | None) -> None:
    project.stage('noxfile.py', CHANGING.format(change=change))
    project.stage('a.py', 'x = 1\n')
    if mode is None:
        refused("a session deleted 'a.py'")
        assert not (project.folder / 'a.py').is_symlink()
    else:
        pre_commit()
        assert os.access('a.py', os.X_OK)
    assert project.read('a.py') == 'x = 1\n'
    staged = project.git('ls-files', '--stage', 'a.py')
    assert staged[:6] == (mode or '100644')


@core
def test_results_of_another_tree_are_removed(
        project: Project) -> None:
    """A session that leaves nothing left nothing in the tree before."""
    project.stage('noxfile.py', LEAVING)
    trees = []
    for text in ('leaves\n', 'nothing\n'):
        project.stage('a.py', text)
        trees.append(project.commit())
        line = f'refs/heads/main {trees[-1]} refs/heads/main {"0" * 40}'
        assert pre_push(line) == 1
    left = find_repository().cache / 'pre-push/tree/results/tests'
    assert not left.exists()


def test_a_fixed_file_is_installed_again(project: Project) -> None:
    """An environment that holds a copy of the project gets the fix, too."""
    project.stage('noxfile.py', INSTALLING)
    project.stage('z.py', 'x=1\n')
    pre_commit()
    # What the session found installed, in each of its two runs.
    assert runs(project) == ['x=1', 'x = 1']


def fix_everything(project: Project, status: int, also: str = 'pass') -> None:
    """Commit b.txt, which the session would fix, and stage its noxfile."""
    project.stage('noxfile.py', FIXING.format(status=status, also=also))
    project.stage('b.txt', 'b \n')
    project.commit()


@pytest.mark.parametrize('status', [0, 1])
def test_a_fixer_may_fail_when_it_fixed(
        project: Project, status: int, capfd: Capture) -> None:
    fix_everything(project, status)
    project.stage('b.txt', 'c \n')
    pre_commit()
    assert project.git('show', ':b.txt') == project.read('b.txt') == 'c\n'
    assert capfd.readouterr().err == (
        "autodevelop: fixed in this commit: 'b.txt'\n")


def test_a_fixer_that_leaves_something_shows_its_last_run(
        project: Project, capfd: Capture) -> None:
    fix_everything(project, 1, 'session.error("b is wrong")')
    project.stage('b.txt', 'c \n')
    refused('the staged tree failed: lint')
    assert project.git('show', ':b.txt') == project.read('b.txt') == 'c \n'
    said = capfd.readouterr().err
    assert ('fixed' in said, said.count('b is wrong')) == (False, 1)


def test_a_fixer_that_fails_without_end_is_refused(
        project: Project, capfd: Capture) -> None:
    project.stage('noxfile.py', FIXING.format(
        status=1, also='Path("b.txt").write_text(Path("b.txt").read_text() + '
        '"\\n"); session.error("again")'))
    project.stage('b.txt', 'b\n')
    refused('the staged tree failed: lint')
    assert capfd.readouterr().err.count('again') == 1
    assert project.git('show', ':b.txt') == project.read('b.txt') == 'b\n'


@pytest.mark.parametrize('status', [0, pytest.param(1, marks=core)])
def test_fixes_of_files_that_are_not_in_the_commit_are_left_out(
        project: Project, status: int, capfd: Capture) -> None:
    fix_everything(project, status)
    project.stage('a.txt', 'a \n')
    pre_commit()
    assert project.git('show', ':b.txt') == project.read('b.txt') == 'b \n'
    assert project.git('show', ':a.txt') == project.read('a.txt') == 'a\n'
    assert project.git('diff', '--cached', '--name-only') == 'a.txt\n'
    assert capfd.readouterr().err == (
        "autodevelop: dropped the fix of 'b.txt', which this commit does not "
        'change\n'
        "autodevelop: fixed in this commit: 'a.txt'\n")


def test_what_is_committed_was_checked_without_the_other_fixes(
        project: Project) -> None:
    """The last run starts on the tree of the commit."""
    fix_everything(project, 0, 'record(); Path("c.txt").touch()')
    project.stage('a.txt', 'a \n')
    pre_commit()
    # What the session found in a.txt and b.txt before it fixed them.
    assert runs(project) == ['a |b ', 'a|b ']
    # It changed files in the room: that is no pass.
    pre_commit()
    assert runs(project)[2:] == ['a|b ']


def test_many_fixes_that_are_left_out_are_counted(
        project: Project, capfd: Capture) -> None:
    for number in range(12):
        project.stage(f'{number:02}.txt', 'x \n')
    fix_everything(project, 0)
    project.stage('a.txt', 'a\n')
    pre_commit()
    assert capfd.readouterr().err.endswith(
        "'09.txt' and 3 more, which this commit does not change\n")


def test_sessions_that_allow_it_run_side_by_side(
        project: Project, tmp_path: Path) -> None:
    pipe = tmp_path / 'pipe'
    os.mkfifo(pipe)  # Neither end opens without the other.
    project.stage('noxfile.py', MEETING.format(pipe=pipe))
    assert main(['hook', 'pre-commit']) == 0
