"""What a commit and a push cost with hooks, beside other ways to run them.

The commits' files are clean: what is compared is how the same two tools are
brought to run.
"""
import sys
from itertools import count
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest

from tests.bench.hook_runners import (
    RUN_TESTS, UNFORMATTED, Cost, Place, Runner, modules, noxfile, prepare,
    project, runners, settle, write,
)

pytestmark = pytest.mark.skipif(sys.platform == 'win32',
                                reason='os.wait4 needs POSIX')
SIZES = {1: 11, 20: 7, 200: 3}
"""The rounds for each number of files."""

IN_A_ROW = 6
ROWS = 3
"""How many commits right after each other are one row, and the rounds."""

LIMIT = 'sh hook'
SUITES = (10, 500)
PUSHES = 9
COUNTING_TESTS = """\
import pytest


@pytest.mark.parametrize('number', range({tests}))
def test_number(number):
    with open({log!r}, 'a') as log:
        log.write('ran\\n')
    assert number >= 0
"""
revisions = count(1)


class Side(NamedTuple):
    """A runner with its repository and what its tools count into."""

    runner: Runner
    repository: Path
    log: Path

    def counted(self) -> list[str]:
        """What was logged since it was last asked."""
        lines = self.log.read_text().splitlines()
        self.log.write_text('')
        return lines


@pytest.fixture(scope='module')
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return settle(tmp_path_factory.mktemp('hooks'))


@pytest.fixture(scope='module')
def sides(place: Place) -> list[Side]:
    """The repositories, in which each runner did all there is to do once."""
    made: list[Side] = []
    revision = next(revisions)
    for runner in runners():
        log = place.folder / f'{runner.name}.log'
        log.touch()
        repository = prepare(place, runner, project(log))
        made.append(Side(runner, repository, log))
        commit(place, made[-1], 1, revision)
    return made


def commit(place: Place, side: Side, size: int, revision: int) -> Cost:
    """Commit so many changed files; what was staged is what was checked."""
    changed = modules(range(size), revision)
    for name, text in changed.items():
        write(side.repository, name, text)
    place.run(side.repository, 'git', 'add', '--all')
    cost = place.run(side.repository, 'git', 'commit', '--quiet', '-m',
                     f'revision {revision}')
    subject = place.ask(side.repository, 'git', 'log', '-1', '--format=%s')
    assert subject == f'revision {revision}\n'
    assert not place.ask(side.repository, 'git', 'status', '--porcelain')
    checked = sorted(name.removeprefix('./') for name in side.counted())
    assert checked == ([] if side.runner.name == 'no hook' else
                       sorted(changed))
    return cost


@pytest.mark.parametrize('size', SIZES, ids=lambda size: f'files-{size}')
def test_a_commit_beside_other_runners(
        place: Place, sides: list[Side], size: int,
        capsys: pytest.CaptureFixture[str]) -> None:
    costs: dict[str, list[Cost]] = {side.runner.name: [] for side in sides}
    for number in range(SIZES[size]):
        revision = next(revisions)
        # Each goes first in turn, and comes after each other one.
        first = number % len(sides)
        for side in sides[first:] + sides[:first]:
            costs[side.runner.name].append(
                commit(place, side, size, revision))
    with capsys.disabled():
        print(f'\n\ngit commit, clean files: {size}; {SIZES[size]} rounds, '
              f'medians; x is to the {LIMIT}, by pairs:')
        print(table(costs, LIMIT))


def test_commits_in_a_row_beside_other_runners(
        place: Place, sides: list[Side],
        capsys: pytest.CaptureFixture[str]) -> None:
    """No commit waits for the clock, so that its files' mtimes differ."""
    costs: dict[str, list[Cost]] = {side.runner.name: [] for side in sides}
    for number in range(ROWS):
        revised = [next(revisions) for _ in range(IN_A_ROW)]
        first = number % len(sides)
        for side in sides[first:] + sides[:first]:
            each = [commit(place, side, 1, revision) for revision in revised]
            costs[side.runner.name].append(
                Cost(sum(one.cpu for one in each),
                     sum(one.wall for one in each)))
    with capsys.disabled():
        print(f'\n\n{IN_A_ROW} commits in a row, one clean file in each; '
              f'{ROWS} rounds, medians; x is to the {LIMIT}, by pairs:')
        print(table(costs, LIMIT))


def table(costs: dict[str, list[Cost]], limit: str) -> str:
    """Draw medians, and what is more than the limit's."""
    lines = [f'{"":25}   CPU s      more       x    wall s       x']
    for name, own in costs.items():
        pairs = list(zip(own, costs[limit], strict=True))
        more = median(each.cpu - least.cpu for each, least in pairs)
        cpu = median(each.cpu / least.cpu for each, least in pairs)
        wall = median(each.wall / least.wall for each, least in pairs)
        lines.append(f'{name:25}{median(each.cpu for each in own):8.3f}'
                     f'{more:+10.3f}{cpu:8.2f}'
                     f'{median(each.wall for each in own):10.3f}{wall:8.2f}')
    return '\n'.join(lines)


def test_each_hook_fixes_what_is_staged(
        place: Place, sides: list[Side]) -> None:
    for side in sides:
        write(side.repository, 'unformatted.py', UNFORMATTED)
        place.run(side.repository, 'git', 'add', '--all')
        # pre-commit and prek refuse a commit that they fixed.
        place.run(side.repository, 'git', 'commit', '--quiet', '-m', 'owed',
                  status=None)
        text = (side.repository / 'unformatted.py').read_text()
        fixed = 'owed = [1, 2]\n'
        assert text == (UNFORMATTED if side.runner.name == 'no hook'
                        else fixed), side.runner.name


def suite(place: Place, tests: int, hook: bool) -> Side:
    """A repository of so many tests, and a bare one beside it to push to."""
    name = f'{tests} tests, {"pre-push" if hook else "no hook"}'
    log = place.folder / f'{name}.log'
    log.touch()
    runner = Runner(name, noxfile('tests', RUN_TESTS),
                    ('autodevelop', 'hooks', 'install') if hook else ())
    repository = prepare(place, runner, {
        '.gitignore': '__pycache__/\n.pytest_cache/\n',
        'tests/test_all.py': COUNTING_TESTS.format(tests=tests, log=str(log)),
    })
    remote = f'{repository}.git'
    place.run(place.folder, 'git', 'init', '--quiet', '--bare', remote)
    place.run(repository, 'git', 'remote', 'add', 'origin', remote)
    return Side(runner, repository, log)


def push(place: Place, side: Side) -> Cost:
    """Push a commit of the same tree; the remote has it then."""
    place.run(side.repository, 'git', 'commit', '--quiet', '--allow-empty',
              '--no-verify', '-m', 'the same')
    cost = place.run(side.repository, 'git', 'push', '--quiet', 'origin',
                     'main')
    remote = place.ask(side.repository, 'git', 'ls-remote', 'origin', 'main')
    head = place.ask(side.repository, 'git', 'rev-parse', 'HEAD')
    assert remote.split()[0] == head.strip()
    return cost


def test_a_push_of_what_passed_runs_no_test(
        place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    hooked = [suite(place, tests, hook=True) for tests in SUITES]
    plain = [suite(place, tests, hook=False) for tests in SUITES]
    firsts = {side.runner.name: push(place, side) for side in hooked}
    assert [len(side.counted()) for side in hooked] == list(SUITES)
    costs: dict[str, list[Cost]] = {
        side.runner.name: [] for side in plain + hooked}
    for number in range(PUSHES + 1):
        for side in (plain + hooked)[::-1 if number % 2 else 1]:
            cost = push(place, side)
            if number:
                costs[side.runner.name].append(cost)
    assert not any(side.counted() for side in plain + hooked)
    with capsys.disabled():
        print('\n\ngit push of a tree that already passed, '
              f'{PUSHES} rounds, medians; x by pairs:')
        print(table(costs, plain[0].runner.name))
        for name, cost in firsts.items():
            print(f'{name}, the first push: {cost.cpu:.3f} s of CPU')
    for side in hooked:
        refuse(place, side)


def refuse(place: Place, side: Side) -> None:
    """See that the hook did look: a tree that fails is not pushed."""
    write(side.repository, 'tests/test_bad.py', 'def test_bad():\n'
          '    assert False\n')
    place.run(side.repository, 'git', 'add', '--all')
    place.run(side.repository, 'git', 'commit', '--quiet', '--no-verify',
              '-m', 'bad')
    place.run(side.repository, 'git', 'push', '--quiet', 'origin', 'main',
              status=1)
    assert side.counted()
