"""What is added to nox's listing."""
import json
import runpy
import sys
from collections.abc import Callable
from typing import Any

import nox
import pytest

from autodevelop.matrix import listing as module
from autodevelop.matrix.listing import recording, with_backends


def decorate(*given: Any, **options: Any) -> Any:
    """As nox.session: with and without arguments."""
    def decorator(function: Callable[..., Any]) -> Any:
        return function
    return given[0] if given else decorator


def test_backends_are_recorded_as_a_noxfile_names_them() -> None:
    backends: dict[str, str] = {}
    session = recording(decorate, backends)

    def tests(session: nox.Session) -> None: ...

    assert session(tests) == session(python='3.13')(tests) == tests
    assert not backends
    session(venv_backend='conda')(tests)
    session(venv_backend='mamba', name='docs')(tests)
    assert backends == {'tests': 'conda', 'docs': 'mamba'}


def test_the_last_line_is_the_listing() -> None:
    printed = 'hello\n[{"name": "a"}, {"name": "b"}]\n'
    before, listing = with_backends(printed, {'a': 'conda'}, 'uv').split(
        '\n', 1)
    assert (before, json.loads(listing)) == ('hello', [
        {'name': 'a', 'backend': 'conda'}, {'name': 'b', 'backend': 'uv'}])
    for other in ('', 'no listing\n'):
        assert with_backends(other, {}, 'uv') == other


def test_it_ends_as_nox_does(
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    def run_nox(*given: Any, **options: Any) -> None:
        nox.session(venv_backend='conda')(lambda session: None)
        sys.stdout.write('[{"name": "<lambda>"}]\n')
        raise SystemExit(4)

    monkeypatch.setattr(nox, 'session', decorate)
    monkeypatch.setattr(sys, 'path', [*sys.path])
    monkeypatch.setattr(runpy, 'run_module', run_nox)
    with pytest.raises(SystemExit, match='4'):
        module.main()
    assert json.loads(capsys.readouterr().out) == [
        {'name': '<lambda>', 'backend': 'conda'}]
