"""What ran beside what, and which cells the run waited for."""
from collections.abc import Sequence
from typing import NamedTuple

from autodevelop.results.found import Found

SLACK = 2.0
"""Seconds after which a cell that follows another may still have waited for
it: what runs them takes a moment, and clocks of machines differ."""


class Bar(NamedTuple):
    """A cell on the timeline, in seconds after the beginning of the run.

    tests: when its tests began; None without a report that says it.
    tests_seconds: how long they took. Before them, it installed.
    lane: from 0; cells of a lane do not overlap.
    critical: whether the run would have been shorter without it.
    """

    found: Found
    start: float
    seconds: float
    tests: float | None
    tests_seconds: float
    lane: int
    critical: bool


class Timeline(NamedTuple):
    """The cells that ran, by when they began.

    began: seconds since 1970.
    untimed: how many ran without a record of when.
    """

    began: float
    seconds: float
    bars: list[Bar]
    untimed: int

    @property
    def lanes(self) -> int:
        """How many ran at once."""
        return max((each.lane for each in self.bars), default=-1) + 1


def draw_timeline(found: Sequence[Found]) -> Timeline:
    """Place the cells that ran."""
    ran = [each for each in found if each.counts and each.seconds is not None]
    timed = sorted((each for each in ran if each.began is not None),
                   key=lambda each: each.began or 0.0)
    if not timed:
        return Timeline(0, sum(each.seconds or 0 for each in ran), [],
                        len(ran))
    first = timed[0].began or 0.0
    critical = _critical(timed)
    lanes: list[float] = []
    bars = []
    for each in timed:
        start, seconds = (each.began or 0.0) - first, each.seconds or 0.0
        lane = next((lane for lane, end in enumerate(lanes) if end <= start),
                    len(lanes))
        lanes[lane:lane + 1] = [start + seconds]
        began = each.suites.began
        tests = None if began is None or not (
            0 <= began - first - start <= seconds) else began - first
        bars.append(Bar(each, start, seconds, tests, 0.0 if tests is None else
                        min(each.suites.seconds, start + seconds - tests),
                        lane, each.cell in critical))
    return Timeline(first, max(lanes), bars, len(ran) - len(timed))


def _end(found: Found) -> float:
    return (found.began or 0.0) + (found.seconds or 0.0)


def _critical(timed: Sequence[Found]) -> set[object]:
    """The last cell to end, the last that ended before it began, and so on."""
    chain = set[object]()
    left = sorted(timed, key=_end)
    while left:
        last = left.pop()
        chain.add(last.cell)
        left = [each for each in left
                if _end(each) <= (last.began or 0.0) + SLACK
                and (each.began or 0.0) < (last.began or 0.0)]
    return chain
