"""What is live at a target, and what was: for a terminal."""
import time
from collections.abc import Sequence
from textwrap import wrap
from typing import NamedTuple

from autodevelop.deploy.history import Attempt, History
from autodevelop.deploy.target import Target
from autodevelop.deploy.workers import wait_for_front
from autodevelop.matrix.settings import read_settings
from autodevelop.results.tables import columns

COLUMNS = 60
"""Of the list of attempts: a narrow terminal, or the half of one."""

HEALTH_TIMEOUT = 5.0
"""Seconds for the live release to answer."""


class Status(NamedTuple):
    """What is live, in a line, and whether it answers."""

    line: str
    healthy: bool


def history_table(attempts: Sequence[Attempt], live: int | None) -> str:
    """Draw the attempts; the star marks what is live.

    Below each, no wider than 60 columns, are who it was, why it failed, and
    the seconds of its steps.
    """
    rows = [('', 'release', 'when', 'outcome', 'seconds')]
    rows += [(
        '*' if each.number == live else '', each.release[:12],
        _local_time(each.began), each.outcome,
        f'{sum(each.steps.values()):.1f}' if each.steps else '',
    ) for each in attempts]
    head, *lines = columns(rows).split('\n')
    return ''.join([f'{head}\n', *(
        f'{line}\n{_more(each)}' for line, each in zip(lines, attempts))])


def _more(attempt: Attempt) -> str:
    steps = ', '.join(f'{step} {seconds:.1f}'
                      for step, seconds in attempt.steps.items())
    return ''.join(f'{line}\n' for text in (
        attempt.who, attempt.detail, steps) for line in wrap(
            text, COLUMNS, initial_indent='   ', subsequent_indent='     '))


def read_status(target: Target) -> Status:
    """Ask the live release for its health."""
    live = History(target).live()
    if not live:
        return Status(f'{target.folder}: nothing is live', False)
    settings = read_settings(target.releases / live.release).deploy
    _, health = wait_for_front(target, live.number, live.release, settings,
                               HEALTH_TIMEOUT)
    return Status(
        f'{target.folder}: {live.release}, deployed by {live.who} at '
        f'{_local_time(live.began)}: {health.problem or "ok"}',
        not health.problem)


def _local_time(seconds: float) -> str:
    return time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(seconds))
