"""Projects that fix the files of each other, without running them."""
from types import SimpleNamespace
from typing import Any

import pytest

from autodevelop.checks.sessions import Request
from autodevelop.checks.verdict import Verdict
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks import stable
from autodevelop.system.git import find_repository
from tests.support.project import Project

pytestmark = pytest.mark.once


def test_projects_that_undo_each_other_forever_are_refused(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.stage('a/x.py', 'one')
    first = project.git('write-tree').strip()
    project.stage('a/x.py', 'two')
    project.stage('b/x.py', 'two')
    trees = {first: project.git('write-tree').strip()}
    trees[trees[first]] = first
    ran, clean = list[str](), list[str]()

    def run(room: Any, request: Any, *_: Any) -> Any:
        ran.append(request.project)
        verdict = Verdict([], request.tree)
        return stable.Stable(verdict, trees[request.tree], [], [])

    monkeypatch.setattr(stable, 'run_until_stable', run)
    monkeypatch.setattr(stable, 'check_out',
                        lambda room, tree, head: clean.append(tree))
    monkeypatch.setattr(stable, 'folders_of', lambda paths: {'a', 'b'})
    room: Any = None
    staged: Any = SimpleNamespace(tree=first, repository=find_repository())
    requests = [Request(staged.repository, 'pre-commit', first, None,
                        project=name) for name in ('a', 'b')]
    with pytest.raises(AutodevelopError, match='still change files after'):
        stable.run_projects(room, requests, staged, [])
    assert ran == ['a', 'b'] * stable.MAX_RUNS
    # Each but the first, which finds the room as it was made.
    assert clean == [trees[first], first] * (stable.MAX_RUNS - 1) + [
        trees[first]]
