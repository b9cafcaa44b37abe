"""Finding Pythons: the real ones, and a search path made for the test."""
import os
import sys
from pathlib import Path

import pytest

from autodevelop.matrix.interpreters import (
    PLATFORM, Interpreter, is_present, read_listing, search_path,
    start_listing, toolchain_hash,
)

FOUND = [
    Interpreter('cpython', '3.13.1', False),
    Interpreter('cpython', '3.14.0rc1', True),
    Interpreter('pypy', '3.11.13', False),
]


@pytest.mark.parametrize(('request_', 'present'), [
    ('3.13', True),
    ('3', True),
    ('3.13.1', True),
    ('python3.13', True),
    ('cpython3.13', True),
    ('3.13.10', False),
    ('3.1', False),
    ('3.13t', False),
    ('3.14', False),
    ('3.14t', True),
    ('3.11', False),
    ('pypy', True),
    ('pypy3.11', True),
    ('pypy-3.11', True),
    ('pypy3.10', False),
])
def test_what_a_noxfile_asks_for_is_looked_up(
        request_: str, present: bool) -> None:
    assert is_present(request_, FOUND) is present


@pytest.mark.parametrize(('request_', 'present'), [
    (sys.executable, True),
    ('>=3.13,<4', True),
    ('>=3.12,!=3.13.*,<3.14', False),
    ('>=4', False),
])
def test_paths_and_ranges_are_looked_up(request_: str, present: bool) -> None:
    assert is_present(request_, FOUND) is present


def test_without_a_listing_the_library_of_nox_is_asked() -> None:
    assert is_present(f'{sys.version_info[0]}.{sys.version_info[1]}', [])


def test_the_running_python_is_found() -> None:
    found = read_listing(start_listing())
    running = '.'.join(map(str, sys.version_info[:2]))
    assert is_present(running, found)


def test_a_listing_that_fails_finds_nothing(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('UV_PYTHON_PREFERENCE', 'no such preference')
    assert read_listing(start_listing()) == set()


def test_the_versions_of_pyenv_stand_in_for_its_shims(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = [tmp_path / 'versions' / version / 'bin'
                for version in ('3.12.1', '3.13.0')]
    for folder in versions:
        folder.mkdir(parents=True)
    monkeypatch.setenv('PYENV_ROOT', str(tmp_path))
    monkeypatch.setenv('PATH', os.pathsep.join(
        ['first', str(tmp_path / 'shims'), str(versions[1])]))
    assert search_path().split(os.pathsep) == [
        'first', str(versions[1]), str(versions[0])]


def test_an_unreadable_pyenv_has_no_versions(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root's, after ``sudo -u`` or ``setpriv`` with root's variables."""
    def refuse(path: object, *more: object, **options: object) -> None:
        raise PermissionError(13, 'Permission denied', path)

    monkeypatch.setenv('PYENV_ROOT', str(tmp_path))
    monkeypatch.setenv('PATH', 'first')
    with monkeypatch.context() as patch:
        for name in ('stat', 'lstat', 'scandir', 'listdir'):
            patch.setattr(os, name, refuse)
        found = search_path()
    assert found == 'first'


def test_the_signature_changes_with_the_interpreters(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PYENV_ROOT', str(tmp_path))
    monkeypatch.setenv('PATH', os.pathsep.join(
        map(str, (tmp_path, tmp_path / 'nothing'))))
    before = toolchain_hash()
    (tmp_path / 'pythonic').touch()
    assert toolchain_hash() == before
    (tmp_path / 'python3.14').touch()
    assert toolchain_hash() != before
    with monkeypatch.context() as patch:
        patch.setattr('autodevelop.matrix.interpreters.find_spec',
                      lambda name: None)
        assert toolchain_hash() != before


@pytest.mark.parametrize(('variable', 'folder'), [
    ('UV_PYTHON_INSTALL_DIR', '.'),
    ('APPDATA' if PLATFORM == 'windows' else 'XDG_DATA_HOME', 'uv/python')])
def test_the_signature_changes_with_the_interpreters_of_uv(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str,
        folder: str) -> None:
    """They are on no PATH."""
    monkeypatch.delenv('UV_PYTHON_INSTALL_DIR', raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    path = tmp_path / folder / 'cpython-3.14.0' / (
        'python.exe' if PLATFORM == 'windows' else 'bin/python3.14')
    path.parent.mkdir(parents=True)
    before = toolchain_hash()
    path.touch()
    there = toolchain_hash()
    assert there != before
    os.utime(path, (1, 1))
    assert toolchain_hash() not in (before, there)


if sys.platform == 'win32':  # only on windows
    def test_the_signature_changes_with_the_registry(
            tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        import winreg
        own = winreg.CreateKey(winreg.HKEY_CURRENT_USER,
                               f'Software\\{tmp_path.name}')
        monkeypatch.setattr(winreg, 'HKEY_LOCAL_MACHINE', own)
        before = toolchain_hash()
        path = tmp_path / 'python.exe'
        path.touch()
        words = r'Software\Python\Any\3.14\InstallPath'.split('\\')
        keys = ['\\'.join(words[:end]) for end in range(len(words), 0, -1)]
        winreg.SetValueEx(winreg.CreateKey(own, keys[0]), 'ExecutablePath', 0,
                          winreg.REG_SZ, str(path))
        assert toolchain_hash() != before
        for key in [*keys, '']:
            winreg.DeleteKey(own, key)
