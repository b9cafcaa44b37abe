"""The output of a GitHub Actions job, and the key of its cache."""
import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence

from autodevelop.matrix.interpreters import PLATFORM, Interpreter
from autodevelop.results.outcomes import Row


def write_outputs(rows: Sequence[Row]) -> None:
    """Set the output ``passed`` of a job if all of its cells passed.

    A skipped cell succeeds, but must not be cached as a pass.
    """
    output = os.environ.get('GITHUB_OUTPUT')
    if output and all(row.outcome == 'passed' for row in rows):
        with open(output, 'a', encoding='utf-8', newline='\n') as file:
            file.write('passed=true\n')


def cache_key(tree: str, names: Sequence[str], found: set[Interpreter],
              locked: bool) -> str:
    """A hash of all that decides whether these cells pass.

    That is the tree, the names, and the machine: its platform, its image
    (GitHub's runners set ImageOS and ImageVersion) and its Pythons. Without a
    lock file a pass holds for a day: dependencies may change.
    """
    machine = [PLATFORM, os.environ.get('ImageOS'),
               os.environ.get('ImageVersion'), sys.version, sorted(found)]
    day = None if locked else time.strftime('%Y-%m-%d', time.gmtime())
    text = json.dumps([tree, *names, machine, day])
    return hashlib.sha256(text.encode()).hexdigest()
