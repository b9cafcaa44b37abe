"""Which cells share a job, when there are more than a provider allows."""
import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings

Seconds = Mapping[str, float]
"""How long a cell takes, by its name."""

Kind = tuple[str, str, bool]
"""The platform and the runner of a machine, and whether it may fail."""


class Job(NamedTuple):
    """Cells that one machine runs in turn; usually a single one.

    slug: the name, safe in artifact names, unique among the jobs.
    runner: a label of GitHub's runners, or empty for the platform's.
    may_fail: whether a run passes without it.
    """

    name: str
    slug: str
    platform: str
    sessions: tuple[str, ...]
    runner: str = ''
    may_fail: bool = False


def measured_cells(cells: Sequence[Cell], settings: Settings) -> list[Cell]:
    """All cells but the one that combines the coverage of the others."""
    return [cell for cell in cells if cell.name != settings.coverage]


def make_jobs(cells: Sequence[Cell], most: int,
              durations: Seconds | None = None) -> list[Job]:
    """Distribute cells over jobs, each for one kind of machine.

    most: the number of jobs that a provider allows.
    durations: balances the jobs; a cell that never ran counts as the median.
        Without it, neighbours by name share a job: the same result on every
        machine.
    """
    if len(cells) <= most:
        return [_job([cell]) for cell in cells]
    groups = defaultdict(list)
    for cell in cells:
        groups[cell.platform or 'linux', cell.runner, cell.may_fail].append(
            cell)
    known = sorted((durations or {}).values())
    usual = known[len(known) // 2] if known else 1.0
    seconds = {cell.session: (durations or {}).get(cell.session, usual)
               for cell in cells}
    machines = _machines(groups, seconds, most)
    return [_job(part) for kind, group in groups.items()
            for part in (_by_name(group, machines[kind])
                         if durations is None else
                         _by_duration(group, machines[kind], seconds))]


def _machines(groups: Mapping[Kind, Sequence[Cell]], seconds: Seconds,
              most: int) -> dict[Kind, int]:
    """How many machines each kind gets, by how long its cells take."""
    load = {kind: sum(seconds[cell.session] for cell in group)
            for kind, group in groups.items()}
    machines = dict.fromkeys(groups, 1)
    for _ in range(most - len(groups)):
        busiest = max((kind for kind, group in groups.items()
                       if machines[kind] < len(group)),
                      key=lambda kind: load[kind] / machines[kind])
        machines[busiest] += 1
    return machines


def _by_name(group: Sequence[Cell], machines: int) -> list[list[Cell]]:
    group = sorted(group)
    ends = [len(group) * number // machines for number in range(machines + 1)]
    return [group[first:end] for first, end in zip(ends, ends[1:])]


def _by_duration(group: Sequence[Cell], machines: int,
                 seconds: Seconds) -> list[list[Cell]]:
    """Give each cell, longest first, to the machine that is free first."""
    parts: list[list[Cell]] = [[] for _ in range(machines)]
    free = [(0.0, 0, number) for number in range(machines)]
    for cell in sorted(group, key=lambda each: -seconds[each.session]):
        busy, cells, number = free[0]
        parts[number].append(cell)
        heapq.heapreplace(
            free, (busy + seconds[cell.session], cells + 1, number))
    return parts


def _job(cells: Sequence[Cell]) -> Job:
    first, more = cells[0], len(cells) - 1
    return Job(first.session + f' and {more} more' * bool(more),
               first.slug + f'-and-{more}-more' * bool(more),
               first.platform or 'linux',
               tuple(cell.session for cell in cells), first.runner,
               first.may_fail)
