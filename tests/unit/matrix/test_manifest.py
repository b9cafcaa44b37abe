"""What is said of a noxfile that nox cannot list."""
import sys
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.manifest import _read_listing, read_manifest
from tests.conftest import Write

MESSAGES = ('nox > Failed to load Noxfile /p/noxfile.py\nTraceback:\n'
            "ModuleNotFoundError: No module named 'nox_poetry.sessions'\n")


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('PWD', raising=False)
    monkeypatch.delenv('CI', raising=False)


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
    monkeypatch.setattr(PathFinder, 'find_spec',
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


def test_nox_itself_may_be_missing() -> None:
    with pytest.raises(AutodevelopError, match='imports nox, which') as caught:
        _read_listing(1, '', 'ImportError: No module named nox\n')
    assert caught.value.hint.endswith(' nox')


def test_in_ci_the_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('CI', 'true')
    assert hint() == ('name its package in pyproject.toml: [tool.autodevelop] '
                      'with = ["nox_poetry"], and run: autodevelop ci')


def test_the_line_of_the_noxfile_is_named() -> None:
    with pytest.raises(AutodevelopError) as caught:
        _read_listing(1, '', '  File "/p/noxfile.py", line 7\n    def (\n'
                      'SyntaxError: invalid syntax\n')
    assert caught.value.message.endswith(
        ': SyntaxError: invalid syntax (noxfile.py, line 7)')
    assert caught.value.hint.endswith(' -m nox --list')


def test_the_noxfile_of_another_folder_is_named_for_the_shell(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command entered the folder of the noxfile; the shell did not."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('PWD', str(tmp_path.parent))
    with pytest.raises(AutodevelopError) as caught:
        _read_listing(1, '', 'SyntaxError\n')
    assert caught.value.hint.endswith(
        f' -m nox --list --noxfile {tmp_path.as_posix()}/noxfile.py')


@pytest.mark.once
def test_what_a_noxfile_prints_besides_is_no_listing(write: Write) -> None:
    """Nor is an email.py of the project that of the standard library."""
    write('email.py', 'raise ValueError')
    write('helper.py', 'NAME = "a"')
    folder = write('noxfile.py', """
        # /// script
        # dependencies = ["nox"]
        # ///
        import helper
        import nox
        print('Running locally')

        @nox.session(name=helper.NAME)
        def a(session):
            pass
    """).parent
    assert [each.session for each in read_manifest(folder)] == ['a']


def test_without_a_listing_the_last_line_is_said() -> None:
    with pytest.raises(AutodevelopError, match="printed is 'bye'"):
        _read_listing(0, '[]\nbye\n', '')


def test_a_folder_without_a_noxfile_is_said(tmp_path: Path) -> None:
    with pytest.raises(AutodevelopError, match='no noxfile.py'):
        read_manifest(tmp_path)
