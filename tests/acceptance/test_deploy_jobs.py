"""Deploys from CI, really executed by act: a push, after the gate."""
import subprocess
import sys
from pathlib import Path

import pytest

from .act import PUSH, Event, Job, clean_environment, run_workflow
from .conftest import git, make_project
from .test_remembered import FORK, OURS

SETTINGS = ('[tool.autodevelop]\ntool = "."\n'
            'requirements = "test-requirements.txt"\n'
            'coverage = "coverage"\n'
            'environments = ["production", "staging"]\n')


def deploy(folder: Path, here: list[str], event: Event,
           files: dict[str, str] = {}) -> tuple[Path, dict[str, Job]]:
    """Run the workflow; its target is a bare repository on this disk."""
    target = folder / 'target.git'
    git(folder, 'init', '--quiet', '--bare', '--initial-branch=main',
        str(target))
    project = make_project(folder / 'project', here[-1:], files={
        'pyproject.toml': SETTINGS, **files})
    subprocess.run([sys.executable, '-m', 'autodevelop', 'ci', 'github'],
                   check=True, cwd=project, env=clean_environment())
    git(project, 'add', '--all')
    git(project, '-c', 'user.name=A', '-c', 'user.email=a@example.org',
        'commit', '--quiet', '--message=Render')
    name, payload = event
    if head := payload.get('pull_request', {}).get('head'):
        head['sha'] = git(project, 'rev-parse', 'HEAD').strip()
    jobs = run_workflow(project, folder / 'scratch', (name, payload),
                        options=[
        '--var', f'DEPLOY_REMOTE={target}', '--secret', 'DEPLOY_KEY=key'])
    return target, jobs


@pytest.mark.parametrize(('event', 'ran'), [
    pytest.param(PUSH, 'production', id='push'),
    pytest.param(OURS, 'staging', id='ours', marks=pytest.mark.long),
    pytest.param(FORK, '', id='fork')])
def test_an_event_goes_where_it_belongs(
        tmp_path: Path, here: list[str], event: Event, ran: str) -> None:
    target, jobs = deploy(tmp_path, here, event)
    deployed = {'production', 'staging'} & {
        name for name, job in jobs.items() if job.steps}
    assert jobs['gate'].result == 'success'
    assert deployed == ({ran} if ran else set())
    refs = git(target, 'for-each-ref', '--format=%(refname) %(objectname)')
    head = git(tmp_path / 'project', 'rev-parse', 'HEAD').strip()
    assert refs == (f'refs/heads/main {head}\n' if ran else '')


def test_what_the_gate_refuses_goes_nowhere(
        tmp_path: Path, here: list[str]) -> None:
    target, jobs = deploy(tmp_path, here, PUSH, {
        'lint.py': 'raise SystemExit("fault")\n'})
    assert jobs['gate'].result == 'failure'
    assert not jobs.get('production', jobs['gate']).steps.get(
        'Push to production')
    assert not git(target, 'for-each-ref')
