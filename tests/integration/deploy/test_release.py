"""What is served: files as git has them, an environment by its lock file."""
import subprocess
import sys
from pathlib import Path

import pytest

from autodevelop.deploy import release
from autodevelop.deploy.venv import ensure_venv, venv_name
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.tables import Deploy
from autodevelop.system.git import find_repository
from tests.support.site import Site

core = pytest.mark.core
LOCK_TXT = Deploy(requirements='lock.txt')
LOCK = """\
nothing==0 --hash=sha256:{}
"""


def test_the_files_are_those_of_the_commit(site: Site) -> None:
    site.write('.gitattributes', 'left export-ignore\n*.txt eol=crlf\n')
    site.write('left', 'left')
    commit = site.change('attributes')
    site.write('small.py', 'changed since')
    site.write('untracked', '')
    files = release.check_out(find_repository(), commit, site.target)
    assert files == site.target.releases / commit
    assert {path.name for path in files.iterdir()} == {
        '.gitattributes', 'left', 'noxfile.py', 'pyproject.toml',
        'requirements.txt', 'small.py'}
    assert (files / 'small.py').read_text() != 'changed since'
    assert site.git('status', '--porcelain') == (
        ' M small.py\n?? untracked\n')


@core
def test_a_release_that_is_there_is_restored(
        site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    files = release.check_out(find_repository(), site.first, site.target)
    (files / 'mark').touch()
    text = (files / 'small.py').read_text()
    (files / 'small.py').write_text('by hand')
    (files / 'noxfile.py').unlink()
    assert release.check_out(find_repository(), site.first,
                             site.target, ['noxfile.py']) == files
    assert (files / 'mark').exists()
    assert (files / 'small.py').read_text() == text
    assert not (files / 'noxfile.py').exists()
    assert capfd.readouterr().err.endswith(
        'that were changed: small.py\n')
    release.check_out(find_repository(), site.first, site.target,
                      ['noxfile.py'])
    assert not capfd.readouterr().err


@core
def test_what_cannot_be_written_leaves_no_release(site: Site) -> None:
    with pytest.raises(AutodevelopError, match='git read-tree failed'):
        release.check_out(find_repository(), '1' * 40, site.target)
    assert not list(site.target.releases.iterdir())


def test_an_environment_is_made_once_for_a_lock_file(site: Site) -> None:
    files = release.check_out(find_repository(), site.first, site.target)
    python = ensure_venv(files, Deploy(), site.target)
    version = subprocess.run([python, '-m', 'gunicorn', '--version'],
                             check=True, capture_output=True).stdout
    assert version.startswith(b'gunicorn')
    made = (python.parent.parent / 'whole').stat().st_mtime_ns
    assert ensure_venv(
        files, Deploy(), site.target) == python
    assert (python.parent.parent / 'whole').stat().st_mtime_ns == made


def test_an_environment_is_of_one_lock_file_and_python(
        site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = site.folder / 'requirements.txt'
    first = venv_name(site.folder, Deploy())
    assert venv_name(site.folder, Deploy()) == first
    lock.write_text(lock.read_text() + '\n')
    assert (second := venv_name(site.folder, Deploy())) != first
    monkeypatch.setattr(sys, 'version', 'another')
    assert venv_name(site.folder, Deploy()) != second


@pytest.mark.parametrize(('text', 'said'), [
    ('nothing==0\n', 'have a hash|--hash|hash'),
    (LOCK.format('0' * 64), 'nothing'),
    ('-r no-such-file\n', 'no-such-file')])
def test_what_cannot_be_installed_leaves_no_environment(
        site: Site, text: str, said: str,
        monkeypatch: pytest.MonkeyPatch) -> None:
    # The index is a folder with one package in it.
    monkeypatch.setenv('UV_NO_INDEX', '1')
    monkeypatch.setenv('UV_FIND_LINKS', str(wheel(site.folder).parent))
    site.write('lock.txt', text)
    before = list((site.target.folder / 'environments').iterdir())
    with pytest.raises(AutodevelopError, match=said) as error:
        ensure_venv(site.folder, LOCK_TXT, site.target)
    assert error.value.status == 1
    assert list((site.target.folder / 'environments').iterdir()) == before


def wheel(folder: Path) -> Path:
    """A package of nothing, with another hash than anybody expects."""
    from zipfile import ZipFile
    path = folder / 'wheels/nothing-0-py3-none-any.whl'
    path.parent.mkdir()
    with ZipFile(path, 'w') as file:
        file.writestr('nothing.py', '')
        for name, text in [
                ('METADATA', 'Metadata-Version: 2.1\nName: nothing\n'
                 'Version: 0\n'),
                ('WHEEL', 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\n'
                 'Tag: py3-none-any\n'), ('RECORD', '')]:
            file.writestr(f'nothing-0.dist-info/{name}', text)
    return path


def test_an_incomplete_environment_is_recreated(site: Site) -> None:
    site.write('lock.txt', '')
    python = ensure_venv(site.folder, LOCK_TXT, site.target)
    environment = python.parent.parent
    (environment / 'whole').unlink()
    (environment / 'half').touch()
    assert ensure_venv(site.folder, LOCK_TXT, site.target) == python
    assert not (environment / 'half').exists()


@core
def test_without_a_lock_file_there_is_an_error(site: Site) -> None:
    with pytest.raises(AutodevelopError, match='has no none.txt'):
        ensure_venv(site.folder, Deploy(requirements='none.txt'),
                    site.target)


@core
def test_releases_that_are_not_kept_are_removed(
        site: Site, tmp_path: Path) -> None:
    target = site.target._replace(folder=tmp_path)
    for name in ('releases/a', 'releases/b', 'environments/c',
                 'environments/d'):
        (tmp_path / name / 'below').mkdir(parents=True)
    release.prune(target, {'a'}, {'d'})
    assert sorted(path.parent.relative_to(tmp_path).as_posix()
                  for path in tmp_path.rglob('below')) == [
        'environments/d', 'releases/a']
