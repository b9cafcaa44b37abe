"""Statements that a tree passed, signed by the real ssh-keygen."""
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autodevelop.__main__ import main
from autodevelop.deploy.gate import check_release
from autodevelop.deploy.signed import Statement, is_vouched_for, sign
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.tables import Deploy
from autodevelop.system.git import find_repository
from tests.support.project import Project

pytestmark = [pytest.mark.core, pytest.mark.skipif(
    not shutil.which('ssh-keygen'), reason='needs OpenSSH')]
Capture = pytest.CaptureFixture[str]
TREE = 'a' * 40
PASSED = Statement(TREE, 'deploy', ['lint', 'tests'], 'nox', time.time())


@pytest.fixture(scope='module')
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the keys of CI and of somebody else."""
    folder = tmp_path_factory.mktemp('keys')
    for name in ('ci', 'other'):
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f',
                        folder / name], check=True)
    return folder


@pytest.fixture
def server(project: Project, keys: Path,
           monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A repository that trusts CI."""
    trust(project, keys, 'ci@example.org')
    project.git('config', 'autodevelop.trust', '.git/trust')
    monkeypatch.setenv('GIT_PUSH_OPTION_COUNT', '2')
    monkeypatch.setenv('GIT_PUSH_OPTION_0', 'ci.skip')
    yield project


def trust(project: Project, keys: Path, who: str) -> None:
    project.write('.git/trust', f'{who} {(keys / "ci.pub").read_text()}')


def push(option: str, tree: str = TREE, stage: str = 'deploy') -> bool:
    os.environ['GIT_PUSH_OPTION_1'] = option
    try:
        return is_vouched_for(find_repository(), 'HEAD', tree, stage)
    finally:
        del os.environ['GIT_PUSH_OPTION_1']


def test_a_signature_of_a_trusted_key_counts(
        server: Project, keys: Path, capsys: Capture) -> None:
    assert push(sign(PASSED, keys / 'ci'))
    assert ('not checked again: ci@example.org signed that it passed lint, '
            'tests (nox)') in capsys.readouterr().err
    trust(server, keys, 'ci@example.org,forge@example.org namespaces='
          '"autodevelop"')
    assert push(sign(PASSED, keys / 'ci'))
    assert not push('another=option')


@pytest.mark.parametrize(('changed', 'why'), [
    ({'tree': 'b' * 40}, 'it is for tree bbbbbbbbbbbb'),
    ({'stage': 'ci'}, 'it is for the stage ci'),
    ({'signed': time.time() - 31 * 24 * 3600}, 'more than 30 days ago'),
    ({'signed': time.time() + 3600}, 'in the future')])
def test_a_statement_about_something_else_is_refused(
        server: Project, keys: Path, capsys: Capture,
        changed: dict[str, Any], why: str) -> None:
    assert not push(sign(PASSED._replace(**changed), keys / 'ci'))
    assert why in capsys.readouterr().err


def forged(option: str, text: str) -> str:
    """The option with another text below the same signature."""
    import base64
    _, signature = json.loads(base64.b64decode(option[5:]))
    both = json.dumps([text, signature]).encode()
    return f'pass={base64.b64encode(both).decode()}'


def test_what_is_forged_is_refused(
        server: Project, keys: Path, capsys: Capture) -> None:
    option = sign(PASSED, keys / 'ci')
    text = json.dumps(PASSED._replace(cells=['all'])._asdict())
    for other, why in [
            (sign(PASSED, keys / 'other'), 'no signer listed in .git/trust'),
            (forged(option, text), 'its signature is invalid'),
            (option[:-8], 'it is damaged'), ('pass=a', 'it is damaged'),
            ('pass=MQ==', 'it is damaged')]:
        assert not push(other)
        assert why in capsys.readouterr().err


def test_a_key_no_longer_trusted_is_refused(
        server: Project, keys: Path, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    option = sign(PASSED, keys / 'ci')
    for line in ('ci@example.org valid-before="20200101"',
                 'ci@example.org namespaces="file"', '#'):
        trust(server, keys, line)
        assert not push(option)
        assert 'is rejected' in capsys.readouterr().err
    server.git('config', '--unset', 'autodevelop.trust')
    assert not push(option)
    assert 'the server trusts no key' in capsys.readouterr().err
    server.git('config', 'autodevelop.trust', '.git/trust')
    monkeypatch.setattr('autodevelop.deploy.signed.run', no_program)
    assert not push(option)
    assert 'there is no ssh-keygen' in capsys.readouterr().err


def no_program(*_: object, **__: object) -> None:
    raise FileNotFoundError


def test_a_statement_of_another_version_is_refused(
        server: Project, keys: Path, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Statement, '_asdict', lambda _: {'new': 1})
    assert not push(sign(PASSED, keys / 'ci'))
    assert 'another version' in capsys.readouterr().err


def test_a_ci_job_signs_what_passed(
        server: Project, keys: Path, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    server.stage('noxfile.py', 'import nox\n\n\n@nox.session(python=False)\n'
                 'def a(session):\n    pass\n')
    server.commit()
    tree = server.git('rev-parse', 'HEAD^{tree}').strip()
    monkeypatch.delenv('CI', raising=False)
    assert main(['sign', str(keys / 'ci')]) == 2
    assert 'may be from another tree' in capsys.readouterr().err
    monkeypatch.setenv('CI', 'true')
    assert main(['sign', str(keys / 'ci')]) == 1
    assert 'not all cells passed: a (it left no results)' in (
        capsys.readouterr().err)
    server.write('.autodevelop/a/nox.json', json.dumps({'sessions': [{
        'name': 'a', 'signatures': ['a'], 'result': 'success',
        'duration': 1}]}))
    assert main(['sign', 'no-key']) == 2
    assert 'cannot sign with no-key' in capsys.readouterr().err
    assert main(['sign', str(keys / 'ci')]) == 0
    option = capsys.readouterr().out.rstrip('\n')
    assert '\n' not in option and push(option, tree)
    assert 'signed that it passed a (nox' in capsys.readouterr().err


def test_a_statement_may_be_a_note_of_the_commit(
        server: Project, keys: Path, capsys: Capture) -> None:
    server.git('commit', '--quiet', '--allow-empty', '-m', 'a')
    server.git('notes', '--ref', 'autodevelop', 'add', '-m',
               f'mine\n{sign(PASSED, keys / "ci")}')
    assert push('another=option')
    assert 'ci@example.org signed' in capsys.readouterr().err


def test_only_a_commit_that_nobody_vouches_for_is_checked(
        server: Project, keys: Path, target: Target) -> None:
    server.stage('noxfile.py', 'raise SystemExit')
    commit = server.commit()
    tree = server.git('rev-parse', 'HEAD^{tree}').strip()
    os.environ['GIT_PUSH_OPTION_1'] = sign(
        PASSED._replace(tree=tree), keys / 'ci')
    try:
        # Its sessions cannot even be listed.
        check_release(find_repository(), target, commit, Deploy())
    finally:
        del os.environ['GIT_PUSH_OPTION_1']
    with pytest.raises(AutodevelopError, match='is not a commit'):
        check_release(find_repository(), target, tree, Deploy())
