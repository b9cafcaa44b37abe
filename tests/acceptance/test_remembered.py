"""What passed on a tree is not run again, really executed by act."""
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .act import PUSH, Event, Job
from .conftest import Run

Again = Callable[..., dict[str, Job]]
SMALL_NOXFILE = Path(__file__).with_name('small_noxfile.py').read_text()
RAN = 'Run the cell'


def pull_request(repository: str) -> Event:
    return 'pull_request', {
        'number': 3, 'ref': 'refs/pull/3/merge', 'pull_request': {
            'number': 3,
            'head': {'ref': 'change', 'repo': {'full_name': repository}},
            'base': {'ref': 'main', 'repo': {'full_name': 'owner/repo'}}}}


OURS, FORK = pull_request('owner/repo'), pull_request('mallory/repo')
BY_HAND: Event = 'workflow_dispatch', {}


@pytest.fixture
def again(run_ci: Run, tmp_path: Path, here: list[str]) -> Again:
    """Run the workflow on the same tree, and with the same caches."""

    def run(event: Event, **files: str) -> dict[str, Job]:
        return run_ci(here[-1:], event=event, files={
            name.replace('_py', '.py'): text for name, text in files.items()},
            variables={'ACT_CACHE': str(tmp_path)})

    return run


def cells_that_ran(jobs: dict[str, Job]) -> set[str]:
    return {name.removeprefix('cell ').partition('-')[0]
            for name, job in jobs.items() if RAN in job.steps}


def check_keys(caches: Path) -> None:
    """A key is of a cell, and what it keeps is a pass of that one."""
    keys = [*caches.glob('*/*')]
    assert len({path.name for path in keys}) == 2
    for path in keys:
        name, = [report.parent.name for report in path.rglob('nox.json')]
        results = json.loads(
            (path / '.autodevelop' / name / 'nox.json').read_text())
        assert [each['result'] for each in results['sessions']] == ['success']


def test_a_pass_on_main_serves_a_branch_at_the_same_tree(
        again: Again, tmp_path: Path) -> None:
    assert cells_that_ran(again(PUSH)) == {'lint', 'tests'}
    check_keys(tmp_path)
    jobs = again(OURS)
    assert cells_that_ran(jobs) == set()
    # The coverage of the skipped cell is there again.
    assert '## Coverage: 100 %' in jobs['coverage'].summary
    assert jobs['gate'].result == 'success'
    assert cells_that_ran(again(BY_HAND)) == {'lint', 'tests'}
    assert cells_that_ran(again(PUSH, lint_py='# other\n')) == {
        'lint', 'tests'}


@pytest.mark.long
def test_a_failure_is_not_remembered(again: Again) -> None:
    fault = {'lint_py': 'raise SystemExit("fault")\n'}
    assert again(PUSH, **fault)['gate'].result == 'failure'
    jobs = again(PUSH, **fault)
    assert cells_that_ran(jobs) == {'lint'}
    assert jobs['gate'].result == 'failure'


@pytest.mark.long
def test_a_skip_is_no_pass(again: Again) -> None:
    skips = SMALL_NOXFILE.replace("session.run('python', 'lint.py')",
                                  "session.skip('no time')")
    assert again(PUSH, noxfile_py=skips)['gate'].result == 'success'
    assert cells_that_ran(again(PUSH, noxfile_py=skips)) == {'lint'}


@pytest.mark.long
def test_a_fork_neither_writes_nor_reads_what_is_remembered(
        again: Again, tmp_path: Path) -> None:
    jobs = again(FORK)
    assert jobs['gate'].result == 'success'
    assert not list(tmp_path.iterdir())
    again(OURS)
    scopes = [path.name for path in tmp_path.iterdir()]
    assert scopes == ['refs%2Fpull%2F3%2Fmerge']
    assert cells_that_ran(again(FORK)) == {'lint', 'tests'}


@pytest.mark.long
def test_what_a_pull_request_remembers_does_not_reach_main(
        again: Again) -> None:
    again(OURS)
    assert cells_that_ran(again(OURS)) == set()
    assert cells_that_ran(again(PUSH)) == {'lint', 'tests'}
