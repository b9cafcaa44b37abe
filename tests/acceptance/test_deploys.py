"""Releases go live under load, behind the real nginx: nothing is lost."""
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from autodevelop.cli.deploy import UNITS
from autodevelop.deploy import processes
from autodevelop.deploy.health import wait_until_healthy
from tests.support.front import NGINX, port_of, serve_in_front
from tests.support.load import Answer, load
from tests.support.site import Site

DEPLOYS = 10
SYSTEMD = shutil.which('systemd-analyze')
pytestmark = pytest.mark.skipif(not NGINX, reason='needs nginx')

Deployed = list[tuple[float, float, str]]
"""When each deploy began and ended, and of which release."""


@pytest.fixture
def site() -> Iterator[Site]:
    with serve_in_front() as site:
        yield site


def wrong(answers: Sequence[Answer], deployed: Deployed) -> list[Answer]:
    """The answers of releases that were not live between these moments."""
    found = []
    for answer in answers:
        # The first was live before, and stays so until the next is.
        expected = {
            release for (began, _, release), (_, later, _) in zip(
                deployed, [*deployed[1:], (0.0, float('inf'), '')])
            if began <= answer.ended and answer.began <= later}
        if answer.release not in expected:
            found.append(answer)
    return found


def test_deploys_under_load_lose_no_request(site: Site) -> None:
    releases = [site.first, site.change('second')]
    deployed: Deployed = []

    def deploy(release: str) -> None:
        began = time.time()
        site.run('deploy', release)
        deployed.append((began, time.time(), release))

    deploy(releases[0])
    with load(port_of(site), 900) as answers:
        for number in range(1, DEPLOYS + 1):
            deploy(releases[number % 2])
        time.sleep(1)
    for kind, each in answers.items():
        failed = [answer for answer in each if not answer.release]
        print(f'{kind}: {len(each)} requests, {len(failed)} failed')
        assert len(each) > 10 * DEPLOYS
        assert not failed
        assert not wrong(each, deployed)
        # It was seen to change.
        assert {answer.release for answer in each} == set(releases)


@pytest.mark.long
def test_the_control_stop_and_start_does_lose_requests(site: Site) -> None:
    site.run('deploy', site.first)
    live = site.target.live()
    assert live
    with load(port_of(site), 60) as answers:
        time.sleep(0.5)
        for _ in range(3):
            stop_and_start(site, live)
    for kind, each in answers.items():
        failed = [answer for answer in each if not answer.release]
        print(f'{kind}: {len(each)} requests, {len(failed)} failed')
        assert failed


def stop_and_start(site: Site, number: int) -> None:
    folder = site.target.run(number)
    environment, = (site.target.folder / 'environments').iterdir()
    processes.send_signal(site.target, [number], signal.SIGTERM)
    while processes.find_processes(site.target, [number]):
        time.sleep(0.02)
    subprocess.run(
        [environment / 'bin/python', '-m', 'gunicorn', '--daemon',
         '--config', folder / 'gunicorn.conf.py'], cwd=site.folder,
        check=True)
    health = wait_until_healthy(site.target.proxy_url, site.first, 20.0)
    assert not health.problem


@pytest.mark.skipif(not SYSTEMD, reason='needs systemd-analyze')
def test_the_units_are_such_as_systemd_takes(
        site: Site, tmp_path: Path) -> None:
    site.run('deploy', site.first)
    for name in UNITS:
        # The first attempt is there.
        unit = tmp_path / f'to-{name.replace("@", "@1")}'
        unit.write_text(site.run('deploy', '--print-unit', name))
        assert verify(unit) == ''
    broken = tmp_path / 'to-start.service'
    broken.write_text(broken.read_text().replace('oneshot', 'sometimes'))
    assert 'sometimes' in verify(broken)


def verify(unit: Path) -> str:
    """What systemd says of a unit, and not of others."""
    assert SYSTEMD
    said = subprocess.run([SYSTEMD, 'verify', unit], text=True,
                          capture_output=True).stderr
    return ''.join(line for line in said.splitlines(keepends=True)
                   if unit.name in line)


def test_an_answer_of_another_release_is_seen() -> None:
    deployed = [(0.0, 1.0, 'a'), (5.0, 6.0, 'b')]
    answers = [Answer(2, 3, 'a'), Answer(5.5, 5.6, 'a'),
               Answer(5.5, 5.6, 'b'), Answer(7, 8, 'b')]
    assert not wrong(answers, deployed)
    answers = [Answer(2, 3, 'b'), Answer(7, 8, 'a'), Answer(7, 8, '')]
    assert wrong(answers, deployed) == answers
