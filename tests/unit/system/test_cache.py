"""Where the user's cache folder is, and what a repository has there."""
import sys
from pathlib import Path

import pytest

from autodevelop.errors import AutodevelopError
from autodevelop.system.cache import cache_folder, folder_for


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ('AUTODEVELOP_CACHE', 'XDG_CACHE_HOME', 'LOCALAPPDATA'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, 'home', lambda: tmp_path)
    return tmp_path


@pytest.mark.parametrize(('platform', 'folder'), [
    ('linux', '.cache'), ('darwin', 'Library/Caches'),
    ('win32', 'AppData/Local')])
def test_each_platform_has_its_cache_folder(
        home: Path, monkeypatch: pytest.MonkeyPatch, platform: str,
        folder: str) -> None:
    monkeypatch.setattr(sys, 'platform', platform)
    assert cache_folder() == home / folder / 'autodevelop'


@pytest.mark.parametrize(('platform', 'name'), [
    ('linux', 'XDG_CACHE_HOME'), ('win32', 'LOCALAPPDATA')])
def test_variables_of_the_platform_name_it(
        home: Path, monkeypatch: pytest.MonkeyPatch, platform: str,
        name: str) -> None:
    monkeypatch.setattr(sys, 'platform', platform)
    monkeypatch.setenv(name, str(home / 'other'))
    assert cache_folder() == home / 'other/autodevelop'


def test_a_relative_xdg_folder_is_ignored(
        home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, 'platform', 'linux')
    monkeypatch.setenv('XDG_CACHE_HOME', 'relative')
    assert cache_folder() == home / '.cache/autodevelop'


def test_a_variable_of_ours_comes_first(
        home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('AUTODEVELOP_CACHE', str(home / 'own'))
    assert cache_folder() == home / 'own'


def test_a_user_without_a_home_is_told(
        monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError('no home')

    monkeypatch.setattr(Path, 'home', no_home)
    with pytest.raises(AutodevelopError) as caught:
        cache_folder()
    assert 'export AUTODEVELOP_CACHE=' in caught.value.hint


@pytest.mark.parametrize(('path', 'name'), [
    ('project/.git', 'project'), ('bare.git', 'bare.git'),
    ('a name with spaces and more/.git', 'a-name-with-spac'),
    ('\xe9/.git', '')])
def test_a_repository_has_a_folder_by_its_path(
        home: Path, path: str, name: str) -> None:
    folder = folder_for(home / path)
    assert folder.name[:-9] == name
    assert folder_for(home / 'x' / path) != folder
    assert folder_for(home / 'y' / '..' / path) == folder
