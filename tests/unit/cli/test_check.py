"""What the command check prints, of a verdict that is given."""
from contextlib import nullcontext
from typing import Any

import pytest

from autodevelop.__main__ import main
from autodevelop.checks.sessions import Request
from autodevelop.checks.verdict import Verdict
from autodevelop.cli import check as module
from autodevelop.git_hooks import stable
from autodevelop.results.outcomes import Row
from tests.support.project import Project

pytestmark = pytest.mark.once


@pytest.mark.parametrize(('outcome', 'printed'), [
    ('passed', False), ('failed', True)])
def test_quiet_prints_failures_alone(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str], outcome: str,
        printed: bool) -> None:
    asked = list[Request]()

    def check(request: Request) -> Verdict:
        asked.append(request)
        return Verdict([Row('lint', outcome, '')], request.tree)

    monkeypatch.setattr(module, 'check', check)
    project.stage('noxfile.py', 'import nox\n')
    project.commit()
    assert main(['check', '-q']) == int(printed)
    assert bool(capsys.readouterr().out) == printed
    assert asked[0].quiet


@pytest.mark.parametrize(('arguments', 'said'), [
    ([], "what is not committed was not checked: 'b.py', 'c.py'\n"),
    (['--staged'], "what is not staged was not checked: 'c.py'\n"),
    (['-q'], ''), (['HEAD~1'], '')])
def test_what_is_not_in_the_tree_is_named(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str], arguments: list[str],
        said: str) -> None:
    monkeypatch.setattr(module, 'check', lambda request: Verdict(
        [Row('lint', 'already passed', '')], request.tree))
    for name in ('noxfile', 'b', 'c'):
        project.stage(f'{name}.py', 'import nox\n')
        project.commit()
    project.stage('b.py', 'two')
    project.write('c.py', 'two')
    assert main(['check', *arguments]) == 0
    output = capsys.readouterr().err
    assert said in output
    assert bool(said) == ('not checked' in output)


def test_what_a_commit_would_fix_is_said_and_not_written(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    def tree_of(**files: str) -> str:
        for name, content in files.items():
            project.stage(f'{name}.py', content)
        return project.git('write-tree').strip()

    project.stage('noxfile.py', 'import nox\n')
    tree_of(a='one', b='one')
    project.commit()
    fixed = tree_of(a='fixed', b='fixed')
    alone = tree_of(a='fixed', b='one')
    staged = tree_of(a='two')
    trees = {staged: fixed, alone: alone}

    def check_in(room: Any, request: Request) -> Verdict:
        outcome = 'failed' if request.tree == staged else 'passed'
        return Verdict([Row('lint', outcome, '')], trees[request.tree])

    monkeypatch.setattr(module, 'open_room', lambda *_: nullcontext())
    monkeypatch.setattr(module, 'with_names', lambda room, changed, it: it)
    monkeypatch.setattr(stable, 'check_in', check_in)
    monkeypatch.setattr(stable, 'check_out', lambda *_: None)
    monkeypatch.setattr(stable, 'print_verdict', lambda *_: None)
    command = ['check', '--staged', '--stage', 'pre-commit']
    assert main(command) == 0
    said = capsys.readouterr().err
    assert "a commit would fix 'a.py'; nothing was written\n" in said
    assert project.git('write-tree').strip() == staged
    trees[staged] = staged
    assert main(command) == 1
    assert 'the staged tree failed: lint\n' in capsys.readouterr().err
