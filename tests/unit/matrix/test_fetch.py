"""Pythons that a job lacks, fetched by a uv that only pretends."""
import os
from collections.abc import Sequence
from typing import Any

import pytest

from autodevelop.matrix import fetch
from autodevelop.matrix.fetch import fetched_path
from autodevelop.matrix.plan import Cell
from autodevelop.system.process import Completed


def cells(*pythons: str | None) -> list[Cell]:
    return [Cell('a', 'a', '', python, None, ('ci',), True, None, 'a')
            for python in pythons]


@pytest.fixture(autouse=True)
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was fetched; 3.97 cannot be."""
    wanted = list[str]()

    def install(command: Sequence[str], *more: Any) -> int:
        wanted.append(command[-1])
        return int(command[-1] == '3.97')

    monkeypatch.setenv('PATH', os.path.join('some', 'bin'))
    monkeypatch.setattr(fetch, 'search_path', lambda: 'path')
    monkeypatch.setattr(fetch, 'start_listing', lambda: None)
    monkeypatch.setattr(fetch, 'read_listing', lambda listing: set())
    monkeypatch.setattr(fetch, 'is_present',
                        lambda python, found: python == '3.13')
    monkeypatch.setattr(fetch, 'run_foreground', install)
    monkeypatch.setattr(fetch, 'run', lambda command, variables: Completed(
        0, os.path.join('uv', command[-1], 'python\n').encode(), b''))
    return wanted


def test_what_is_missing_comes_after_what_is_here(fetched: list[str]) -> None:
    assert fetched_path(cells('3.13', '3.99', None, '/usr/bin/python'),
                        'auto') == os.pathsep.join([
                            'path', os.path.join('uv', '3.99')])
    assert fetched == ['3.99']


def test_what_cannot_be_fetched_is_left_to_nox(fetched: list[str]) -> None:
    assert fetched_path(cells('3.97'), 'auto') == 'path'
    assert fetched == ['3.97']


@pytest.mark.parametrize(('python', 'download'), [
    ('3.99', 'never'), (None, 'auto'), ('/usr/bin/python', 'auto')])
def test_nothing_is_fetched_unless_it_is_wanted(
        fetched: list[str], python: str | None, download: str) -> None:
    assert fetched_path(cells(python), download) == 'path'
    assert fetched == []
