"""All workers of an attempt answer, or it is not healthy."""
import json
import os
import time
from pathlib import Path

import pytest

from autodevelop.deploy import workers
from autodevelop.deploy.health import DYING, INTERVAL, Health, advise
from autodevelop.deploy.target import Target
from autodevelop.deploy.workers import (
    seconds_loaded, wait_for_front, wait_for_workers,
)
from autodevelop.matrix.tables import Deploy

GOOD, BAD = Health(200, 'x', ''), Health(500, None, 'it answers 500')


class Run:
    """The folder of an attempt; what its workers answer."""

    def __init__(self, folder: Path) -> None:
        self.target = Target(folder, '')
        self.folder = self.target.run(1)
        self.folder.mkdir(parents=True)
        self.answers: dict[str, Health] = {}
        self.exited = False

    def ask(self, url: str, release: str, timeout: float,
            host: str) -> Health:
        return self.answers.get(url.split(':')[1].rpartition('/')[2], GOOD)

    def start(self, *pids: int) -> None:
        for path in self.folder.glob('w*'):
            path.unlink()
        for pid in pids:
            (self.folder / f'w{pid}').touch()

    def wait(self, patience: float = 0, settle: float = 0) -> Health:
        return wait_for_workers(self.target, 1, 'x', Deploy(
            patience=patience), settle)  # type: ignore[arg-type]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    run = Run(tmp_path)
    monkeypatch.setattr(workers, 'ask', run.ask)
    monkeypatch.setattr(workers, 'has_exited',
                        lambda target, number: lambda: run.exited)
    return run


def test_one_answer_of_two_is_not_enough(run: Run) -> None:
    assert run.wait().problem == '0 of 2 workers have started'
    run.start(5)
    assert run.wait().problem == '1 of 2 workers have started'
    run.start(5, 6)
    assert run.wait() == GOOD
    run.answers['w6'] = BAD
    assert run.wait().problem == '1 of 2 workers: it answers 500'
    run.answers['w5'] = BAD
    assert run.wait() == BAD


def test_the_project_may_have_more_of_them(run: Run) -> None:
    run.start(5, 6)
    (run.folder / 'ready').write_text(json.dumps({'workers': 3}))
    assert run.wait().problem == '2 of 3 workers have started'


def test_they_stay_the_same_for_a_moment(
        run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter(range(99))
    monkeypatch.setattr('time.monotonic', lambda: next(times))
    looks = [[5, 6], [5, 7], [5, 7], [5, 7], [5, 7], [5, 7]]
    run.start(*looks.pop(0))
    monkeypatch.setattr('time.sleep', lambda _: run.start(*looks.pop(0)))
    assert run.wait(patience=50, settle=5) == GOOD
    # Two seconds go by at each look; the first two differ.
    assert len(looks) == 1


def test_the_last_look_is_when_they_have_settled(
        run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr('time.monotonic', lambda: sum(now))
    monkeypatch.setattr('time.sleep', now.append)
    run.start(5, 6)
    assert run.wait(patience=9, settle=INTERVAL * 1.5) == GOOD
    assert sum(now) == pytest.approx(INTERVAL * 1.5)


@pytest.mark.parametrize(('both', 'patience', 'looks'), [
    (True, 90, 4), (False, 4, 6)])
def test_workers_that_exit_again_and_again_are_given_up(
        run: Run, monkeypatch: pytest.MonkeyPatch, both: bool,
        patience: float, looks: int) -> None:
    """They answer whenever they are asked; slower ones take the patience."""
    times, pids = iter(range(99)), iter(range(5, 99))
    monkeypatch.setattr('time.monotonic', lambda: next(times))
    monkeypatch.setattr('time.sleep', lambda _: run.start(
        next(pids), next(pids) if both else 4))
    (run.folder / 'host').touch()
    run.start(3, 4)
    health = run.wait(patience=patience, settle=5)
    assert health.problem == DYING
    assert advise(health).startswith('see the log')
    assert next(times) == 1 + 2 * looks


def test_patience_starts_again_when_the_first_has_loaded(
        run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter(range(99))
    monkeypatch.setattr('time.monotonic', lambda: next(times))
    monkeypatch.setattr('time.sleep', lambda _: (
        run.folder / 'host').touch() if next(times) > 6 else None)
    assert run.wait(patience=9).problem == '0 of 2 workers have started'
    assert next(times) > 16


def test_what_has_exited_is_not_waited_for(run: Run) -> None:
    run.exited = True
    assert run.wait(patience=60).problem == 'it has exited'


@pytest.mark.parametrize(('problem', 'asked'), [
    ('it answers 301 and redirects to https://shop.example.org/', 'unix:'),
    ('it answers 301 and redirects to /elsewhere', 'http:'),
    ('', 'http:')])
def test_a_proxy_that_redirects_to_https_does_not_switch_back(
        run: Run, monkeypatch: pytest.MonkeyPatch, problem: str,
        asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    # To an application that accepts one host, any other is a bad request.
    (run.folder / 'host').write_text('shop')
    monkeypatch.setattr(workers, 'ask', lambda *given: Health(
        301, None, problem if given[-1] == 'shop' else 'it answers 400'))
    monkeypatch.setattr(workers, 'wait_until_healthy', lambda *_: GOOD)
    target = run.target._replace(proxy_url='http://127.0.0.1/')
    url, health = wait_for_front(target, 1, 'x', Deploy(), 1)
    assert (url.startswith(asked), health) == (True, GOOD)
    assert ('proxyUrl https://' in capsys.readouterr().err) == (
        asked == 'unix:')


def test_what_was_loaded_long_ago_has_settled(run: Run) -> None:
    assert seconds_loaded(run.target, 1) == 0
    host = run.folder / 'host'
    host.touch()
    for ahead, least in ((-100, 90), (100, 0)):
        os.utime(host, (time.time() + ahead,) * 2)
        assert least <= seconds_loaded(run.target, 1) <= least * 2
