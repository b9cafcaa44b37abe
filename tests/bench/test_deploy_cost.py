"""What a push costs beyond gunicorn's start, and a deploy those who ask."""
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autodevelop.deploy.history import History
from tests.support.front import port_of, serve_in_front
from tests.support.load import Answer, load
from tests.support.project import write_launcher
from tests.support.site import VARIABLES, Site, make_template

PUSHES = 8
ROUNDS = 4
DEPLOYS = 5


@pytest.fixture
def site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory() as folder:
        made = Site(Path(folder), Path(folder, 'environments'),
                    make_template(Path(folder, 'template')))
        yield made
        made.close()


def test_a_push_of_what_passed_costs_a_start_and_a_second(
        site: Site) -> None:
    server = site.folder.parent / 'server.git'
    write_launcher(site.folder.parent / 'bin')
    variables = VARIABLES | {'PATH': os.pathsep.join([
        str(site.folder.parent / 'bin'), os.environ['PATH']])}
    subprocess.run(['git', 'init', '-q', '--bare', '-b', 'main', server],
                   check=True)
    subprocess.run(['git', '-C', server, 'config', 'autodevelop.to',
                    site.target.folder], check=True)
    subprocess.run(['autodevelop', 'hooks', 'install'], cwd=server,
                   env=variables, check=True)
    beyond, steps = [], []
    for number in range(PUSHES + 1):
        # Another commit, of a tree that has passed.
        site.change(str(number))
        began = time.monotonic()
        subprocess.run(['git', 'push', '-q', str(server), 'main'],
                       cwd=site.folder, env=variables, check=True)
        took = time.monotonic() - began
        steps.append(History(site.target).attempts()[0].steps)
        beyond.append(took - steps[-1]['start'])
    # The first checks, and makes the environment.
    for step in steps[-1]:
        median = statistics.median(each[step] for each in steps[1:])
        print(f'{step}: {median:.3f} s')
    median = statistics.median(beyond[1:])
    print(f'a push, beyond the start of gunicorn: {median:.3f} s')
    assert median < 1


def test_deploys_do_not_slow_those_who_ask() -> None:
    """Rounds with and without deploys, one after the other.

    A deploy is over when what it replaced has ended: that costs, too. Those
    in a row, each begun before that, are shown to compare.
    """
    ratios: dict[tuple[str, str], list[float]] = {}
    with serve_in_front() as site:
        releases = [site.first, site.change('second')]
        site.run('deploy', releases[0])
        site.run('deploy', releases[1])
        site.settle()
        for pace in ['whole', 'in a row'] * ROUNDS:
            began = time.monotonic()
            with load(port_of(site), 300) as busy:
                for number in range(DEPLOYS):
                    site.run('deploy', releases[number % 2])
                    if pace == 'whole':
                        site.settle()
            took = time.monotonic() - began
            site.settle()
            with load(port_of(site), 300) as idle:
                time.sleep(took)
            for kind in busy:
                ratios.setdefault((pace, kind), []).append(
                    p99(busy[kind]) / p99(idle[kind]))
    medians = {each: statistics.median(ratios[each]) for each in ratios}
    for (pace, kind), median in medians.items():
        print(f'p99 with deploys {pace}, {kind}: {median:.2f} x that without')
    assert all(median < 2 for (pace, _), median in medians.items()
               if pace == 'whole')


def p99(answers: list[Answer]) -> float:
    seconds = sorted(each.ended - each.began for each in answers)
    return seconds[len(seconds) * 99 // 100]
