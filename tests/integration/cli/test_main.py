"""The command line on real projects: output, errors, exit status."""
import argparse
import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from autodevelop import __version__
from autodevelop.__main__ import main, program
from autodevelop.ci import provider
from autodevelop.cli import COMMANDS, hook, plan
from autodevelop.errors import AutodevelopError
from tests.conftest import Write
from tests.support.project import ROOT, Project

core = pytest.mark.core
NOXFILE = """
    import nox

    @nox.session(tags=['ci'])
    def lint(session):
        pass

    @nox.session(python=['3', '3.99'], tags=['ci'])
    @nox.parametrize('platform', ['linux', 'macos', 'windows'],
                     ids=['linux', 'macos', 'windows'])
    def tests(session, platform):
        session.log(platform)
"""

Capture = pytest.CaptureFixture[str]


def assert_two_lines(capture: Capture, what: str, hint: str) -> None:
    output, messages = capture.readouterr()
    first, second = messages.splitlines()
    assert first.startswith('error: ')
    assert what in first
    assert second.startswith('hint: ')
    assert hint in second


def test_the_plan_is_a_table(write: Write, capsys: Capture) -> None:
    write('noxfile.py', NOXFILE)
    assert main(['plan']) == 0
    output, messages = capsys.readouterr()
    assert len(output.splitlines()) == 1 + 7 + 1
    assert 'tests-3.99(windows)' in output
    assert 'GitHub Actions' in output
    assert not messages


@core
def test_the_plan_is_json(write: Write, capsys: Capture) -> None:
    write('noxfile.py', NOXFILE)
    assert main(['plan', '--json']) == 0
    cells = json.loads(capsys.readouterr().out)['cells']
    assert {cell['platform'] for cell in cells} == {
        None, 'linux', 'macos', 'windows'}


@core
def test_the_plan_is_a_matrix(write: Write, capsys: Capture) -> None:
    write('noxfile.py', NOXFILE)
    assert main(['plan', '--github']) == 0
    name, _, matrix = capsys.readouterr().out.partition('=')
    assert name == 'matrix'
    rows = json.loads(matrix)['include']
    assert rows[0] == {'name': 'lint', 'slug': 'lint', 'platform': 'linux',
                       'runner': 'ubuntu-latest', 'may_fail': False,
                       'cells': '["lint"]'}
    assert rows[6] == {
        'name': 'tests-3.99(windows)', 'slug': 'tests-3.99-windows',
        'platform': 'windows', 'runner': 'windows-latest', 'may_fail': False,
        'cells': '["tests-3.99(windows)"]'}


@core
@pytest.mark.usefixtures('write')
def test_no_noxfile_is_an_error(capsys: Capture) -> None:
    assert main(['plan']) == 2
    assert_two_lines(capsys, 'there is no noxfile.py', 'autodevelop init')


def test_an_unknown_argument_is_an_error(capsys: Capture) -> None:
    assert main(['plan', '--jsom']) == 2
    assert_two_lines(capsys, '--jsom', 'autodevelop plan --help')


@core
def test_an_unknown_provider_is_an_error(
        write: Write, capsys: Capture) -> None:
    write('noxfile.py', NOXFILE)
    assert main(['ci', 'jenkins']) == 2
    assert_two_lines(capsys, "'jenkins'", 'appveyor, circleci, github')


@pytest.mark.parametrize('name', ['_template', '..plan', '', 'a b'])
def test_what_is_no_module_for_a_provider_is_none(name: str) -> None:
    with pytest.raises(AutodevelopError, match='there is no CI provider'):
        provider(name)


def test_files_are_written_once_and_then_match(
        write: Write, capsys: Capture) -> None:
    workflow = write('noxfile.py', NOXFILE).parent / '.github/workflows/ci.yml'
    assert main(['ci']) == 0
    assert capsys.readouterr().err == 'wrote .github/workflows/ci.yml\n'
    written = workflow.read_bytes()
    assert b'\r' not in written
    assert main(['ci', '--check']) == 0
    assert main(['ci']) == 0
    assert capsys.readouterr() == ('', '')
    assert workflow.read_bytes() == written
    assert not list(workflow.parent.glob('ci.yml.*'))


@core
def test_drift_is_a_diff_and_the_command_that_fixes_it(
        write: Write, capsys: Capture) -> None:
    write('noxfile.py', NOXFILE)
    main(['ci', 'appveyor'])
    write('noxfile.py', NOXFILE.replace('3.99', '3.100'))
    capsys.readouterr()
    assert main(['ci', '--check', 'appveyor']) == 1
    output = capsys.readouterr()
    assert '-    - job_name: "tests-3.99(windows)"\n' in output.out
    assert '+    - job_name: "tests-3.100(windows)"\n' in output.out
    assert 'hint: run: autodevelop ci appveyor\n' in output.err


@core
def test_a_file_that_cannot_be_replaced_is_left_as_it_was(
        write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write('.appveyor.yml', 'mine\n')
    write('noxfile.py', NOXFILE)

    def fail(source: object, target: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, 'replace', fail)
    assert main(['ci', '--replace', 'appveyor']) == 130
    assert path.read_text() == 'mine\n'
    assert [each.name for each in path.parent.glob('.appveyor*')] == [
        '.appveyor.yml']


def test_a_file_that_cannot_be_written_is_an_error(
        write: Write, capsys: Capture) -> None:
    write('.github/workflows/ci.yml/taken', 'a folder stands in the way')
    write('noxfile.py', NOXFILE)
    assert main(['ci']) == 2
    assert_two_lines(
        capsys, 'cannot write .github/workflows/ci.yml', 'unchanged')
    assert Path('.github/workflows/ci.yml/taken').exists()


def test_a_file_that_is_no_text_is_replaced(write: Write) -> None:
    path = write('.appveyor.yml', '')
    path.write_bytes(b'\xff')
    write('noxfile.py', NOXFILE)
    assert main(['ci', '--replace', 'appveyor']) == 0
    assert path.read_text().startswith('# Rendered from noxfile.py')


def test_a_run_of_nox_is_reported(write: Write, capsys: Capture) -> None:
    folder = write('noxfile.py', NOXFILE).parent
    subprocess.run([sys.executable, '-m', 'nox', '--no-venv', '--report',
                    'results.json', '--session', 'lint'], check=True)
    assert main(['report', 'results.json']) == 0
    assert capsys.readouterr().out.endswith('1 passed, 0 failed, 0 skipped\n')
    failed = (folder / 'results.json').read_text().replace('success', 'failed')
    (folder / 'results.json').write_text(failed)
    assert main(['report', 'results.json']) == 1


def test_a_bug_keeps_its_traceback_and_ends_with_3(
        capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, 'run', lambda options: 1 / 0)
    assert main(['plan']) == 3
    assert 'Traceback' in capsys.readouterr().err


def test_the_module_is_the_command() -> None:
    run = subprocess.run([sys.executable, '-m', 'autodevelop', '--version'],
                         cwd=ROOT, text=True,
                         capture_output=True, check=True)
    assert run.stdout == f'{__version__}\n'


@core
@pytest.mark.parametrize(('arguments', 'status'), [
    (['--version'], 0), (['report', 'none'], 2), (['hook', 'none'], 0),
    (['hook'], 2), (['hook', '--help'], 0), (['hook', '-x'], 2)])
def test_the_program_ends_with_the_status_of_its_command(
        monkeypatch: pytest.MonkeyPatch, arguments: list[str],
        status: int) -> None:
    def ends(status: int) -> NoReturn:
        raise SystemExit(status)

    monkeypatch.setattr(os, '_exit', ends)
    monkeypatch.setattr(sys, 'argv', ['autodevelop', *arguments])
    with pytest.raises(SystemExit) as ended:
        program()
    assert ended.value.code == status


@core
def test_the_parser_runs_hooks_too(project: Project) -> None:
    assert hook.run(argparse.Namespace(name='none', arguments=[])) == 0


@core
def test_without_a_command_there_is_help(capsys: Capture) -> None:
    assert main([]) == 2
    output, messages = capsys.readouterr()
    assert not output
    assert '\n  deploy           check a commit' in messages
    assert 'deploy status' not in messages
    assert max(map(len, messages.splitlines())) < 80


@core
@pytest.mark.parametrize(('name', 'hint'), [
    ('plann', 'did you mean: autodevelop plan'),
    ('rolback', 'did you mean: autodevelop deploy rollback'),
    ('xyzzy', 'run: autodevelop --help')])
def test_an_unknown_command_is_an_error(
        capsys: Capture, name: str, hint: str) -> None:
    assert main([name]) == 2
    assert_two_lines(capsys, f"unknown command '{name}'", hint)


@core
def test_what_is_deployed_can_be_asked_in_one_word(capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main(['rollback', '--help'])
    assert 'autodevelop deploy rollback' in capsys.readouterr().out


@core
@pytest.mark.parametrize('name', [*COMMANDS])
def test_help_fits_a_terminal(name: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*name.split(), '--help'])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert f'autodevelop {name}' in text.partition('\nexample: ')[2]
    assert max(map(len, text.splitlines())) <= 80


@core
@pytest.mark.parametrize(('number', 'status'), [
    (errno.ENOSPC, 1), (errno.EROFS, 1), (errno.EBADF, 3)])
def test_a_disk_that_cannot_be_written_is_no_bug(
        monkeypatch: pytest.MonkeyPatch, capsys: Capture, number: int,
        status: int) -> None:
    def fail(name: str, arguments: list[str]) -> int:
        raise OSError(number, os.strerror(number), 'a/file')

    monkeypatch.setattr(hook, 'run_hook', fail)
    assert main(['hook', 'none']) == status
    if status == 1:
        assert_two_lines(capsys, "No space left on device: 'a/file'"
                         if number == errno.ENOSPC else 'Read-only',
                         'free some space')
