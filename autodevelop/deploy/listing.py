"""The history of a target, for a terminal."""
import time
from collections.abc import Sequence

from autodevelop.deploy.history import Attempt
from autodevelop.deploy.serving import ended
from autodevelop.deploy.target import Target
from autodevelop.health import wait_until_healthy
from autodevelop.report import columns
from autodevelop.settings import read_settings


def listing(attempts: Sequence[Attempt], live: int | None) -> str:
    """Draw a table; the star marks what is live."""
    rows = [('', 'release', 'when', 'who', 'outcome', 'seconds')]
    rows += [(
        '*' if each.number == live else '', each.release[:12],
        time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(each.began)),
        each.who, each.outcome + f': {each.detail}' * bool(each.detail),
        ', '.join(f'{step} {seconds:.1f}'
                  for step, seconds in each.steps.items()),
    ) for each in attempts]
    return columns(rows) + '\n'


def live_attempt(target: Target,
                 attempts: Sequence[Attempt]) -> Attempt | None:
    """The attempt that is live, if one is."""
    number = target.live()
    return next((each for each in attempts if each.number == number), None)


def state(target: Target, attempts: Sequence[Attempt]) -> tuple[str, bool]:
    """Say in a line what is live, and whether it answers."""
    live = live_attempt(target, attempts)
    if not live:
        return f'{target.folder}: nothing is live', False
    path = read_settings(target.releases / live.release).deploy.health
    health = wait_until_healthy(
        target.front or f'unix:{target.current}:{path}', live.release, 5.0,
        ended(target, live.number))
    since = time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(live.began))
    return (f'{target.folder}: {live.release} of {live.who}, {since}: '
            f'{health.problem or "ok"}', not health.problem)
