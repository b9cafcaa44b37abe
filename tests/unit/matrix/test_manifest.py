"""What is said of a noxfile that nox cannot list."""
import importlib.util
import sys
from pathlib import Path

import pytest

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.manifest import _read_listing, read_manifest

MESSAGES = ('nox > Failed to load Noxfile /p/noxfile.py\nTraceback:\n'
            "ModuleNotFoundError: No module named 'nox_poetry.sessions'\n")


def hint() -> str:
    with pytest.raises(AutodevelopError) as caught:
        _read_listing(1, '', MESSAGES)
    assert 'imports nox_poetry.sessions, which ' in caught.value.message
    assert sys.executable in caught.value.message
    return caught.value.hint


@pytest.mark.parametrize(('record', 'pip', 'said'), [
    ('', True, '{} -m pip install nox_poetry'),
    ('', False, 'uv pip install --python {} nox_poetry'),
    ('uv-receipt.toml', True, 'uv pip install --python {} nox_poetry'),
    ('pipx_metadata.json', True, 'pipx inject autodevelop nox_poetry')])
def test_a_missing_module_is_named_with_what_installs_it(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record: str,
        pip: bool, said: str) -> None:
    monkeypatch.setattr(sys, 'prefix', str(tmp_path))
    monkeypatch.setattr(sys, 'executable', '/env/python')
    monkeypatch.setattr(importlib.util, 'find_spec',
                        lambda name: name if pip else None)
    monkeypatch.chdir(tmp_path)
    if record:
        (tmp_path / record).touch()
    assert hint() == said.format('/env/python')


@pytest.mark.parametrize('name', ['nox_poetry.py', 'nox_poetry/__init__.py'])
def test_a_missing_module_may_be_a_file_that_was_not_added(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    assert hint() == f'add it to the commit: git add {name}'


def test_a_folder_without_a_noxfile_is_said(tmp_path: Path) -> None:
    with pytest.raises(AutodevelopError, match='no noxfile.py'):
        read_manifest(tmp_path)
