"""The switch to a release that is ready, without serving one."""
import sys

import pytest

from autodevelop.deploy import going_live, workers
from autodevelop.deploy.attempts import attempting
from autodevelop.deploy.health import Health
from autodevelop.deploy.receive import READY, reference_transaction
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import find_repository
from tests.support.project import Project

pytestmark = [pytest.mark.once, pytest.mark.skipif(
    sys.platform == 'win32', reason='nothing is deployed there')]


def test_a_worker_that_dies_at_the_switch_is_the_way_back(
        project: Project, target: Target,
        monkeypatch: pytest.MonkeyPatch) -> None:
    repository, commit = find_repository(), 'a' * 40
    (target.releases / commit).mkdir()
    with attempting(target, commit, 'me', repository, 'ready') as attempt:
        pass
    for number in (attempt.number, 7):
        target.run(number).mkdir()
    target.switch(7)
    good, bad = Health(200, commit, ''), Health(502, None, 'it answers 502')
    answers = iter([good, bad])
    for name, stub in [('seconds_loaded', lambda *_: 1.0),
                       ('wait_for_front', lambda *_: ('', good)),
                       ('wait_for_workers', lambda *_: next(answers))]:
        monkeypatch.setattr(workers, name, stub)
    monkeypatch.setattr(going_live, 'start_detached', lambda command: None)
    with pytest.raises(AutodevelopError, match='did not go live: .* 502'):
        going_live.go_live(target, commit, 'me', repository)
    assert target.live() == 7


def test_the_main_branch_alone_switches_and_once(
        project: Project, target: Target,
        monkeypatch: pytest.MonkeyPatch) -> None:
    project.git('config', 'autodevelop.to', str(target.folder))
    project.git('config', 'autodevelop.branch', 'main')
    repository, commit = find_repository(), 'a' * 40
    project.write(f'.git/autodevelop/{READY}', commit)
    switched = list[str]()
    monkeypatch.setattr(going_live, 'go_live', lambda target, new, *_:
                        switched.append(new))
    for branch in ('other', 'main', 'main'):
        reference_transaction(
            repository, f'{"0" * 40} {commit} refs/heads/{branch}\n')
        assert switched == ([] if branch == 'other' else [commit])
