"""Stop attempts that are no longer live, after the deploy that replaced them.

python -m autodevelop.deploy.retire FOLDER NUMBER ...
"""
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from autodevelop.deploy.serving import stop
from autodevelop.deploy.target import open_target
from autodevelop.deploy.workers import read_ready

ACCEPT_GRACE = 1.0
"""Seconds in which a release accepts connections made before the switch: those
in the queue of its socket are lost once it stops."""


def retire(folder: Path, numbers: Sequence[int]) -> None:
    """Let the attempts finish their requests, and stop them."""
    time.sleep(ACCEPT_GRACE)
    target = open_target(folder)
    finish = max(read_ready(target, number).get('graceful_timeout', 30)
                 for number in numbers)
    stop(target, numbers, finish + 5)


if __name__ == '__main__':
    retire(Path(sys.argv[1]), [int(number) for number in sys.argv[2:]])
