"""What decides which venv a release runs in, and how that is made."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autodevelop.deploy import venv
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.tables import Deploy
from autodevelop.system.process import Completed

ROOT_FILES = {'noxfile.py': '', 'requirements.txt': 'a==1\n'}


@pytest.fixture
def release(tmp_path: Path) -> Path:
    folder = tmp_path / ('a' * 40)
    folder.mkdir()
    for name, text in ROOT_FILES.items():
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(('lock', 'name'), [
    ('-r requirements/base.txt', 'requirements/base.txt'),
    ('--requirement=requirements/base.txt', 'requirements/base.txt'),
    ('-c limits.txt', 'limits.txt'),
    ('./wheels/a-1-py3-none-any.whl --hash=sha256:0', 'wheels/a-1-py3-none-'
     'any.whl'),
    ('a @ file:./a.tar.gz ; python_version > "3"', 'a.tar.gz'),
    ('wheels/a.whl', 'wheels/a.whl'), ('a==1', '.python-version')])
def test_all_that_a_lock_file_includes_decides(
        release: Path, lock: str, name: str) -> None:
    (release / 'requirements.txt').write_text(f'# a\n{lock}\n')
    before = venv.venv_name(release, Deploy())
    assert venv.venv_name(release, Deploy()) == before
    path = release / name
    path.parent.mkdir(exist_ok=True)
    path.write_text('3.11\n')
    assert (after := venv.venv_name(release, Deploy())) != before
    path.write_text('3.12\n')
    assert venv.venv_name(release, Deploy()) not in (before, after)


def test_an_include_may_be_a_circle(release: Path) -> None:
    (release / 'requirements.txt').write_text('-r requirements.txt\n-r b\n')
    assert venv.venv_name(release, Deploy())


@pytest.mark.parametrize(('files', 'settings', 'own'), [
    ({}, Deploy(), False), ({}, Deploy(install=True), True),
    ({'requirements.txt': '.\n'}, Deploy(), True),
    ({'uv.lock': 'source = { editable = "." }'},
     Deploy(requirements='uv.lock'), True),
    ({'uv.lock': 'source = { virtual = "." }'},
     Deploy(requirements='uv.lock'), False)])
def test_what_installs_the_project_is_made_for_each_commit(
        release: Path, files: dict[str, str], settings: Deploy,
        own: bool) -> None:
    for name, text in files.items():
        (release / name).write_text(text)
    before = venv.venv_name(release, settings)
    other = release.rename(release.with_name('b' * 40))
    assert (venv.venv_name(other, settings) != before) == own


def test_a_lock_is_in_the_folder_or_named_from_the_root(
        release: Path) -> None:
    settings = Deploy(folder='app')
    (release / 'app').mkdir()
    assert venv.find_lock(release, settings) == release / 'requirements.txt'
    (release / 'app/uv.lock').touch()
    assert venv.find_lock(release, settings) == release / 'app/uv.lock'
    with pytest.raises(AutodevelopError, match='has no lock.txt'):
        venv.find_lock(release, Deploy(requirements='lock.txt'))


@pytest.mark.parametrize(('files', 'python'), [
    ({}, sys.executable), ({'pyproject.toml': ''}, sys.executable),
    ({'pyproject.toml': '[project]\nrequires-python = ">=3.9"'},
     sys.executable),
    ({'pyproject.toml': '[project]\nrequires-python = ">=3.99"'}, '>=3.99'),
    ({'../.python-version': '3.9\n'}, '3.9'),
    ({'.python-version': ''}, sys.executable)])
def test_the_release_chooses_the_python(
        release: Path, files: dict[str, str], python: str,
        monkeypatch: pytest.MonkeyPatch) -> None:
    (release / 'app').mkdir()
    for name, text in files.items():
        (release / 'app' / name).write_text(text)
    ran: list[list[str]] = []

    def run(command: list[str], variables: object, folder: Path) -> Completed:
        assert folder == release / 'app'
        ran.append(command[1:])
        (tmp := release.parent / 'environments').mkdir(exist_ok=True)
        Path(ran[0][-1]).mkdir(exist_ok=True)
        assert tmp in Path(ran[0][-1]).parents
        return Completed(0, b'', b'')

    monkeypatch.setattr(venv, 'run', run)
    settings = Deploy(folder='app', install=True)
    made = venv.ensure_venv(release, settings, Target(release.parent, ''))
    assert ran[0][:3] == ['venv', '--python', python]
    assert ran[1][-2:] == ['-r', str(release / 'requirements.txt')]
    assert ran[2][-2:] == ['--no-deps', '.']
    assert venv.ensure_venv(
        release, settings, Target(release.parent, '')) == made
    assert len(ran) == 3


def test_uv_lock_is_what_uv_installs(
        release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def run(command: list[str], variables: dict[str, str | None],
            folder: Path) -> Completed:
        ran.append(command)
        Path(variables['UV_PROJECT_ENVIRONMENT'] or '').mkdir(
            parents=True, exist_ok=True)
        return Completed(0, b'', b'')

    monkeypatch.setattr(venv, 'run', run)
    (release / 'uv.lock').touch()
    venv.ensure_venv(release, Deploy(requirements='uv.lock'),
                     Target(release.parent, ''))
    assert [command[1] for command in ran] == ['venv', 'sync']
    assert '--frozen' in ran[1]


@pytest.mark.parametrize(('fails', 'why', 'said', 'hint'), [
    ('venv', b'no\n 3.99', 'cannot create a virtual environment: no 3.99',
     'uv python install'),
    ('pip', b'no\n 3.99', 'cannot install requirements.txt: no 3.99',
     'fix and commit'),
    ('pip', b'in --require-hashes mode, x', 'requirements.txt: in --require',
     'uv pip compile --generate-hashes requirements.txt -o requirements.txt')])
def test_what_cannot_be_made_leaves_nothing(
        release: Path, fails: str, why: bytes, said: str, hint: str,
        monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], variables: object, folder: Path) -> Completed:
        if command[1] == fails:
            return Completed(1, b'', why)
        Path(command[-1]).mkdir(parents=True)
        return Completed(0, b'', b'')

    monkeypatch.setattr(venv, 'run', run)
    with pytest.raises(AutodevelopError, match=said) as raised:
        venv.ensure_venv(release, Deploy(), Target(release.parent, ''))
    assert hint in raised.value.hint
    folder = release.parent / 'environments'
    assert not (folder.exists() and os.listdir(folder))


@pytest.mark.skipif(sys.platform == 'win32', reason='nothing is deployed')
def test_the_python_of_a_venv_is_the_running_one(release: Path) -> None:
    (release / 'requirements.txt').write_text('')
    python = venv.ensure_venv(release, Deploy(), Target(release.parent, ''))
    found = subprocess.run([python, '-c', 'import sys; print(sys.version)'],
                           check=True, capture_output=True, text=True)
    assert found.stdout.strip() == sys.version.strip()
