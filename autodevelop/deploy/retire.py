"""Stop attempts that are no longer live, after the deploy that replaced them.

python -m autodevelop.deploy.retire FOLDER NUMBER ...
"""
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from autodevelop.deploy.history import History
from autodevelop.deploy.processes import is_running
from autodevelop.deploy.serving import stop
from autodevelop.deploy.target import Target, lock_target, open_target
from autodevelop.deploy.workers import read_ready

ACCEPT_GRACE = 1.0
"""Seconds in which a release accepts connections made before the switch: those
in the queue of its socket are lost once it stops."""

POLL_SECONDS = 0.1
"""Time between two looks whether git has ended; the next push waits so long.
"""


def retire(folder: Path, numbers: Sequence[int]) -> None:
    """Let the attempts finish their requests, and stop them."""
    time.sleep(ACCEPT_GRACE)
    target = open_target(folder)
    finish = max(read_ready(target, number).get('graceful_timeout', 30)
                 for number in numbers)
    stop(target, numbers, finish + 5)


def retire_refused(target: Target, number: int, git: int) -> None:
    """Stop an attempt that is still not live when git has ended.

    After pre-receive, git may refuse the push for reasons of its own, and
    runs no hook then.
    """
    while is_running(git):
        time.sleep(POLL_SECONDS)
    if target.live() == number or not target.run(number).is_dir():
        return
    with lock_target(target, 'cleaning up after a push that git refused '
                     f'(process {os.getpid()})'):
        history = History(target)
        newest = history.attempts()[0]
        if (newest.number, newest.outcome) == (number, 'ready'):
            history.finish(newest._replace(
                outcome='failed', detail='git refused the push'))
            stop(target, [number], 0)


def main(folder: str, *rest: str) -> None:
    """Retire what the command line names."""
    retire(Path(folder), [int(number) for number in rest])


if __name__ == '__main__':
    main(*sys.argv[1:])
