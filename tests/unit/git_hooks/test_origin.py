"""The command by which autodevelop was installed."""
import importlib.metadata
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks import origin
from autodevelop.system import installed

Install = Callable[[dict[str, Any] | None], None]
GIT = {'url': 'https://example.org/a.git',
       'vcs_info': {'vcs': 'git', 'commit_id': 'abc'}}


class Distribution:
    """An installed autodevelop, with the record of its origin."""

    def __init__(self, record: dict[str, Any] | None) -> None:
        self.record = record

    def read_text(self, name: str) -> str | None:
        """Read the one file of the metadata that is asked for."""
        assert name == 'direct_url.json'
        return json.dumps(self.record) if self.record else None


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Install:
    """Install autodevelop from an origin, in an environment."""
    monkeypatch.setattr(sys, 'prefix', str(tmp_path / '.venv'))
    monkeypatch.setattr(sys, 'base_prefix', '/usr')
    monkeypatch.setattr(sys, 'platform', 'linux')
    monkeypatch.setattr(sys, 'executable', str(tmp_path / '.venv/bin/python'))

    def install_from(record: dict[str, Any] | None) -> None:
        monkeypatch.setattr(installed, 'distribution',
                            lambda name: Distribution(record))
    return install_from


@pytest.mark.parametrize(('record', 'source'), [
    (GIT, 'git+https://example.org/a.git@abc'),
    ({**GIT, 'subdirectory': 'tool'},
     "'git+https://example.org/a.git@abc#subdirectory=tool'"),
    ({'url': 'file:///wheels/a.whl', 'archive_info': {}},
     'file:///wheels/a.whl'),
    ({'url': 'file:///src/a%20b', 'dir_info': {}}, "'/src/a b'"),
    ({'url': 'file:///src/a', 'dir_info': {'editable': True}},
     '--editable /src/a')])
@pytest.mark.skipif(sys.platform == 'win32', reason='has other paths')
def test_it_is_installed_again_from_its_origin(
        install: Install, tmp_path: Path, record: dict[str, Any],
        source: str) -> None:
    install(record)
    assert origin.install_command(tmp_path) == (
        f'python3 -m venv .venv && .venv/bin/python -m pip install {source}')


@pytest.mark.parametrize('text', [
    '{', '[]', '{"url": 1}', '{"url": "a", "vcs_info": {}}'])
def test_a_damaged_record_is_an_error(
        install: Install, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    install(None)
    monkeypatch.setattr(Distribution, 'read_text', lambda *_: text)
    with pytest.raises(AutodevelopError, match='is damaged'):
        installed.read_record()


def test_what_an_index_has_is_not_guessed(
        install: Install, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    install(None)
    assert origin.install_command(tmp_path) == ''

    def missing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(installed, 'distribution', missing)
    assert origin.install_command(tmp_path) == ''


@pytest.mark.parametrize(('file', 'command'), [
    ('uv-receipt.toml', 'uv tool install --force '),
    ('pipx_metadata.json', 'pipx install --force ')])
def test_a_tool_is_installed_again_by_what_installed_it(
        install: Install, tmp_path: Path, file: str, command: str) -> None:
    install(GIT)
    (tmp_path / '.venv').mkdir()
    (tmp_path / '.venv' / file).touch()
    assert origin.install_command(tmp_path).startswith(command)


def test_another_environment_is_named_by_its_path(
        install: Install, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    install(GIT)
    command = origin.install_command(tmp_path / 'project')
    assert f'{shlex.quote((tmp_path / ".venv").as_posix())} && ' in command
    monkeypatch.setattr(sys, 'base_prefix', sys.prefix)
    command = origin.install_command(tmp_path)
    python = shlex.quote(Path(sys.executable).as_posix())
    assert command.startswith(f'{python} -m pip install ')


def test_the_project_of_autodevelop_itself_has_a_makefile(
        install: Install, tmp_path: Path) -> None:
    install({'url': tmp_path.as_uri(), 'dir_info': {'editable': True}})
    assert '--editable' in origin.install_command(tmp_path)
    (tmp_path / 'Makefile').touch()
    assert origin.install_command(tmp_path) == 'make'


def test_the_program_is_the_one_that_was_called(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / origin.NAME
    program.touch()
    program.chmod(0o755)
    monkeypatch.setattr(sys, 'argv', [str(program)])
    assert origin.program() == program.as_posix()
    monkeypatch.setattr(sys, 'argv', ['pytest'])
    monkeypatch.setattr('sysconfig.get_path', lambda name: tmp_path)
    assert origin.program() == program.as_posix()
    program.unlink()
    assert origin.program() == ''
    assert origin.remembered(tmp_path).get('autodevelop.program') is None
