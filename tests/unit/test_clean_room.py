"""Rooms, the ledger and what is installed, when something is wrong there."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import lock_descriptor

from autodevelop import forked, installed, process
from autodevelop.errors import AutodevelopError
from autodevelop.forked import attend_module
from autodevelop.git import (
    Repository, ask, find_repository, git, reason, resolve,
)
from autodevelop.ledger import KEPT, Ledger, Pass
from autodevelop.room import Room, enter, touch, tree_of
from tests.support.project import ROOT, Project

Capture = pytest.CaptureFixture[str]
ENTRY = Pass('tree', 'lint', ('a\udcff.py',), 'context')
posix = pytest.mark.skipif(sys.platform == 'win32', reason='has signals')


def committed(project: Project) -> tuple[str, str]:
    project.stage('a.py', 'one\n')
    oid = project.commit()
    return oid, project.git('rev-parse', 'HEAD^{tree}').strip()


def assert_clean(room: Room, tree: str) -> None:
    assert (room.tree / 'a.py').read_bytes() == b'one\n'
    assert ask(room.repository, 'write-tree') == tree
    assert git(room.repository, 'status', '--porcelain') == b''


def test_a_room_is_cleaned_and_keeps_what_is_ignored(
        project: Project) -> None:
    oid, tree = committed(project)
    with enter(find_repository(), 'ci', tree, oid) as room:
        (room.tree / 'a.py').write_text('spoilt\n')
        (room.tree / 'stray').touch()
        (room.tree / 'results').mkdir()
        (room.tree / 'results/kept').touch()
        (room.tree / '__pycache__').mkdir()
        (room.tree / '__pycache__/noxfile.cpython-311.pyc').touch()
    with enter(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)
        assert ask(room.repository, 'rev-parse', 'HEAD') == oid
        assert (room.tree / 'results/kept').exists()
        assert not os.listdir(room.tree / '__pycache__')
        assert not (room.tree / 'stray').exists()


def test_a_new_room_is_announced_on_a_terminal(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capsys: Capture) -> None:
    oid, tree = committed(project)
    monkeypatch.setattr(sys.stderr, 'isatty', lambda: True)
    for _ in range(2):
        with enter(find_repository(), 'ci', tree, oid):
            pass
    assert capsys.readouterr().err.count('making the room of ci') == 1


def spoil_by_deletion(room: Room) -> None:
    shutil.rmtree(room.tree)


def spoil_by_pruning(room: Room) -> None:
    shutil.rmtree(room.repository.git_dir)


def spoil_the_link(room: Room) -> None:
    (room.tree / '.git').write_text('gitdir: /nowhere\n')


def spoil_the_index(room: Room) -> None:
    (room.repository.git_dir / 'index').write_bytes(b'no index')


def leave_locks(room: Room) -> None:
    (room.repository.git_dir / 'index.lock').touch()
    (room.repository.git_dir / 'HEAD.lock').touch()


def spoil_by_a_kill_of_git(room: Room) -> None:
    (room.repository.git_dir / 'locked').write_text('initializing')
    shutil.rmtree(room.tree)


def spoil_the_head(room: Room) -> None:
    (room.repository.git_dir / 'HEAD').write_text('0' * 40)


@pytest.mark.parametrize('spoil', [
    spoil_by_deletion, spoil_by_pruning, spoil_the_link, spoil_the_index,
    leave_locks, spoil_by_a_kill_of_git, spoil_the_head])
def test_a_room_repairs_itself(
        project: Project, spoil: Callable[[Room], None]) -> None:
    oid, tree = committed(project)
    with enter(find_repository(), 'ci', tree, oid) as room:
        pass
    spoil(room)
    with enter(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)


def test_a_bare_repository_has_rooms(
        project: Project, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    oid, tree = committed(project)
    project.git('clone', '-q', '--bare', '.', str(tmp_path / 'bare'))
    monkeypatch.chdir(tmp_path / 'bare')
    with enter(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)


def test_what_a_session_changed_is_seen(project: Project) -> None:
    oid, tree = committed(project)
    with enter(find_repository(), 'ci', tree, oid) as room:
        os.utime(room.tree / 'a.py', (1, 1))
        assert tree_of(room, tree) == tree
        (room.tree / 'a.py').write_text('two\n')
        changed = tree_of(room, tree)
        assert ask(room.repository, 'show', f'{changed}:a.py') == 'two'


def test_a_rewritten_file_has_a_second_of_its_own(project: Project) -> None:
    oid, tree = committed(project)
    project.stage('a.py', 'two\n')
    other = project.git('write-tree').strip()
    with enter(find_repository(), 'ci', tree, oid) as room:
        first = (room.tree / 'a.py').stat().st_mtime
        touch(room, ['a.py'])
        second = (room.tree / 'a.py').stat().st_mtime
    with enter(find_repository(), 'ci', other, oid) as room:
        third = (room.tree / 'a.py').stat().st_mtime
    assert int(first) < int(second) < int(third)


def test_a_second_process_waits_and_says_for_what(
        project: Project, capfd: Capture) -> None:
    oid, tree = committed(project)
    with enter(find_repository(), 'ci', tree, oid) as room:
        pass
    (room.folder / 'holder').write_text('4711 holds')
    other = open(room.folder / 'lock', 'ab')
    assert lock_descriptor(other.fileno(), blocking=False)
    release = threading.Timer(0.8, other.close)
    release.start()
    with enter(find_repository(), 'ci', tree, oid) as room:
        assert other.closed
        assert_clean(room, tree)
    assert capfd.readouterr().err == (
        'autodevelop: waiting for the room of ci, which 4711 holds\n')


@posix
def test_a_room_is_held_while_what_runs_there_outlives_us(
        project: Project) -> None:
    oid, tree = committed(project)
    with enter(find_repository(), 'ci', tree, oid) as room:
        child = os.fork()
        if not child:  # pragma: no cover
            time.sleep(1)
            os._exit(0)
    start = time.monotonic()
    with enter(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)
    assert time.monotonic() - start > 0.5
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize('content', [None, b'no database' * 100])
def test_a_room_without_a_place_is_two_lines(
        project: Project, content: bytes | None) -> None:
    oid, tree = committed(project)
    home = find_repository().home
    if content is None:
        home.write_bytes(b'a file')
    else:
        (home / 'ci').mkdir(parents=True)
        (home / 'ci/lock').mkdir()
    with pytest.raises(AutodevelopError, match='the room of ci cannot be'):
        enter(find_repository(), 'ci', tree, oid).__enter__()


def test_a_room_that_nobody_held_says_no_process(
        project: Project, capfd: Capture) -> None:
    oid, tree = committed(project)
    folder = find_repository().home / 'ci'
    folder.mkdir(parents=True)
    other = open(folder / 'lock', 'ab')
    assert lock_descriptor(other.fileno(), blocking=False)
    threading.Timer(0.2, other.close).start()
    with enter(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)
    assert 'which process another holds' not in capfd.readouterr().err


def test_git_that_fails_is_two_lines(project: Project) -> None:
    with pytest.raises(AutodevelopError, match='git show failed: fatal'):
        git(find_repository(), 'show', 'nothing')
    assert reason(b'') == 'it says nothing'
    assert resolve(find_repository(), 'HEAD') == [None]


def test_a_pass_is_remembered_with_its_files(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / 'new')
    assert ledger.passed([ENTRY]) == set()
    ledger.record(ENTRY, {'data': b'\0'})
    ledger.record(ENTRY, {'data': b'\1'})
    assert ledger.passed([ENTRY, ENTRY._replace(posargs=())]) == {ENTRY}
    assert ledger.files(ENTRY) == {'data': b'\1'}
    ledger.keep_plan(['a', 'b'], [['cell']])
    assert (ledger.plan('b'), ledger.plan('c')) == ([['cell']], None)


def test_many_processes_write_a_ledger_at_once(tmp_path: Path) -> None:
    program = (
        'import sys; from pathlib import Path\n'
        'from autodevelop.ledger import Ledger, Pass\n'
        'for number in range(25):\n'
        '    entry = Pass(f"{sys.argv[2]} {number}", "lint", (), "")\n'
        '    Ledger(Path(sys.argv[1])).record(entry, {"data": b"x" * 999})\n')
    environment = {**os.environ, 'PYTHONPATH': str(ROOT)}
    running = [subprocess.Popen(
        [sys.executable, '-c', program, str(tmp_path), str(number)],
        env=environment, stderr=subprocess.PIPE) for number in range(4)]
    assert [each.communicate()[1] for each in running] == [b''] * 4
    entries = [Pass(f'{process} {number}', 'lint', (), '')
               for process in range(4) for number in range(25)]
    assert Ledger(tmp_path).passed(entries) == set(entries)


@pytest.mark.parametrize('schema', [0, 99])
def test_a_ledger_that_is_not_ours_is_set_aside(
        tmp_path: Path, capfd: Capture, schema: int) -> None:
    path = tmp_path / 'ledger.sqlite'
    if schema:
        database = sqlite3.connect(path)
        database.execute(f'PRAGMA user_version = {schema}')
        database.close()
    else:
        path.write_bytes(b'no database' * 100)
    Ledger(tmp_path).record(ENTRY, {})
    assert Ledger(tmp_path).passed([ENTRY]) == {ENTRY}
    assert len(list(tmp_path.glob('ledger-*.set-aside'))) == 1
    assert 'the ledger is set aside' in capfd.readouterr().err


def test_a_ledger_that_cannot_be_replaced_costs_time_alone(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    def gone(self: Path, target: Path) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(Path, 'replace', gone)
    (tmp_path / 'ledger.sqlite').write_bytes(b'no database' * 100)
    assert Ledger(tmp_path).passed([ENTRY]) == set()
    assert capfd.readouterr().err.count('is set aside') == 2


def test_a_ledger_that_cannot_be_opened_costs_time_alone(
        tmp_path: Path, capfd: Capture) -> None:
    (tmp_path / 'ledger.sqlite').mkdir()
    Ledger(tmp_path).record(ENTRY, {})
    assert 'the ledger cannot be used' in capfd.readouterr().err


def test_the_ledger_forgets_what_is_not_used(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, now = Ledger(tmp_path), time.time()
    ledger.record(ENTRY, {'data': b''})
    monkeypatch.setattr(time, 'time', lambda: now + KEPT + 1)
    ledger.record(ENTRY._replace(session='other'), {})
    assert ledger.passed([ENTRY]) == set()
    assert ledger.files(ENTRY) == {}


@pytest.mark.parametrize(('origin', 'noxfile', 'tree'), [
    ({'url': 'file:///a', 'dir_info': {}}, '', 'tree'),
    ({'url': 'file:///a', 'dir_info': {'editable': True}}, '', None),
    ({'url': 'https://a/b.whl'}, '', None),
    (None, 'session.run_install("make")', 'tree')])
def test_a_copy_of_the_project_is_installed_for_each_tree(
        tmp_path: Path, origin: object, noxfile: str,
        tree: str | None) -> None:
    room = Room(tmp_path, Repository(tmp_path, tmp_path, tmp_path, ()))
    (tmp_path / 'noxfile.py').write_text(noxfile)
    info = installed.environments(room) / 'lint/lib/x.dist-info'
    info.mkdir(parents=True)
    if origin:
        (info / 'direct_url.json').write_text(json.dumps(origin))
    assert installed.options(room, 'f', 'tree') == ('--reuse-venv=never',)
    installed.forget(room)
    installed.remember(room, 'f', 'tree')
    assert installed.options(room, 'f', 'tree') == installed.AS_THEY_ARE
    other = installed.options(room, 'f', 'other')
    assert (other == ('--reuse-venv=always',)) == bool(tree)
    assert installed.options(room, 'g', 'tree') == ('--reuse-venv=never',)
    installed.forget(room)
    assert installed.options(room, 'f', 'tree') == ('--reuse-venv=always',)


def test_an_environment_that_is_new_is_looked_through(tmp_path: Path) -> None:
    """It may hold a copy of the project, where the others hold none."""
    room = Room(tmp_path, Repository(tmp_path, tmp_path, tmp_path, ()))
    (tmp_path / 'noxfile.py').touch()
    installed.remember(room, 'f', 'tree')
    assert installed.options(room, 'f', 'other') == installed.AS_THEY_ARE
    info = installed.environments(room) / 'tests/lib/x.dist-info'
    info.mkdir(parents=True)
    (info / 'direct_url.json').write_text('{"url": "file:///a"}')
    installed.remember(room, 'f', 'tree')
    assert installed.options(room, 'f', 'tree') == installed.AS_THEY_ARE
    assert installed.options(room, 'f', 'other') == ('--reuse-venv=always',)


def test_a_worktree_that_is_away_is_not_pruned(
        project: Project, tmp_path: Path) -> None:
    oid, tree = committed(project)
    linked, away = Project(tmp_path / 'linked'), tmp_path / 'away'
    project.git('worktree', 'add', '-q', str(linked.folder), '-b', 'other')
    linked.stage('staged', 'precious')
    linked.folder.rename(away)
    with enter(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)
    away.rename(linked.folder)
    assert linked.git('status', '--porcelain') == 'A  staged\n'


@pytest.mark.parametrize('name', [
    os.path.abspath(__file__), '../outside', 'a/../../outside'])
def test_a_file_outside_that_the_noxfile_names_decides_nothing(
        project: Project, name: str) -> None:
    project.stage('noxfile.py', f'NAME = {name!r}\n')
    tree = project.git('write-tree').strip()
    with enter(find_repository(), 'ci', tree, None) as room:
        (room.tree.parent / 'outside').touch()
        (room.tree / 'a').mkdir()
        assert installed.fingerprint(room)


def test_what_the_noxfile_names_decides_what_is_installed(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.stage('noxfile.py', 'import tools.needs\nfrom more import *\n'
                  'LIST = "dev/list", ".checks"\n')
    seen = set()
    names = ('noxfile.py', 'dev/list', 'tools/needs.py', 'a.lock', '.checks',
             'more/__init__.py', 'more/below/deep.py')
    for name in names:
        project.stage(name, project.read('noxfile.py') + f'# {name}\n')
        for text in ('one\n', 'two\n'):
            project.stage('other.py', text)
            tree = project.git('write-tree').strip()
            with (monkeypatch.context() as patch,
                  enter(find_repository(), 'ci', tree, None) as room):
                patch.setenv('GIT_LITERAL_PATHSPECS', '1')
                seen.add(installed.fingerprint(room))
    assert len(seen) == len(names)
    project.git('rm', '-qf', 'noxfile.py')
    tree = project.git('write-tree').strip()
    with enter(find_repository(), 'ci', tree, None) as room:
        assert installed.fingerprint(room) not in seen


@posix
@pytest.mark.parametrize('copied', [False, True])
@pytest.mark.parametrize('program', [
    'import time; time.sleep(60)',
    'import signal, time; signal.signal(2, signal.SIG_IGN); time.sleep(60)'])
def test_what_is_interrupted_ends_its_child(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        program: str, copied: bool) -> None:
    monkeypatch.setattr(process, 'PATIENCE', 0.2)
    (tmp_path / 'sleeper.py').write_text(program)
    process.interrupt_on_signals()
    # No thread: Python warns of those when it forks.
    killer = subprocess.Popen(
        ['sh', '-c', f'sleep 0.5; kill -s TERM {os.getpid()}'])
    start = time.monotonic()
    with open(tmp_path / 'output', 'wb') as output:
        with pytest.raises(KeyboardInterrupt):
            if copied:
                attend_module('sleeper', [], {}, tmp_path, output)
            else:
                process.attend([sys.executable, 'sleeper.py'], {}, tmp_path,
                               output)
    assert time.monotonic() - start < 30
    assert killer.wait() == 0
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize('forks', [forked.FORKS, False])
@pytest.mark.parametrize(('program', 'status', 'said'), [
    ('print(sys.argv[1:], os.environ["ONE"], os.environ.get("HOME"))', 0,
     "['two'] 1 None"),
    ('print(os.getcwd() == os.environ["FOLDER"])', 0, 'True'),
    ('sys.exit(4)', 4, ''), ('sys.exit()', 0, ''),
    ('sys.exit("a reason")', 1, 'a reason'),
    ('1 / 0', 1, 'ZeroDivisionError'),
    ('print(sys.stdin.read() == "")', 0, 'True'),
    ('print("\\udcff", "autodevelop" in sys.modules)', 0, 'False')])
def test_a_module_is_run_as_a_program(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forks: bool,
        program: str, status: int, said: str) -> None:
    monkeypatch.setattr(forked, 'FORKS', forks)
    (tmp_path / 'program.py').write_text(
        f'import os, sys\nif __name__ == "__main__":\n    {program}\n')
    folder = tmp_path.resolve()
    variables = {'ONE': '1', 'HOME': None, 'FOLDER': str(folder),
                 'PYTHONIOENCODING': 'utf-8:backslashreplace'}
    with open(tmp_path / 'output', 'wb') as output:
        assert attend_module('program', ['two'], variables, folder,
                             output) == status
    assert said in (tmp_path / 'output').read_text()


def test_a_child_need_not_read_what_it_is_given(tmp_path: Path) -> None:
    assert process.attend([sys.executable, '-c', 'raise SystemExit(4)'], {},
                          tmp_path, given=b'x' * 10_000_000) == 4
    assert process.attend([
        sys.executable, '-c', 'raise SystemExit(len(input()))'], {},
        tmp_path, given=b'xxx') == 3


@pytest.mark.skipif(not forked.FORKS, reason='no process is copied here')
def test_a_child_that_ends_in_time_has_a_status() -> None:
    child = subprocess.Popen([sys.executable, '-c', 'raise SystemExit(3)'])
    assert forked._Forked(child.pid).wait(60) == 3
    child.returncode = 3  # It was waited for without its knowledge.
