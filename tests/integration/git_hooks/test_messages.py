"""A refused message, and the command that is printed, pasted."""
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from tests.support.project import Project, write_launcher

RULES = '[tool.autodevelop]\nsubject_full_stop = false\n'
CORRECT = "sed -i.bak '1s/[.]$//'"
"""An editor that takes the full stop away."""


@pytest.fixture
def ready(project: Project, tmp_path: Path,
          monkeypatch: pytest.MonkeyPatch) -> Project:
    """Two commits, and an editor that leaves messages as they are."""
    write_launcher(tmp_path / 'bin')
    monkeypatch.setenv('PATH', os.pathsep.join([
        str(tmp_path / 'bin'), os.environ['PATH']]))
    monkeypatch.setenv('GIT_EDITOR', 'true')
    monkeypatch.setenv('AUTODEVELOP_SKIP', 'lint')
    project.stage('pyproject.toml', RULES)
    for name in ('a.txt', 'b.txt', 'c.txt'):
        project.stage(name, 'old\n')
    project.commit()
    project.stage('a.txt', 'older\n')
    project.commit()
    assert main(['hooks', 'install']) == 0
    return project


def paste(project: Project, *refused: str) -> str:
    """Run a command that is refused, and what it prints; return that."""
    done = subprocess.run(refused, cwd=project.folder, text=True,
                          capture_output=True)
    assert done.returncode, done.stdout
    printed = [line for line in done.stderr.splitlines()
               if line.startswith('hint: git commit')]
    assert printed, done.stderr
    command = printed[-1].removeprefix('hint: ')
    done = subprocess.run(
        ['sh', '-c', command], cwd=project.folder, text=True,
        capture_output=True, env={**os.environ, 'GIT_EDITOR': CORRECT})
    assert not done.returncode, (command, done.stderr)
    return command


def log(project: Project) -> list[str]:
    return project.git('log', '--format=%s').splitlines()


@pytest.mark.parametrize(('way', 'committed'), [
    (['-m', 'done.'], ['b.txt']), (['-am', 'done.'], ['b.txt', 'c.txt']),
    (['-m', 'done.', 'c.txt'], ['c.txt']),
    (['-m', 'done.', '-i', 'c.txt'], ['b.txt', 'c.txt']),
    (['--amend', '-m', 'done.'], ['b.txt']),
    (['--amend', '-am', 'done.'], ['b.txt', 'c.txt'])])
def test_the_printed_command_commits_the_same(
        ready: Project, way: list[str], committed: list[str]) -> None:
    ready.stage('b.txt', 'new and longer\n')
    ready.write('c.txt', 'new and longer\n')
    paste(ready, 'git', 'commit', *way)
    amends = '--amend' in way
    assert log(ready) == ['done', *(['change'] * (1 if amends else 2))]
    changed = ready.git('diff', '--name-only', 'HEAD~', 'HEAD').splitlines()
    assert changed == (['a.txt'] if amends else []) + committed


def reworded(project: Project, monkeypatch: pytest.MonkeyPatch,
             action: str) -> list[str]:
    """A command that rewrites the last but one of three commits."""
    project.stage('b.txt', 'new\n')
    project.commit()
    monkeypatch.setenv('GIT_SEQUENCE_EDITOR', f'sed -i.bak 1s/pick/{action}/')
    return ['git', 'rebase', '-i', 'HEAD~2']


def test_a_rebase_goes_on_with_the_reworded_commit(
        ready: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    command = reworded(ready, monkeypatch, 'reword')
    monkeypatch.setenv('GIT_EDITOR', "sed -i.bak '1s/$/./'")
    assert '--amend' in paste(ready, *command)
    assert log(ready) == ['change', 'change', 'change']
    assert ready.git('status', '--short', '-uno') == ''
    assert not (ready.folder / '.git/rebase-merge').exists()


@pytest.mark.parametrize('words', [
    ['git', 'cherry-pick', '--continue'], ['git', 'commit']])
def test_a_cherry_pick_that_stopped_at_a_conflict_goes_on(
        ready: Project, words: list[str]) -> None:
    ready.git('checkout', '-q', '-b', 'theirs', 'HEAD~')
    for name, text in [('a.txt', 'theirs\n'), ('b.txt', 'theirs\n')]:
        ready.stage(name, text)
        # The hook would refuse the message of the first.
        ready.git('commit', '-q', '--no-verify', '-m', f'{name}.')
    ready.git('checkout', '-q', 'main')
    ready.git('cherry-pick', 'theirs~', 'theirs', status=1)
    ready.stage('a.txt', 'both\n')
    paste(ready, *words)
    assert log(ready)[:3] == ['b.txt.', 'a.txt', 'change']
    assert not (ready.folder / '.git/sequencer').exists()


@pytest.mark.parametrize(('options', 'lines', 'subject'), [
    (['-c', 'commit.cleanup=scissors'], '#12 divide', '#12 divide'),
    (['-c', 'commit.cleanup=scissors', '-c', 'commit.verbose=true'],
     '#12 divide', '#12 divide'),
    (['-c', 'commit.verbose=true'], '#12\ndivide', 'divide'),
    (['-c', 'core.commentChar=;'], ';12.\n#12 divide', '#12 divide')])
def test_git_and_the_hook_read_the_same_message(
        ready: Project, monkeypatch: pytest.MonkeyPatch, options: list[str],
        lines: str, subject: str) -> None:
    """A pattern that nothing but the subject matches."""
    ready.stage('pyproject.toml', f"{RULES}issue = '^{subject}$'\n")
    first = shlex.quote('\n'.join([*lines.split('\n'), '', '']))
    editor = ready.folder.parent / 'editor'
    editor.write_text(f'#!/bin/sh\nprintf %s {first} | cat - "$1" > "$1.new"\n'
                      'mv "$1.new" "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv('GIT_EDITOR', str(editor))
    ready.git(*options, 'commit', '-q')
    assert log(ready)[0] == subject
