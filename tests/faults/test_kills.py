"""Hooks that are killed: every byte of staged and unstaged work is there.

SIGKILL of the whole process group, at random moments and at each step by
name, with work staged, not staged and untracked. Afterwards the next commit
works, save where an index.lock was left: git names that, and nobody steals
it.
"""
import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from .workplace import Workplace

KILLS, LONG_KILLS = 60, 200
SEED = 20261124
WAYS = [['-m', 'plainly']] * 4 + [['-a', '-m', 'all'],
                                  ['-m', 'path', '--', 'a.py', 'c.py']]
"""How commits are made: one in three hands hooks another index."""


class Work(NamedTuple):
    """A user's work: of each file what is staged, and what lies there."""

    staged: dict[str, str]
    lying: dict[str, str]

    @classmethod
    def of(cls, number: int) -> 'Work':
        """Work that no other number has; a.py is to be fixed."""
        return cls(
            {'a.py': f'x={number}\ny = 1\nz = {number}\n',
             'b.py': 'b = 0\n', 'c.py': f'c={number}\n'},
            {'a.py': f'x={number}\nedited = {number}\nz = {number}\n',
             'b.py': f'b = 0\nedited = {number}\n', 'c.py': f'c={number}\n',
             'untracked.txt': f'{number}\n'})

    def lay(self, workplace: Workplace) -> None:
        """Stage and write it."""
        for name, text in self.staged.items():
            workplace.write(name, text)
        workplace.git('add', *self.staged)
        for name, text in self.lying.items():
            workplace.write(name, text)

    def assert_there(self, workplace: Workplace, way: list[str]) -> None:
        """See that nothing of it is lost; it may be fixed, or committed."""
        for name, text in self.lying.items():
            assert workplace.read(name) in (text, fixed(text)), name
        for name, text in self.staged.items():
            # Only -a and PATH stage what lies there.
            lying = text if way is WAYS[0] else self.lying[name]
            assert workplace.shown(f':{name}') in (
                text, fixed(text), lying, fixed(lying)), name


def fixed(text: str) -> str:
    """What the session lint makes of these texts."""
    head, sign, rest = text.partition('=')
    return text if ' ' in head else f'{head} {sign} {rest}'


@pytest.fixture
def tracked(workplace: Workplace) -> Workplace:
    """Files are tracked, and what is costly was done once."""
    for name in ('a.py', 'b.py', 'c.py'):
        workplace.stage(name, 'old = 0\n')
    workplace.git('commit', '-q', '-m', 'tracked')
    return workplace


def commit(workplace: Workplace, way: list[str],
           **variables: str) -> subprocess.Popen[bytes]:
    """Start a commit as the leader of a process group."""
    return subprocess.Popen(
        ['git', 'commit', '-q', *way], cwd=workplace.folder,
        env=workplace.environment | variables, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def assert_next_works(workplace: Workplace, way: list[str],
                      work: Work) -> bool:
    """See that the next commit works; return whether a lock was left."""
    # Git killed while it updates HEAD leaves that lock, too.
    left = [lock for name in ('index', 'HEAD', 'refs/heads/main')
            if (lock := workplace.path(f'.git/{name}.lock')).exists()]
    if left:
        # It may have been killed with the lock there and the commit made.
        said = workplace.git('commit', '-q', '--allow-empty', *way, status=128)
        assert '.lock' in said and all(lock.exists() for lock in left)
        for lock in left:
            lock.unlink()
    workplace.git('commit', '-q', '--allow-empty', *way)
    text = (work.staged if way is WAYS[0] else work.lying)['a.py']
    assert workplace.shown('HEAD:a.py') == fixed(text)
    assert workplace.read('b.py') == work.lying['b.py']
    assert workplace.read('untracked.txt') == work.lying['untracked.txt']
    assert workplace.read('a.py') in (work.lying['a.py'],
                                      fixed(work.lying['a.py']))
    return bool(left)


def strays(workplace: Workplace) -> list[str]:
    """The processes that still work in a room."""
    found, rooms = [], str(workplace.home / 'cache')
    for folder in Path('/proc').glob('[0-9]*'):
        try:
            if os.readlink(folder / 'cwd').startswith(rooms):
                found.append((folder / 'cmdline').read_text())
        except OSError:
            pass  # It has ended, or is not ours to read.
    return found


def test_at_random_moments_nothing_is_lost(
        tracked: Workplace, long: bool) -> None:
    chance = random.Random(SEED)
    kills = LONG_KILLS if long else KILLS
    ends: Counter[str] = Counter()
    started = time.monotonic()
    Work.of(1).lay(tracked)
    assert commit(tracked, WAYS[0]).wait() == 0
    usual = time.monotonic() - started
    for number in range(2, kills + 2):
        way, work = chance.choice(WAYS), Work.of(number)
        work.lay(tracked)
        if number % 10 == 0:
            # The room, too, is made while the kill comes.
            shutil.rmtree(tracked.home / 'cache')
        head = tracked.ask('rev-parse', 'HEAD')
        with commit(tracked, way) as git:
            time.sleep(chance.uniform(0, 1.1 * usual))
            ends['ended before'] += git.poll() is not None
            if git.poll() is None:
                os.killpg(git.pid, signal.SIGKILL)
        work.assert_there(tracked, way)
        ends['committed'] += head != tracked.ask('rev-parse', 'HEAD')
        ends[f'lock left by {" ".join(way)}'] += assert_next_works(
            tracked, way, work)
    assert ends['ended before'] < kills * 3 / 4
    assert tracked.git('fsck', '--no-dangling', '--no-progress') == ''
    print(f'{kills} commits killed at random within {1.1 * usual:.2f} s: '
          f'{dict(ends)}; nothing lost, each next commit worked')


STEPS = [
    'autodevelop.system.git:find_repository:after',
    'autodevelop.git_hooks.pre_commit:Staged:after',
    'autodevelop.checks.room:is_intact:before',
    'autodevelop.checks.room:synchronize:before',
    'autodevelop.checks.room:synchronize:after',
    'autodevelop.checks.room:check_out:after',
    'autodevelop.checks.sessions:run_module:before',
    'autodevelop.checks.sessions:run_module:after',
    'autodevelop.checks.ledger:Ledger.record:before',
    'autodevelop.checks.ledger:Ledger.record:after',
    'autodevelop.checks.edits:bump_mtimes:after',
    'autodevelop.git_hooks.staged:Staged.write:before',
    'autodevelop.git_hooks.staged:Staged._fixed:after',
    'os:link:after',
    'os:replace:before:index',
    'os:replace:after:index',
    'autodevelop.git_hooks.apply_fixes:apply_fixes:before',
    'autodevelop.git_hooks.apply_fixes:_replace:before',
    'autodevelop.git_hooks.apply_fixes:_replace:after',
    'autodevelop.git_hooks.pre_commit:pre_commit:after',
]
NEXT_TO_THEM = [
    'autodevelop.git_hooks.pre_commit:Staged:before',
    'autodevelop.checks.room:check_out:before',
    'autodevelop.checks.check:read_dependencies:after',
    'autodevelop.checks.check:tree_of:after',
    'autodevelop.git_hooks.stable:changes:after',
    'autodevelop.git_hooks.staged:Staged.assert_unchanged:before',
    'os:link:before',
    'autodevelop.git_hooks.staged:Staged.write:after',
    'autodevelop.git_hooks.apply_fixes:_apply_fix:before',
    'autodevelop.git_hooks.apply_fixes:_apply_fix:after',
    'autodevelop.git_hooks.apply_fixes:apply_fixes:after',
]
"""Between these and one of the others nothing is written."""
IN_A_NEW_ROOM = [
    'autodevelop.checks.room:_recreate:before',
    'autodevelop.checks.room:create:before',
    'autodevelop.checks.room:create:after', *STEPS[4:7]]


def killed_at(workplace: Workplace, step: str, way: list[str]) -> None:
    with commit(workplace, way, KILL_AT=step) as git:
        pass
    assert git.returncode == -signal.SIGKILL, f'{step} is no step of this way'


@pytest.mark.parametrize(('steps', 'fresh'), [
    pytest.param(STEPS, False, id=''),
    pytest.param(IN_A_NEW_ROOM, True, id='a new room'),
    pytest.param(NEXT_TO_THEM, False, id='next to them',
                 marks=pytest.mark.long)])
def test_at_each_step_nothing_is_lost(
        tracked: Workplace, steps: list[str], fresh: bool) -> None:
    locks = []
    for number, step in enumerate(steps, start=1000):
        work = Work.of(number)
        work.lay(tracked)
        if fresh:
            shutil.rmtree(tracked.home / 'cache', ignore_errors=True)
        killed_at(tracked, step, WAYS[0])
        work.assert_there(tracked, WAYS[0])
        if assert_next_works(tracked, WAYS[0], work):
            locks.append(step)
    # In between the index is being replaced: the lock is a whole index.
    assert locks == [step for step in steps if step in (
        'os:link:after', 'os:replace:before:index')]
    assert tracked.git('fsck', '--no-dangling', '--no-progress') == ''
    print(f'killed at {len(steps)} steps: nothing lost; index.lock left at '
          f'{locks}')


@pytest.mark.parametrize('way', WAYS[-2:], ids=['-a', 'PATH'])
@pytest.mark.parametrize('step', [
    'os:replace:before:index', 'os:replace:after:index', *(
        pytest.param(step, marks=pytest.mark.long) for step in [
            'autodevelop.git_hooks.pre_commit:Staged:after',
            'autodevelop.checks.sessions:run_module:after',
            'autodevelop.git_hooks.staged:Staged.write:before',
            'autodevelop.git_hooks.apply_fixes:_apply_fix:after'])])
def test_with_another_index_too(
        tracked: Workplace, way: list[str], step: str) -> None:
    work = Work.of(7)
    work.lay(tracked)
    killed_at(tracked, step, way)
    work.assert_there(tracked, way)
    assert assert_next_works(tracked, way, work)


@pytest.mark.parametrize(('number', 'whole'), [
    (signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGHUP, True), *(
        pytest.param(*each, marks=pytest.mark.long) for each in [
            (signal.SIGINT, False), (signal.SIGTERM, True),
            (signal.SIGHUP, False)])])
def test_a_signal_ends_the_sessions_too(
        tracked: Workplace, number: signal.Signals, whole: bool) -> None:
    work = Work.of(7)
    work.lay(tracked)
    with tracked.running('git', 'commit', '-q', *WAYS[0]) as git:
        if whole:
            os.killpg(git.pid, number)
        else:
            os.kill(hook_of(git.pid), number)
        assert git.wait(30) != 0
        wait_for_none(tracked)
    work.assert_there(tracked, WAYS[0])
    assert not assert_next_works(tracked, WAYS[0], work)


def hook_of(parent: int) -> int:
    """The process of autodevelop, that git has started."""
    listed = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(parent)],
                            text=True, capture_output=True).stdout.split()
    assert len(listed) == 1
    return int(listed[0])


def wait_for_none(workplace: Workplace) -> None:
    end = time.monotonic() + 20
    while found := strays(workplace):
        assert time.monotonic() < end, found
        time.sleep(0.02)


def test_what_a_killed_hook_left_running_is_waited_for(
        tracked: Workplace) -> None:
    """The hook alone is killed; what it started holds the room."""
    work = Work.of(7)
    work.lay(tracked)
    with tracked.running('git', 'commit', '-q', *WAYS[0]) as git:
        os.kill(hook_of(git.pid), signal.SIGKILL)
        assert git.wait(30) != 0
        work.assert_there(tracked, WAYS[0])
        assert strays(tracked)
        following = subprocess.Popen(
            ['git', 'commit', '-q', '-m', 'next'], cwd=tracked.folder,
            env=tracked.environment, stderr=subprocess.PIPE)
        assert following.stderr
        said = following.stderr.readline()
        assert b'waiting for the pre-commit room' in said
    following.communicate()
    assert following.returncode == 0
    assert tracked.shown('HEAD:a.py') == fixed(work.staged['a.py'])
