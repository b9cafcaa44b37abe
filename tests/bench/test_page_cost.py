"""What a page of very many results costs, beside parsing them."""
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TypeVar
from xml.etree import ElementTree

import pytest

from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.results.facts import Facts, Wanted, collect
from autodevelop.results.html import html
from autodevelop.results.trees import Tree
from tests.support.results import case, junit, write_cell

Made = TypeVar('Made')
ROUNDS = 5
CELLS, TESTS = 5_000, 20_000
WITH_TESTS = 100
"""The cells that left a report of JUnit."""


def cpu_seconds(make: Callable[[], Made]) -> tuple[float, Made]:
    began = time.process_time()
    made = make()
    return time.process_time() - began, made


def test_the_page_beside_its_junit(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path('.autodevelop')
    cells = [Cell(f'tests-3.{minor}(part-{part})', 'tests', '', f'3.{minor}',
                  None, ('ci',), True, None, f'tests-3.{minor}-part-{part}')
             for minor in range(10) for part in range(CELLS // 10)]
    for place, cell in enumerate(cells[::CELLS // WITH_TESTS]):
        write_cell(folder, cell, junit=junit(*(
            case(f'test_{place}_{each}_of_a_suite')
            for each in range(TESTS // WITH_TESTS))))

    def facts() -> Facts:
        return collect(Wanted([folder], cells, Settings(),
                              Tree('c' * 40, '', False, (0, ''), '', 'main'),
                              True, ''), [])

    rounds = []
    for _ in range(ROUNDS):
        parsing, _ = cpu_seconds(lambda: [
            ElementTree.parse(each) for each in folder.glob('*/junit.xml')])
        collecting, found = cpu_seconds(facts)
        making, page = cpu_seconds(lambda: html(found))
        rounds.append((parsing, collecting + making))
        assert len(found.tests) == TESTS
    whole = median(seconds for _, seconds in rounds)
    ratio = median(seconds / parsing for parsing, seconds in rounds)
    with capsys.disabled():
        print(f'\n{CELLS:,} cells, {TESTS:,} tests: {whole:.2f} s of CPU, '
              f'{ratio:.0f} times parsing their JUnit; '
              f'{len(page.encode()) / 1e6:.2f} MB')
    assert len(page.encode()) < 3_000_000
