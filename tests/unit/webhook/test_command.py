"""autodevelop webhook: what the worker is told."""
import signal
import sys
from pathlib import Path
from threading import Event

import pytest

from autodevelop.__main__ import main
from autodevelop.cli import webhook
from autodevelop.webhook.worker import Worker
from tests.support.project import Project

pytestmark = [pytest.mark.once, pytest.mark.skipif(
    sys.platform == 'win32', reason='nothing is deployed there')]


def test_a_worker_works_until_it_is_terminated(
        project: Project, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    project.git('clone', '-q', '--bare', '.', str(tmp_path / 'a.git'))
    monkeypatch.chdir(tmp_path / 'a.git')
    own = Project(tmp_path / 'a.git')
    own.git('config', 'autodevelop.deployCommand', 'sudo -u deployer')

    def work_on(worker: Worker, stop: Event) -> None:
        assert worker.deploy_command == 'sudo -u deployer'
        assert worker.deploy_repository == worker.repository.git_dir
        assert worker.branch == 'refs/heads/main'
        signal.raise_signal(signal.SIGTERM)
        assert stop.is_set()

    monkeypatch.setattr(webhook, 'work_on', work_on)
    assert main(['webhook', '--work', '--to', str(tmp_path / 'to')]) == 0
