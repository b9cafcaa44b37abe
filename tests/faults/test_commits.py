"""Every way to commit: what git committed is what was checked, and is fixed.

HEAD, the index and the working tree each end as a person would expect; the
ways are those whose index git hands to hooks differently.
"""
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .workplace import Workplace

Way = Callable[[Workplace], None]
BAD, FIXED = 'x=1\n', 'x = 1\n'


def plainly(workplace: Workplace) -> None:
    workplace.stage('a.py', BAD)
    workplace.git('commit', '-m', 'plainly')


def with_all(workplace: Workplace) -> None:
    workplace.stage('a.py', '')
    workplace.git('commit', '-q', '--no-verify', '-m', 'before')
    workplace.write('a.py', BAD)
    workplace.git('commit', '-a', '-m', 'with all')


def of_a_path(workplace: Workplace) -> None:
    with_a_file(workplace)
    workplace.stage('b.py', BAD)
    workplace.write('a.py', BAD)
    workplace.git('commit', '-m', 'of a path', 'a.py')
    assert workplace.status() == ['A  b.py']
    workplace.git('rm', '-q', '--cached', 'b.py')
    workplace.path('b.py').unlink()


def with_a_file(workplace: Workplace) -> None:
    workplace.stage('a.py', 'y = 2\n')
    workplace.git('commit', '-q', '--no-verify', '-m', 'before')


def including_a_path(workplace: Workplace) -> None:
    with_a_file(workplace)
    workplace.write('a.py', BAD)
    workplace.stage('b.py', BAD)
    workplace.git('commit', '-m', 'including', '--include', 'a.py')
    assert workplace.shown('HEAD:b.py') == FIXED


def hunk_by_hunk(workplace: Workplace) -> None:
    workplace.stage('a.py', 'y = 2\n')
    workplace.git('commit', '-q', '--no-verify', '-m', 'before')
    workplace.write('a.py', BAD)
    workplace.git('commit', '-p', '-m', 'by hunk', given='y\n')


def amending(workplace: Workplace) -> None:
    with_a_file(workplace)
    workplace.stage('a.py', BAD)
    workplace.git('commit', '--amend', '--no-edit')


def merging(workplace: Workplace) -> None:
    own = workplace.ask('branch', '--show-current')
    workplace.git('checkout', '-q', '-b', 'theirs')
    workplace.stage('theirs.py', BAD)
    workplace.git('commit', '-q', '--no-verify', '-m', 'theirs')
    workplace.git('checkout', '-q', own)
    with_a_file(workplace)
    workplace.git('merge', '-q', '--no-commit', 'theirs')
    workplace.stage('a.py', BAD)
    workplace.git('commit', '-m', 'merging')
    # What they committed is theirs: only what differs from both is fixed.
    assert workplace.shown('HEAD:theirs.py') == BAD
    assert workplace.ask('rev-list', '--count', '--merges', 'HEAD') == '1'


def beside_an_intent_to_add(workplace: Workplace) -> None:
    workplace.write('intended.py', BAD)
    workplace.git('add', '--intent-to-add', 'intended.py')
    workplace.stage('a.py', BAD)
    workplace.git('commit', '-m', 'beside an intent')
    assert workplace.status() == [' A intended.py']
    assert workplace.read('intended.py') == BAD
    workplace.git('rm', '-q', '--cached', 'intended.py')
    workplace.path('intended.py').unlink()


def from_a_subfolder(workplace: Workplace) -> None:
    workplace.stage('a.py', BAD)
    workplace.path('sub').mkdir()
    workplace.git('commit', '-m', 'below', folder=workplace.path('sub'))


def with_git_s_variables(workplace: Workplace) -> None:
    workplace.stage('a.py', BAD)
    workplace.git('commit', '-m', 'by variables', folder=workplace.home,
                  variables={'GIT_DIR': str(workplace.path('.git')),
                             'GIT_WORK_TREE': str(workplace.folder)})


def with_an_editor(workplace: Workplace) -> None:
    workplace.stage('a.py', BAD)
    editor = workplace.home / 'editor'
    editor.write_text('#!/bin/sh\necho edited >"$1"\n')
    editor.chmod(0o755)
    workplace.git('commit', variables={'GIT_EDITOR': str(editor)})


WAYS: list[Way] = [
    plainly, with_all, of_a_path, including_a_path, hunk_by_hunk, amending,
    merging, beside_an_intent_to_add, from_a_subfolder, with_git_s_variables,
    with_an_editor]
INDEXES = [plainly, of_a_path, with_git_s_variables]
"""One way for each index that git hands to hooks: its own, one that is made
for the commit, and one that the environment names."""


def previous_head(workplace: Workplace) -> str:
    """What HEAD was while the hook ran."""
    return workplace.ask('rev-parse', 'HEAD@{1}')


def assert_fixed(workplace: Workplace, name: str = 'a.py',
                 text: str = FIXED) -> None:
    assert workplace.shown(f'HEAD:{name}') == text
    assert workplace.shown(f':{name}') == text
    assert workplace.read(name) == text
    assert workplace.status() == []


@pytest.mark.parametrize('way', WAYS)
def test_what_is_committed_was_checked_and_fixed(
        workplace: Workplace, way: Way) -> None:
    way(workplace)
    assert_fixed(workplace)
    workplace.assert_proved(head=previous_head(workplace))


@pytest.mark.parametrize('way', [*INDEXES, *(
    pytest.param(way, marks=pytest.mark.long)
    for way in WAYS if way not in INDEXES)])
def test_in_a_linked_worktree_too(workplace: Workplace, way: Way) -> None:
    linked = Workplace(workplace.home / 'linked', workplace.home)
    workplace.git('worktree', 'add', '-q', str(linked.folder), '-b', 'other')
    if way is with_git_s_variables:
        linked.stage('a.py', BAD)
        linked.git('commit', '-m', 'by variables', folder=linked.home,
                   variables={'GIT_DIR': linked.ask('rev-parse', '--git-dir'),
                              'GIT_WORK_TREE': str(linked.folder)})
    else:
        way(linked)
    assert_fixed(linked)
    linked.assert_proved(head=previous_head(linked))
    assert workplace.status() == []


def test_the_first_commit(tmp_path: Path) -> None:
    workplace = Workplace.make(tmp_path)
    workplace.git('rm', '-rfq', '--cached', '.githooks')
    workplace.stage('a.py', BAD)
    workplace.git('commit', '-m', 'first')
    assert workplace.status() == ['?? .githooks/']
    assert workplace.shown('HEAD:a.py') == workplace.read('a.py') == FIXED
    workplace.assert_proved()


def test_an_empty_first_commit(tmp_path: Path) -> None:
    workplace = Workplace.make(tmp_path)
    workplace.git('rm', '-rfq', '--cached', '.')
    workplace.git('commit', '--allow-empty', '-m', 'nothing')
    assert workplace.ask('ls-tree', 'HEAD') == ''
    workplace.git('add', '.')
    workplace.stage('a.py', BAD)
    workplace.git('commit', '-m', 'second')
    assert_fixed(workplace)
    workplace.assert_proved(head=previous_head(workplace))


def test_two_commits_at_once_from_two_worktrees(workplace: Workplace) -> None:
    linked = Workplace(workplace.home / 'linked', workplace.home)
    workplace.git('worktree', 'add', '-q', str(linked.folder), '-b', 'other')
    workplace.stage('a.py', BAD)
    linked.stage('b.py', BAD)
    running = [subprocess.Popen(
        ['git', 'commit', '-q', '-m', 'at once'], cwd=each.folder,
        env=each.environment) for each in (workplace, linked)]
    assert [each.wait() for each in running] == [0, 0]
    assert_fixed(workplace)
    assert_fixed(linked, 'b.py')
    trees = {seen.tree for seen in workplace.seen()}
    assert workplace.ask('rev-parse', 'main^{tree}') in trees
    assert workplace.ask('rev-parse', 'other^{tree}') in trees


def test_a_suite_that_runs_git_init_in_a_hook_leaves_the_repository(
        workplace: Workplace) -> None:
    linked = Workplace(workplace.home / 'linked', workplace.home)
    workplace.git('worktree', 'add', '-q', str(linked.folder), '-b', 'other')
    config = workplace.read('.git/config')
    heads = workplace.git('for-each-ref')
    suite = (
        'import subprocess, tempfile\n'
        'with tempfile.TemporaryDirectory() as folder:\n'
        "    for command in (['init'], ['init', '--bare', 'inner'],\n"
        "                    ['commit', '--allow-empty', '-m', 'inner']):\n"
        "        subprocess.run(['git', *command], cwd=folder, check=True)\n")
    linked.stage('suite.py', suite)
    linked.git('commit', '-q', '-m', 'with a suite')
    remote = str(linked.home / 'remote')
    linked.git('init', '-q', '--bare', remote)
    linked.git('push', '-q', remote, 'HEAD:main')
    assert workplace.read('.git/config') == config
    assert workplace.ask('config', 'core.bare') == 'false'
    assert workplace.git('for-each-ref', 'refs/heads/main') in heads
    pushed = linked.ask('rev-parse', 'HEAD^{tree}')
    assert [each.tree for each in linked.seen()].count(pushed) == 2
    assert linked.ask('rev-list', '--count', 'HEAD') == '2'


@pytest.mark.parametrize(('meanwhile', 'left', 'status', 'said'), [
    pytest.param(
        'echo edited >>b.py', {'a.py': FIXED, 'b.py': 'y = 1\nedited\n'}, 0,
        'fixed in this commit', marks=pytest.mark.long),
    ('echo edited >>a.py', {'a.py': f'{FIXED}edited\n'}, 0,
     'fixed in this commit'),
    ('git add b.py', {'a.py': BAD}, 1,
     'the index changed while it was being checked'),
    ('echo x = 2 >a.py; git add a.py', {'a.py': 'x = 2\n'}, 1,
     'the index changed'),
    pytest.param('git rm -q --cached a.py', {'a.py': BAD}, 1,
                 'the index changed', marks=pytest.mark.long),
    ('echo x=2 >a.py', {'a.py': 'x=2\n'}, 0,
     "'a.py':1 is fixed in the commit only"),
    ('rm a.py', {}, 0, "'a.py' is fixed in the commit only"),
])
def test_a_user_who_works_while_the_hook_runs(
        workplace: Workplace, meanwhile: str, left: dict[str, str],
        status: int, said: str) -> None:
    workplace.stage('a.py', BAD)
    workplace.write('b.py', 'y = 1\n')
    command = f'cd "{workplace.folder}" && {meanwhile}'
    before = workplace.ask('rev-parse', 'HEAD')
    printed = workplace.git('commit', '-m', 'meanwhile', status=status,
                            variables={'MEANWHILE': command})
    assert said in printed
    assert (workplace.ask('rev-parse', 'HEAD') == before) == bool(status)
    if not status:
        assert workplace.shown('HEAD:a.py') == FIXED
        workplace.assert_proved()
    for name, text in left.items():
        assert workplace.read(name) == text


def test_what_is_staged_while_the_hook_runs_is_committed_by_the_next(
        workplace: Workplace) -> None:
    workplace.stage('a.py', BAD)
    workplace.write('b.py', BAD)
    workplace.git(
        'commit', '-m', 'meanwhile', status=1,
        variables={'MEANWHILE': f'git -C "{workplace.folder}" add b.py'})
    assert workplace.shown(':b.py') == BAD
    workplace.git('commit', '-m', 'both')
    assert_fixed(workplace)
    assert_fixed(workplace, 'b.py')


def test_a_commit_is_not_in_the_way_of_a_push(workplace: Workplace) -> None:
    """A room for each stage: a commit ends while a push still runs."""
    remote = str(workplace.home / 'remote')
    workplace.git('init', '-q', '--bare', remote)
    with workplace.running('git', 'push', '-q', remote, 'HEAD:main') as push:
        workplace.stage('a.py', BAD)
        workplace.git('commit', '-m', 'meanwhile')
        assert push.poll() is None
    assert push.returncode == 0
    assert_fixed(workplace)


def test_a_refused_message_is_taken_up_again_as_it_says(
        workplace: Workplace) -> None:
    workplace.stage('a.py', BAD)
    said = workplace.git('commit', '-m', 'a sentence.', status=1)
    command = said.splitlines()[-1].removeprefix('hint: ')
    workplace.run('sh', '-c', command, variables={
        'GIT_EDITOR': "sed -i 's/sentence[.]/phrase/'"})
    assert workplace.ask('log', '-1', '--format=%B') == 'a phrase'
    assert_fixed(workplace)


def test_hooks_are_skipped_by_name_and_that_is_said(
        workplace: Workplace) -> None:
    workplace.stage('a.py', BAD)
    said = workplace.git('commit', '-m', 'unfixed',
                         variables={'AUTODEVELOP_SKIP': 'lint'})
    assert 'lint skipped: AUTODEVELOP_SKIP' in said
    assert workplace.shown('HEAD:a.py') == BAD


def test_without_autodevelop_two_lines_say_what_to_do(
        workplace: Workplace) -> None:
    workplace.git('config', '--unset', 'autodevelop.program')
    (workplace.home / 'bin/autodevelop').unlink()
    workplace.stage('a.py', BAD)
    path = os.pathsep.join(
        folder for folder in workplace.environment['PATH'].split(os.pathsep)
        if not Path(folder, 'autodevelop').exists())
    said = workplace.git('commit', '-m', 'nobody', status=1,
                         variables={'PATH': path})
    assert 'error: pre-commit: found no autodevelop in .venv' in said
    assert 'hint: ' in said
    assert workplace.status() == ['A  a.py']


def test_in_a_sparse_checkout_what_is_outside_is_fixed_too(
        workplace: Workplace) -> None:
    workplace.stage('out/a.py', '')
    workplace.stage('in/a.py', '')
    workplace.git('commit', '-q', '--no-verify', '-m', 'before')
    workplace.git('sparse-checkout', 'set', '--cone', 'in')
    workplace.write('out/a.py', BAD)
    workplace.git('add', '--sparse', 'out/a.py')
    workplace.git('commit', '-q', '-m', 'outside')
    assert workplace.shown('HEAD:out/a.py') == FIXED
    assert 'out/a.py' in workplace.seen()[-1].files


def test_a_noxfile_that_asks_git_while_it_is_read(
        workplace: Workplace) -> None:
    asking = ("import subprocess\nFILES = subprocess.run(['git', 'ls-files'], "
              'check=True, capture_output=True).stdout\n'
              "assert b'noxfile.py' in FILES\n")
    workplace.write('noxfile.py', asking + workplace.read('noxfile.py'))
    workplace.git('commit', '-q', '--no-verify', '-a', '-m', 'asking')
    workplace.stage('a.py', '')
    workplace.git('commit', '-q', '--no-verify', '-m', 'before')
    workplace.write('a.py', BAD)
    workplace.git('commit', '-q', '-a', '-m', 'asked')
    assert_fixed(workplace)
