"""What a plan costs beyond nox's own listings, side by side."""
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

ROUNDS = 9
NOXFILE = """
import nox

PLATFORMS = ['linux', 'macos', 'windows']

@nox.session(python=['3.11', '3.12', '3.13', '3.14', '3.15'], tags=['ci'])
@nox.parametrize('platform', PLATFORMS, ids=PLATFORMS)
@nox.parametrize('number', range({numbers}))
def tests(session, platform, number):
    pass

for each in range({others}):
    @nox.session(tags=['ci'], name=f'other{{each}}')
    def other(session):
        pass
"""


def cpu_seconds(*commands: list[str], cwd: Path) -> float:
    """Run commands side by side; user and system time of all of them."""
    before = os.times()
    environment = os.environ | {'AUTODEVELOP_PLATFORMS': 'all',
                                'PYTHONPATH': os.getcwd()}
    running = [subprocess.Popen([sys.executable, '-m', *command], cwd=cwd,
                                env=environment, stdout=subprocess.DEVNULL)
               for command in commands]
    assert [each.wait() for each in running] == [0] * len(running)
    after = os.times()
    return (after.children_user + after.children_system
            - before.children_user - before.children_system)


@pytest.mark.parametrize(('numbers', 'others'), [(1, 3), (66, 10)],
                         ids=['18 cells', '1000 cells'])
def test_the_plan_beside_two_listings(
        tmp_path: Path, numbers: int, others: int,
        capsys: pytest.CaptureFixture[str],
        request: pytest.FixtureRequest) -> None:
    (tmp_path / 'noxfile.py').write_text(NOXFILE.format(
        numbers=numbers, others=others))
    listing = ['nox', '--list', '--json']
    pairs = [(
        cpu_seconds(listing, [*listing, '-k', 'True'], cwd=tmp_path),
        cpu_seconds(['autodevelop', 'plan'], cwd=tmp_path),
    ) for _ in range(ROUNDS + 1)][1:]
    nox, plan = (median(column) for column in zip(*pairs))
    more = median(b - a for a, b in pairs)
    ratio = median(b / a for a, b in pairs)
    with capsys.disabled():
        print(f'\n{request.node.callspec.id}: two listings of nox {nox:.2f} s '
              f'of CPU, autodevelop plan {plan:.2f} s; by pairs {more:.2f} s '
              f'more, {ratio:.2f} x')
