"""Checks by a third user; a script stands in for sudo, and is nobody else.

tests/acceptance/test_server.py has real users.
"""
import json
import os
import pwd
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from autodevelop.deploy import checked
from autodevelop.deploy.check_user import find_check_user
from autodevelop.deploy.gate import check_release
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.tables import Deploy
from autodevelop.system.git import find_repository
from tests.support.project import ROOT, Project

core = pytest.mark.core
Capture = pytest.CaptureFixture[str]
SUDO = """\
#!/bin/sh
echo "$*" >> "$SUDO_LOG"
while [ "$1" != -- ]; do shift; done
shift
exec "$@"
"""
FIRST_FAILS = '#!/bin/sh\necho "sudo: a password is required" >&2\nexit 1\n'
Checks = Callable[[str], None]


@pytest.fixture
def checks(project: Project, target: Target, tmp_path: Path,
           monkeypatch: pytest.MonkeyPatch) -> Checks:
    """Check a commit of a noxfile with this line in its session."""
    home = tmp_path / 'home'
    home.mkdir()
    target.folder.chmod(0o750)
    users = {'to-check': 12345, 'root': 0}
    monkeypatch.setattr(pwd, 'getpwnam', lambda name: SimpleNamespace(
        pw_uid=users[name], pw_dir=str(home)))
    write_sudo(tmp_path, SUDO)
    monkeypatch.setenv('PATH', f'{tmp_path}{os.pathsep}{os.environ["PATH"]}')
    monkeypatch.setenv('SUDO_LOG', str(tmp_path / 'log'))
    monkeypatch.setenv('PYTHONPATH', str(ROOT))

    def check(line: str) -> None:
        project.stage('noxfile.py', 'import nox\n\n\n@nox.session('
                      f'python=False, tags=["ci"])\ndef a(s):\n    {line}\n')
        check_release(find_repository(), target, project.commit(), Deploy())

    return check


def write_sudo(folder: Path, text: str) -> None:
    (folder / 'sudo').write_text(text)
    (folder / 'sudo').chmod(0o755)


def test_checks_run_as_another_user_in_a_repository_of_theirs(
        checks: Checks, project: Project, tmp_path: Path,
        capfd: Capture) -> None:
    project.commit()
    project.git('tag', 'v1')
    checks(f'open({str(tmp_path / "ran")!r}, "w")')
    assert (tmp_path / 'ran').exists()
    assert 'a  passed' in capfd.readouterr().err
    theirs = Project(tmp_path / 'home/to.git')
    assert theirs.git('for-each-ref', '--format=%(refname)').split() == [
        'refs/heads/main', 'refs/tags/v1']
    assert os.readlink(theirs.folder / 'modules') == str(
        project.folder / '.git/modules')
    ran = (tmp_path / 'log').read_text().splitlines()
    assert all(line.startswith('-n -H -u to-check -- ') for line in ran)
    # Processes are killed before and after.
    assert 'os.kill(-1, 9)' in ran[0] and 'os.kill(-1, 9)' in ran[-1]


def test_what_fails_there_is_said_in_the_same_words(
        checks: Checks, capfd: Capture) -> None:
    with pytest.raises(AutodevelopError, match='failed: a') as raised:
        checks('s.error("a fault")')
    assert 'check' in raised.value.hint and raised.value.status == 1
    assert 'a fault' in capfd.readouterr().err


@core
def test_an_answer_that_is_not_ours_is_no_pass(
        checks: Checks, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    write_sudo(tmp_path, SUDO.replace('exec', (
        'case "$*" in *checked*) printf "%s" "$ANSWER"; exit $STATUS;; esac\n'
        'exec')))
    monkeypatch.setenv('STATUS', '0')
    checks('')
    monkeypatch.setenv('STATUS', '3')
    with pytest.raises(AutodevelopError, match='ended with status 3'):
        checks('pass')
    monkeypatch.setenv('ANSWER', json.dumps(
        {'message': '\x1b]0;a', 'hint': 'b'}))
    with pytest.raises(AutodevelopError) as raised:
        checks('return')
    assert raised.value.message == '?]0;a'


@core
def test_without_sudo_the_deploying_user_runs_no_check(
        checks: Checks, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    write_sudo(tmp_path, FIRST_FAILS)
    with pytest.raises(AutodevelopError, match='a password is required'):
        checks('pass')
    write_sudo(tmp_path, SUDO.replace('exec', (
        'case "$*" in *receive-pack*) exit 1;; esac\nexec')))
    with pytest.raises(AutodevelopError, match='cannot push the commit'):
        checks('return')
    monkeypatch.setattr('autodevelop.deploy.check_user.run', no_sudo)
    with pytest.raises(AutodevelopError, match='which needs sudo'):
        checks('print()')


def no_sudo(*_: object) -> None:
    raise FileNotFoundError


@core
def test_the_user_for_checks_is_found(
        checks: Checks, target: Target, project: Project,
        capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, 'getuid', lambda: 1234)
    found = find_check_user(target)
    assert found and found.name == 'to-check'
    assert not capfd.readouterr().err
    target.folder.chmod(0o755)
    assert find_check_user(target)
    assert 'to-check can connect' in capfd.readouterr().err
    for name, why in [('nobody-else', 'there is no user nobody-else'),
                      ('root', 'must not run as root')]:
        project.git('config', 'autodevelop.checkUser', name)
        with pytest.raises(AutodevelopError, match=why):
            find_check_user(target)


@core
def test_the_deploying_user_may_run_checks_after_a_warning(
        target: Target, project: Project, capfd: Capture) -> None:
    assert find_check_user(target) is None
    assert 'there is no user to-check' in capfd.readouterr().err
    me = pwd.getpwuid(os.getuid()).pw_name
    project.git('config', 'autodevelop.checkUser', me)
    assert find_check_user(target) is None
    assert not capfd.readouterr().err


@core
def test_the_part_of_the_other_user(
        project: Project, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    project.stage('a.py', 'a = 1')
    monkeypatch.setenv('RUNS', str(project.folder / '.git/runs'))
    commit = project.commit()
    folder = str(project.folder / '.git')
    assert checked.main(folder, commit, '/origin') == 0
    assert checked.main(folder, commit, '/origin') == 0
    assert capsys.readouterr().out == ''
    assert os.readlink(f'{folder}/lfs') == '/origin/lfs'
    project.stage('a.py', 'broken')
    assert checked.main(folder, project.commit(), '/origin') == 1
    assert 'failed: tests' in json.loads(capsys.readouterr().out)['message']
