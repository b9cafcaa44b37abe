"""What is pushed was checked, whatever is checked out and lies about."""
from pathlib import Path

import pytest

from .workplace import Workplace


@pytest.fixture
def remote(workplace: Workplace, tmp_path: Path) -> Path:
    """A bare repository, to which main was pushed."""
    folder = tmp_path / 'remote'
    workplace.git('init', '-q', '--bare', str(folder))
    workplace.git('remote', 'add', 'origin', str(folder))
    workplace.git('push', '-q', 'origin', 'main')
    (tmp_path / 'record').unlink()
    return folder


def commit(workplace: Workplace, text: str, name: str = 'a.py') -> str:
    workplace.stage(name, text)
    workplace.git('commit', '-q', '--no-verify', '-m', 'change')
    return workplace.ask('rev-parse', 'HEAD')


@pytest.mark.usefixtures('remote')
def test_what_is_committed_is_checked_not_what_lies_there(
        workplace: Workplace) -> None:
    oid = commit(workplace, 'm = 1\n')
    workplace.write('a.py', 'm = 999\n')
    workplace.write('untracked.py', '')
    workplace.git('push', '-q', 'origin', 'main')
    assert len(workplace.seen()) == 1
    workplace.assert_proved(oid, head=oid)
    assert workplace.read('a.py') == 'm = 999\n'


def test_every_branch_is_checked_whichever_is_checked_out(
        workplace: Workplace, remote: Path) -> None:
    oids = []
    for name in ('one', 'two'):
        workplace.git('checkout', '-q', '-b', name, 'main')
        oids.append(commit(workplace, f'm = {name!r}\n'))
    workplace.git('checkout', '-q', 'main')
    workplace.git('push', '-q', 'origin', 'one', 'two')
    assert {seen.head for seen in workplace.seen()} == set(oids)
    workplace.assert_proved(workplace.seen()[-1].head)
    assert workplace.ask('ls-remote', str(remote), 'two').startswith(oids[1])


@pytest.mark.usefixtures('remote')
def test_a_tag_is_peeled_and_a_tree_is_checked_once(
        workplace: Workplace) -> None:
    oid = commit(workplace, 'm = 1\n')
    workplace.git('tag', '-a', '-m', 'one', 'v1')
    workplace.git('tag', '-a', '-m', 'of a tag', 'v2', 'v1')
    workplace.git('tag', 'light')
    workplace.git('branch', 'same')
    workplace.git('push', '-q', 'origin', 'main', 'same', 'v1', 'v2', 'light')
    assert [seen.head for seen in workplace.seen()] == [oid]


@pytest.mark.usefixtures('remote')
def test_what_passed_is_not_checked_again(workplace: Workplace) -> None:
    commit(workplace, 'm = 1\n')
    workplace.git('push', '-q', 'origin', 'main')
    workplace.git('commit', '-q', '--allow-empty', '--amend', '-m', 'reworded')
    workplace.git('push', '-q', '--force', 'origin', 'main')
    workplace.git('push', '-q', 'origin', 'main:other')
    assert len(workplace.seen()) == 1


def test_a_deletion_checks_nothing(workplace: Workplace, remote: Path) -> None:
    workplace.git('push', '-q', 'origin', 'main:old')
    workplace.git('push', '-q', 'origin', '--delete', 'old')
    workplace.git('push', '-q', 'origin', 'main', ':refs/heads/never')
    assert workplace.seen() == []
    assert 'old' not in workplace.git('ls-remote', str(remote))


@pytest.mark.usefixtures('remote')
def test_a_commit_that_is_not_in_a_branch(workplace: Workplace) -> None:
    oid = commit(workplace, 'm = 1\n')
    workplace.git('reset', '-q', '--hard', 'HEAD~')
    workplace.git('push', '-q', 'origin', f'{oid}:refs/heads/by-id')
    workplace.assert_proved(oid, head=oid)
    oid = commit(workplace, 'm = 2\n')
    said = workplace.git('push', 'origin',
                         'main@{0 days ago}:refs/heads/by-date')
    assert '1 passed, 0 failed' in said
    workplace.assert_proved(oid, head=oid)


@pytest.mark.usefixtures('remote')
def test_from_a_linked_worktree(workplace: Workplace, tmp_path: Path) -> None:
    linked = Workplace(tmp_path / 'linked', tmp_path)
    workplace.git('worktree', 'add', '-q', str(linked.folder), '-b', 'other')
    oid = commit(linked, 'm = 1\n')
    linked.git('push', '-q', 'origin', 'other')
    linked.assert_proved(oid, head=oid)


def test_a_push_that_fails_sends_nothing(
        workplace: Workplace, remote: Path) -> None:
    oid = commit(workplace, 'raise SystemExit(1)\n', 'suite.py')
    said = workplace.git('push', 'origin', 'main', status=1)
    assert f'commit {oid[:12]} failed: record' in said
    assert oid not in workplace.git('ls-remote', str(remote))


@pytest.mark.usefixtures('remote')
def test_a_name_of_a_branch_is_only_a_name(workplace: Workplace) -> None:
    for name in ('$(touch${IFS}executed)', 'quote"', "it's", '-dash',
                 'gr\xfc\xdfe', 'a;b'):
        oid = commit(workplace, f'm = {name!r}\n')
        workplace.git('push', '-q', 'origin', f'HEAD:refs/heads/{name}')
        workplace.assert_proved(oid, head=oid)
    assert not list(workplace.home.rglob('executed'))


def test_in_a_receiving_hook_no_quarantine_is_seen(
        workplace: Workplace, remote: Path) -> None:
    """As a server's pre-receive, which checks what it has already."""
    bare = Workplace(remote, workplace.home)
    commit(workplace, 'm = 1\n')
    hook = remote / 'hooks/pre-receive'
    hook.write_text('#!/bin/sh\nexec autodevelop check main --stage pre-push '
                    '--fresh\n')
    hook.chmod(0o755)
    workplace.git('push', '--no-verify', 'origin', 'main')
    main = workplace.ask('rev-parse', 'main~')
    bare.assert_proved(main, head=main)
    assert list((workplace.home / 'cache').glob('remote-*/pre-push'))


def test_an_object_that_is_replaced_here_is_checked_as_it_is_pushed(
        workplace: Workplace, remote: Path) -> None:
    oid = commit(workplace, 'raise SystemExit(1)\n', 'suite.py')
    workplace.git('replace', oid, f'{oid}~')
    workplace.git('push', 'origin', 'main', status=1)
    assert oid not in workplace.git('ls-remote', str(remote))
