"""An attempt: what it is told, what is run for it, what it leaves."""
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.deploy import policy
from autodevelop.deploy.attempts import attempting, prune
from autodevelop.deploy.checked import check_here
from autodevelop.deploy.gate import check_release, settings_of
from autodevelop.deploy.history import History
from autodevelop.deploy.release import check_out
from autodevelop.deploy.release_command import find_command, run_command
from autodevelop.deploy.target import Target, lock_target
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.tables import Deploy
from autodevelop.system.git import find_repository
from autodevelop.system.locks import locked_by
from tests.support.project import Project

pytestmark = pytest.mark.skipif(sys.platform == 'win32',
                                reason='nothing is deployed there')
Capture = pytest.CaptureFixture[str]


def test_the_hook_post_deploy_is_told(
        project: Project, target: Target, capfd: Capture) -> None:
    repository, commit = find_repository(), 'a' * 40
    hook = project.folder / '.git/hooks/post-deploy'
    project.write('.git/hooks/post-deploy', '#!/bin/sh\nshift 0\necho '
                  '"told: $*" >&2\n[ "$1" = live ]\n')
    with attempting(target, commit, 'me', repository):
        pass
    assert 'told' not in capfd.readouterr().err
    hook.chmod(0o755)
    with attempting(target, commit, 'me'):
        pass
    with attempting(target, commit, 'me', repository, 'ready'):
        pass
    assert 'told' not in capfd.readouterr().err
    with attempting(target, commit, 'me', repository):
        pass
    assert capfd.readouterr().err == f'told: live {commit} \n'
    with pytest.raises(AutodevelopError):
        with attempting(target, commit, 'me', repository):
            raise AutodevelopError('it did not start', 'fix it')
    assert capfd.readouterr().err == (
        f'told: failed {commit} it did not start\n'
        'autodevelop: the hook post-deploy failed with status 1\n')


def test_what_failed_is_removed_and_what_was_live_stays(
        target: Target) -> None:
    history = History(target)
    for number, outcome in enumerate(['live', 'failed', 'live'], 1):
        commit = str(number) * 40
        attempt = history.start(commit, 'me', None)
        (target.releases / commit).mkdir()
        (target.releases / commit / 'requirements.txt').touch()
        history.finish(attempt._replace(outcome=outcome))
    prune(target)
    assert sorted(os.listdir(target.releases)) == ['1' * 40, '3' * 40]
    target.run(3).mkdir()
    target.switch(3)
    # An application wrote this while it was live.
    uploaded = target.releases / ('1' * 40) / 'media/uploaded'
    uploaded.parent.mkdir()
    uploaded.touch()
    os.utime(uploaded, (2**32, 2**32))
    os.utime(uploaded.parent.parent / 'requirements.txt', (0, 0))
    (target.releases / ('3' * 40) / 'pyproject.toml').write_text(
        '[tool.autodevelop.deploy]\nkeep = 1')
    prune(target)
    assert os.listdir(target.releases) == ['3' * 40]
    left = target.folder / 'left' / ('1' * 40)
    assert [*left.rglob('*')] == [left / 'media', left / 'media/uploaded']


@pytest.mark.parametrize(('files', 'setting', 'command'), [
    ({}, '', ''), ({}, 'touch a', 'touch a'),
    ({'Procfile': 'web: b\nrelease:  touch c && d\n'}, '', 'touch c && d'),
    ({'Procfile': 'web: b\n'}, '', ''),
    ({'Procfile': 'release:\nweb: b\n'}, '', '')])
def test_a_release_command_is_a_setting_or_of_the_procfile(
        tmp_path: Path, files: dict[str, str], setting: str,
        command: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert find_command(tmp_path, Deploy(release=setting)) == command


def test_other_processes_of_a_procfile_are_named(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / 'Procfile').write_text('web: a\nworker: b\nrelease: c\n')
    assert find_command(tmp_path, Deploy()) == 'c'
    assert 'not started: worker in the Procfile' in capsys.readouterr().err


def test_it_runs_in_the_release_with_its_variables(
        target: Target, capfd: Capture) -> None:
    release = target.releases / ('a' * 40)
    (release / 'app').mkdir(parents=True)
    python = target.folder / 'venv/bin/python'
    settings = Deploy(folder='app')
    run_command('echo "$AUTODEVELOP_RELEASE" > made && true', target, release,
                python, settings)
    assert (release / 'app/made').read_text() == f'{"a" * 40}\n'
    with pytest.raises(AutodevelopError, match='status 3 after') as error:
        run_command('echo no; exit 3', target, release, python, settings)
    assert error.value.status == 1
    assert capfd.readouterr().err == 'no\n'


def test_settings_are_those_of_the_commit(project: Project) -> None:
    def settings(text: str) -> Deploy:
        project.stage('pyproject.toml', text)
        return settings_of(find_repository(), project.commit())

    assert settings('') == Deploy()
    assert settings('[tool.autodevelop.deploy]\nkeep = 9\n').keep == 9
    with pytest.raises(AutodevelopError, match='cannot read pyproject'):
        settings('autodevelop = [')


def test_nothing_that_runs_goes_live_only_if_allowed(
        project: Project, capfd: Capture, listed_in_forks: None) -> None:
    project.stage('noxfile.py', 'import nox\n\n\n@nox.session(python="3.99", '
                  'tags=["ci"])\ndef a(session):\n    pass\n')
    commit = project.commit()
    with pytest.raises(AutodevelopError, match='nothing ran for') as error:
        check_here(find_repository(), commit, Deploy())
    assert 'unchecked = true' in error.value.hint
    check_here(find_repository(), commit, Deploy(unchecked=True))
    assert 'autodevelop: unchecked: nothing ran' in capfd.readouterr().err
    project.git('mv', 'noxfile.py', 'gone.py')
    project.stage('a/noxfile.py', 'import nox\n')
    with pytest.raises(AutodevelopError, match='in a subfolder yet'):
        check_here(find_repository(), project.commit(), Deploy(unchecked=True))


def test_the_deploy_that_runs_is_aborted(
        target: Target, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    to = ['deploy', 'abort', '--to', str(target.folder)]
    assert main(to) == 2
    assert 'nothing is being deployed' in capsys.readouterr().err
    sleeper = subprocess.Popen(['sleep', '60'])
    owner = f'ann is deploying abc (process {sleeper.pid}); to abort it: x'
    with lock_target(target, owner):
        assert locked_by(target.folder) == owner
        os.utime(target.folder / 'owner', (0, 0))
        assert locked_by(target.folder).startswith(f'{owner} (since ')
        assert main(to) == 0
        assert sleeper.wait() == -15
        assert main(to) == 1
    said = capsys.readouterr()
    assert said.out == 'aborted: ann is deploying abc\n'
    assert 'cannot abort: ann' in said.err
    assert locked_by(target.folder / 'nothing') == ''
    with lock_target(target, owner):
        (target.folder / 'owner').unlink()
        assert locked_by(target.folder) == 'another process has locked it'


def test_the_branch_is_deployed_once_more(
        project: Project, target: Target, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    retry = ['deploy', 'retry', '--to', str(target.folder)]
    assert main(retry) == 2
    assert 'refs/heads/main has no commit yet' in capsys.readouterr().err
    commit = project.commit()
    monkeypatch.setattr(policy, 'deploy', lambda *_: True)
    history = History(target)
    for release in ('a' * 40, commit):
        failed = history.start(release, 'me', None)
        history.finish(failed._replace(outcome='failed'))
        assert main(retry) == (0 if release == commit else 2)
    said = capsys.readouterr()
    assert said.out == f'{commit} is live\n'
    assert f'hint: push it again: git push REMOTE {"a" * 40}:refs/' in said.err


def test_a_rolled_back_release_is_passed_over(
        target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = [letter * 40 for letter in 'abc']

    def redeploy(target: Target, commit: str, who: str,
                 still_wanted: object = None) -> bool:
        with attempting(target, commit, who) as attempt:
            target.run(attempt.number).mkdir()
            target.switch(attempt.number)
        return True

    monkeypatch.setattr(policy, 'redeploy', redeploy)
    for commit in commits:
        redeploy(target, commit, 'me')
    assert policy.roll_back(target, None) == commits[1]
    assert policy.roll_back(target, None) == commits[0]
    with pytest.raises(AutodevelopError, match='no earlier release'):
        policy.roll_back(target, None)
    # By name, and forward: the older one is not bad.
    assert policy.roll_back(target, 'c') == commits[2]
    assert policy.roll_back(target, None) == commits[0]
    outcomes = {each.release: each.outcome
                for each in reversed(History(target).attempts())}
    assert outcomes == {commits[0]: 'live', commits[1]: 'rolled back',
                        commits[2]: 'rolled back'}


def test_a_late_delivery_does_not_deploy_what_was_rolled_back_from(
        project: Project, target: Target, capsys: Capture) -> None:
    commit = project.commit()
    attempt = History(target).start(commit, 'me', None)
    History(target).finish(attempt._replace(outcome='live'))
    History(target).mark_rolled_back(commit)
    assert main(['deploy', 'HEAD', '--if-newer', '--to',
                 str(target.folder)]) == 0
    assert f'skipped: {commit} was rolled back; ' in capsys.readouterr().out


def test_processes_that_a_check_leaves_are_killed(
        project: Project, target: Target, tmp_path: Path,
        capfd: Capture, listed_in_forks: None) -> None:
    project.stage('noxfile.py', f"""\
import subprocess
import nox


@nox.session(python=False, tags=['ci'])
def a(session):
    left = subprocess.Popen(['sleep', '60'], start_new_session=True)
    open({str(tmp_path / 'pid')!r}, 'w').write(str(left.pid))
""")
    check_release(find_repository(), target, project.commit(), Deploy())
    killed = 'killed 1 processes that sessions had left'
    assert (killed in capfd.readouterr().err) == (sys.platform == 'linux')
    with suppress(ProcessLookupError):
        os.kill(int((tmp_path / 'pid').read_text()), 9)


def test_a_release_has_its_submodules_or_is_refused(
        project: Project, target: Target, tmp_path: Path) -> None:
    other = tmp_path / 'other'
    shutil.copytree(project.folder, other)
    Project(other).commit()
    project.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet',
                'add', str(other), 'vendor')
    commit, modules = project.commit(), project.folder / '.git/modules'
    modules.rename(tmp_path / 'away')
    with pytest.raises(AutodevelopError, match='submodule vendor') as raised:
        check_out(find_repository(), commit, target)
    assert os.listdir(target.releases) == []
    subprocess.run(raised.value.hint.partition(': ')[2].replace(
        'URL', str(other)).split(), check=True, capture_output=True)
    release = check_out(find_repository(), commit, target)
    assert (release / 'vendor/noxfile.py').exists()
    assert check_out(find_repository(), commit, target) == release


def test_what_git_lfs_did_not_fetch_is_refused(
        project: Project, target: Target) -> None:
    project.stage('.gitattributes', '*.bin filter=lfs\n')
    project.stage('a.bin', 'whole')
    assert check_out(find_repository(), project.commit(), target)
    project.stage('b.bin', 'version https://git-lfs.github.com/spec/v1\n')
    with pytest.raises(AutodevelopError, match='the content of b.bin'):
        check_out(find_repository(), project.commit(), target)
