"""Pushes to a bare repository, by the real git and its hooks."""
import io
import os
import shlex
import subprocess
import time
from collections.abc import Iterator

import pytest

from autodevelop.__main__ import main
from autodevelop.deploy import receive
from autodevelop.deploy.history import History
from autodevelop.deploy.signed import Statement, sign
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks.server import NAMES
from autodevelop.system.git import find_repository
from autodevelop.system.locks import HELD, locked_by
from tests.support.project import Project, share_passes, write_launcher
from tests.support.site import APPLICATION, SETTINGS, Site

core = pytest.mark.core
Capture = pytest.CaptureFixture[str]
MAIN, ZERO = 'refs/heads/main', '0' * 40


@pytest.fixture
def server(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A bare repository set up as docs/deploy.md says; stand in it."""
    folder = site.folder.parent / 'server.git'
    subprocess.run(['git', 'init', '-q', '--bare', '-b', 'main', folder],
                   check=True)
    share_passes(site.folder / '.git', folder)
    write_launcher(site.folder.parent / 'bin')
    monkeypatch.setenv('PATH', os.pathsep.join([
        str(site.folder.parent / 'bin'), os.environ['PATH']]))
    monkeypatch.chdir(folder)
    assert main(['hooks', 'install']) == 0
    server = Project(folder)
    server.git('config', 'autodevelop.to', str(site.target.folder))
    site.git('remote', 'add', 'production', str(folder))
    yield server


def push(site: Site, *refs: str, status: int = 0) -> str:
    done = subprocess.run(['git', 'push', '-q', 'production', *refs],
                          cwd=site.folder, text=True, capture_output=True)
    assert done.returncode == status, done.stderr
    return done.stderr


def live(site: Site) -> str | None:
    return site.ask().release


def test_a_push_to_main_goes_live_and_others_do_not(
        site: Site, server: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    # What is set for all repositories after the installation changes nothing.
    site.write('../config', '[core]\n\thooksPath = /elsewhere\n')
    monkeypatch.setenv('GIT_CONFIG_GLOBAL', str(site.folder.parent / 'config'))
    said = push(site, 'main')
    assert f'{site.first} is live' in said
    assert live(site) == site.first
    second = site.change('second')
    said = push(site, 'main:other', 'main:refs/tags/main', f'main~1:{MAIN}')
    for name in ('refs/heads/other', 'refs/tags/main'):
        assert (f'received {name}; not deployed: only refs/heads/main is'
                ) in said
    assert live(site) == site.first
    said = push(site, 'main')
    assert f'{second} is live' in said
    # The pre-receive hook has just seen it pass.
    assert History(site.target).attempts()[0].steps['check'] < 2
    assert live(site) == second


def test_a_push_that_fails_is_refused_and_leaves_a_sound_repository(
        site: Site, server: Project) -> None:
    site.change('fault', small='fault')
    # The first push, into an empty repository, too.
    said = push(site, 'main', status=1)
    assert 'a fault' in said
    assert 'failed: lint' in said
    assert server.git('for-each-ref') == ''
    sound(server)
    push(site, f'main~1:{MAIN}')
    assert 'a fault' in push(site, 'main', 'main:other', status=1)
    assert server.git('for-each-ref', '--format=%(refname)') == f'{MAIN}\n'
    sound(server)
    site.change('mended', small=(
        site.target.releases / site.first / 'small.py').read_text())
    assert 'is live' in push(site, 'main')


def sound(server: Project) -> None:
    for command in (['gc', '--quiet', '--prune=now'], ['fsck', '--strict']):
        done = subprocess.run(['git', *command], cwd=server.folder, check=True,
                              text=True, capture_output=True)
        assert 'missing' not in done.stderr + done.stdout
        assert 'error' not in done.stderr


def test_what_is_live_is_neither_deleted_nor_rewritten(
        site: Site, server: Project) -> None:
    site.change('second')
    push(site, 'main', 'main:other')
    assert 'remove commits from refs/heads/main' in push(
        site, f'+main~1:{MAIN}', status=1)
    assert 'cannot be deleted' in push(site, f':{MAIN}', status=1)
    push(site, '+main~1:other')
    assert 'not deployed' in push(site, ':other')
    server.git('config', 'receive.denyNonFastForwards', 'false')
    assert f'{site.first} is live' in push(site, f'+main~1:{MAIN}')


def test_a_push_that_does_not_start_is_refused_and_can_be_repeated(
        site: Site, server: Project) -> None:
    push(site, 'main')
    mark = site.folder.parent / 'works'
    broken = site.change('broken', small=APPLICATION + (
        f'\nif not os.path.exists({str(mark)!r}):\n'
        '    import nothing_of_that_name\n'))
    said = push(site, 'main', status=1)
    assert "named 'nothing_of_that_name'" in said
    assert server.git('rev-parse', 'main').strip() == site.first
    assert live(site) == site.first
    assert not list((server.folder / 'objects/pack').iterdir())
    mark.touch()
    assert f'{broken} is live' in push(site, 'main')
    assert live(site) == broken


def test_a_proxy_that_fails_after_the_switch_refuses_the_push(
        site: Site, server: Project) -> None:
    push(site, 'main')
    server.git('config', 'autodevelop.proxyUrl', 'http://127.0.0.1:9/')
    site.write('pyproject.toml', SETTINGS.replace('= 10', '= 1'))
    site.change('soon')
    said = push(site, 'main', status=128)
    assert 'http://127.0.0.1:9/: it does not answer' in said
    assert server.git('rev-parse', 'main').strip() == site.first
    assert live(site) == site.first


def test_a_push_of_a_tag_to_the_branch_says_what_to_push(
        site: Site, server: Project) -> None:
    push(site, 'main')
    second = site.change('second')
    site.git('-c', 'user.name=a', '-c', 'user.email=a@b', 'tag', '-a', '-m',
             'v1', 'v1')
    said = push(site, 'v1:main', status=1)
    assert f"git push REMOTE 'TAG^{{}}:{MAIN}'" in said
    assert f'{second} is live' in push(site, 'v1^{}:main')


def test_a_git_without_the_hook_of_transactions_deploys_afterwards(
        site: Site, server: Project) -> None:
    (server.folder / 'hooks/reference-transaction').unlink()
    assert f'{site.first} is live' in push(site, 'main')
    assert live(site) == site.first


@core
def test_the_hooks_of_a_server_come_and_go(
        server: Project, capfd: Capture) -> None:
    scripts = [server.folder / 'hooks' / name
               for name in NAMES]
    assert all(os.access(path, os.X_OK) for path in scripts)
    assert main(['hooks', 'install']) == 0
    scripts[0].write_text('#!/bin/sh\n')
    assert main(['hooks', 'uninstall']) == 0
    assert 'removed hooks/post-receive\n' in capfd.readouterr().out
    assert [path.exists() for path in scripts] == [
        True, False, False]
    assert main(['hooks', 'uninstall']) == 0
    assert 'no script of autodevelop' in capfd.readouterr().out
    assert 'hookspath' not in server.read('config').lower()
    server.git('config', 'core.hooksPath', '/elsewhere')
    assert main(['hooks', 'install']) == 2
    assert main(['hooks', 'uninstall']) == 0
    assert '/elsewhere' in server.read('config')
    assert 'core.hooksPath hooks' in capfd.readouterr().err


@core
def test_the_hooks_do_what_git_tells_them(
        site: Site, server: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    """Without git, in this process; the objects are there already."""
    server.git('fetch', '-q', str(site.folder), 'main')
    second = site.change('second', small='import nothing')
    server.git('fetch', '-q', str(site.folder), 'main')

    def hook(name: str, *lines: str) -> int:
        given = io.BytesIO(''.join(f'{line}\n' for line in lines).encode())
        monkeypatch.setattr('sys.stdin', io.TextIOWrapper(given))
        return main(['hook', name, 'prepared'])

    kept: list[int] = []
    monkeypatch.setattr(receive, 'detach', lambda _: (
        kept.extend(map(os.dup, HELD))))
    new = f'{ZERO} {site.first} {MAIN}'
    assert hook('pre-receive', f'{ZERO} {second} refs/heads/other', new) == 0
    # The next push waits until git has moved the branch.
    assert 'is pushing' in locked_by(server.folder / 'autodevelop/push')
    os.close(kept.pop())
    assert not locked_by(server.folder / 'autodevelop/push')
    monkeypatch.setattr(receive, 'detach', lambda _: None)
    assert live(site) is None
    assert hook('reference-transaction', f'{ZERO} {second} {MAIN}') == 0
    assert hook('reference-transaction', f'{ZERO} {second} refs/heads/other',
                new) == 0
    assert live(site) == site.first
    mark = server.folder / 'autodevelop/switching'
    assert mark.read_text().split() == [str(os.getppid())]
    site.target.switch(None)
    assert hook('pre-receive', new) == 0
    # What was left by a process of the same number is not taken for news.
    assert not mark.exists()
    # What was started for it may have been ended by another deploy.
    History(site.target).start(site.first, 'another', None)
    assert hook('reference-transaction', new) == 0
    # All that is left to do for post-receive.
    assert mark.read_text() == f'{os.getppid()} {site.first} is live\n'
    assert hook('reference-transaction', new) == 0
    # A git that is killed meanwhile leaves its lock.
    lock, of_a_file = (server.folder / f'{name}.lock' for name in (
        'reftable/tables.list', MAIN))
    lock.parent.mkdir(exist_ok=True)
    lock.touch()
    if of_a_file.parent.is_dir():
        of_a_file.touch()
    mark.write_text(str(os.getpid()))
    assert hook('pre-receive', new) == 0
    assert lock.exists()
    gone = subprocess.Popen(['true'])
    gone.wait()
    mark.write_text(str(gone.pid))
    (server.folder / 'HEAD.lock').touch()
    os.utime(server.folder / 'HEAD.lock', (2**32, 2**32))
    assert hook('pre-receive', new) == 0
    assert not any(each.exists() for each in (lock, of_a_file, mark))
    (server.folder / 'HEAD.lock').unlink()
    server.git('update-ref', MAIN, site.first)
    assert hook('pre-receive', new) == 1
    assert 'changed in the meantime' in capfd.readouterr().err
    site.target.switch(None)
    deleted = f'{site.first} {ZERO} refs/heads/other'
    for _ in range(2):
        assert hook('post-receive', new, deleted) == 0
        assert live(site) == site.first
    server.git('update-ref', MAIN, second)
    assert hook('post-receive', f'{site.first} {second} {MAIN}') == 1
    assert hook('pre-receive', f'{second} {site.first} {MAIN}') == 1
    assert hook('pre-receive', f'{second} {ZERO} {MAIN}') == 1
    said = capfd.readouterr().err
    assert 'the previous release keeps serving' in said
    assert 'remove commits from refs/heads/main' in said
    assert 'cannot be deleted' in said
    server.git('update-ref', '-d', MAIN)
    blob = site.git('rev-parse', 'main:small.py').strip()
    assert hook('pre-receive', f'{ZERO} {blob} {MAIN}') == 1
    assert 'is not a commit' in capfd.readouterr().err
    server.git('-c', 'user.name=a', '-c', 'user.email=a@b', 'tag', '-a', '-m',
               'v1', 'v1', site.first)
    tag = server.git('rev-parse', 'v1').strip()
    assert hook('pre-receive', f'{ZERO} {tag} {MAIN}') == 1
    assert 'is a tag, but' in capfd.readouterr().err


@core
def test_a_push_that_was_overtaken_does_nothing(
        site: Site, server: Project, capfd: Capture) -> None:
    """Its hook gets its turn after that of the next push."""
    site.change('second')
    server.git('fetch', '-q', str(site.folder), f'main:{MAIN}')
    receive.post_receive(find_repository(),
                         f'{ZERO} {site.first} {MAIN}\n')
    assert 'refs/heads/main has changed since' in capfd.readouterr().err
    assert live(site) is None


@core
def test_a_full_disk_refuses_the_push(
        site: Site, server: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AutodevelopError, match='cannot store') as error:
        receive.pre_receive(find_repository(),
                            f'{ZERO} {"1" * 40} {MAIN}\n')
    assert error.value.status == 1


@pytest.mark.parametrize('ref', [
    pytest.param('refs/heads/$(touch executed)', marks=core),
    'refs/heads/-rf', 'refs/heads/a;b|c',
    'refs/heads/refs/heads/main', 'refs/heads/a\xe9', 'refs/heads/main2'])
def test_names_are_compared_and_printed(
        site: Site, server: Project, ref: str, capfd: Capture) -> None:
    receive.post_receive(find_repository(),
                         f'{ZERO} {site.first} {ref}\n')
    assert capfd.readouterr().err == (
        f'autodevelop: received {ascii(ref)[1:-1]}; not deployed: only '
        f'{MAIN} is\nautodevelop: to deploy it: git push REMOTE '
        + shlex.quote(f'{ascii(ref)[1:-1]}:{MAIN}') + '\n')
    assert History(site.target).attempts() == []


def test_names_that_a_shell_would_run_are_pushed(
        site: Site, server: Project) -> None:
    names = ['heads/$(touch${IFS}executed)', 'heads/`touch${IFS}executed`',
             'heads/;touch${IFS}executed;', 'heads/a|touch${IFS}executed',
             'heads/-rf', 'heads/--help', 'heads/"a\'', 'heads/$HOME',
             'heads/refs/heads/main', 'heads/main2', 'heads/xmain',
             'heads/m\xe4in', 'tags/main', 'notes/main', 'remotes/x/main']
    said = push(site, *(f'main:refs/{name}' for name in names))
    assert said.count('not deployed: only refs/heads/main is') == len(names)
    assert History(site.target).attempts() == []
    assert not list(site.folder.parent.rglob('executed'))
    listed = server.git('for-each-ref', '--format=%(refname)').splitlines()
    assert sorted(listed) == sorted(f'refs/{name}' for name in names)


def test_what_ci_signed_is_not_checked_again(
        site: Site, server: Project) -> None:
    folder = site.folder.parent
    subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f',
                    folder / 'key'], check=True)
    (folder / 'trust').write_text(f'ci {(folder / "key.pub").read_text()}')
    server.git('config', 'autodevelop.trust', str(folder / 'trust'))
    server.git('config', 'receive.advertisePushOptions', 'true')
    second = site.change('would fail here', small=APPLICATION + '# fault\n')
    tree = site.git('rev-parse', 'HEAD^{tree}').strip()
    option = sign(Statement(tree, 'deploy', ['lint'], 'nox', time.time()),
                  folder / 'key')
    said = push(site, 'main', '-o', option)
    assert 'not checked again: ci signed that it passed lint (nox)' in said
    assert f'{second} is live' in said
    # For another tree it says nothing.
    site.change('fault', small='fault')
    said = push(site, 'main', '-o', option, status=1)
    assert 'is rejected: it is for tree' in said
    assert 'a fault' in said


def test_what_git_refuses_after_its_start_does_not_run_on(
        site: Site, server: Project) -> None:
    push(site, 'main')
    # A hook that git runs for each ref, after pre-receive.
    server.write('hooks/update', '#!/bin/sh\nexit 1\n')
    (server.folder / 'hooks/update').chmod(0o755)
    site.change('second')
    assert 'hook declined' in push(site, 'main', status=1)
    site.settle()
    assert History(site.target).attempts()[0].detail == 'git refused the push'
    assert live(site) == site.first
    assert not list((server.folder / 'objects/pack').iterdir())
