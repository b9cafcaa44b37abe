"""A run of a stage, as the history of the ledger keeps it."""
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

MOST_FAILED = 50
"""Tests of a cell that are kept by name when they failed."""


class Ended(NamedTuple):
    """How a cell ended in a run.

    seconds: 0 for one that did not run.
    began: how many seconds after the run.
    failed: the names of tests.
    """

    session: str
    outcome: str
    seconds: float = 0.0
    began: float = 0.0
    failed: tuple[str, ...] = ()


class Run(NamedTuple):
    """A run of the cells of a stage, or of a plain nox.

    began: seconds since 1970.
    stage: run for cells by `autodevelop run`; empty for a plain nox.
    tree: empty when it ran on files that no commit has.
    commit: the one that was checked, or which the staged files follow.
    project: the folder of the noxfile; empty for the root.
    """

    began: float
    stage: str
    tree: str
    commit: str
    project: str
    cells: tuple[Ended, ...]

    @property
    def outcome(self) -> str:
        """Whether it passed; skipped if nothing ran."""
        outcomes = {each.outcome for each in self.cells}
        if 'failed' in outcomes:
            return 'failed'
        return 'passed' if 'passed' in outcomes else 'skipped'

    @property
    def seconds(self) -> float:
        """From its beginning to the end of its last cell."""
        return max((each.began + each.seconds for each in self.cells),
                   default=0.0)


def pack(cells: Iterable[Ended]) -> str:
    """Write cells as short as they can be read again."""
    return json.dumps([
        (*each[:2], round(each.seconds, 2), round(each.began, 2),
         each.failed[:MOST_FAILED]) for each in cells], separators=(',', ':'))


def unpack(text: str) -> tuple[Ended, ...]:
    """Read what pack wrote."""
    return tuple(Ended._make((*cell, tuple(failed)))
                 for *cell, failed in json.loads(text))


def run_data(run: Run) -> dict[str, Any]:
    """A run as JSON has it."""
    return {**run._asdict(), 'outcome': run.outcome, 'seconds': run.seconds,
            'cells': [each._asdict() for each in run.cells]}
