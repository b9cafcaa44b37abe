"""autodevelop history: list the runs that the ledger remembers."""
import argparse
import json
import sys
import time
from collections.abc import Sequence

from autodevelop.checks.ledger import Ledger
from autodevelop.cli.project import enter_project
from autodevelop.matrix.projects import current_folder
from autodevelop.results.runs import Run, run_data
from autodevelop.results.tables import columns
from autodevelop.system.git import find_repository
from autodevelop.system.output import listed

VERSION = 1
"""The version of the schema in docs/report.md; new keys do not change it."""

EXAMPLE = 'autodevelop history --json'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--json', action='store_true',
                        help='print JSON in the schema of docs/report.md')


def run(options: argparse.Namespace) -> int:
    enter_project()
    repository = find_repository()
    runs = Ledger(repository.cache).runs(current_folder(repository))
    sys.stdout.write(_json(runs) if options.json else _table(runs))
    return 0


def _table(runs: Sequence[Run]) -> str:
    if not runs:
        return 'no check of this project has run yet\n'
    rows = [('when', 'stage', 'commit', 'outcome', 'seconds', 'cells')]
    rows += [(
        time.strftime('%Y-%m-%d %H:%M', time.localtime(each.began)),
        each.stage or 'nox', each.commit[:12] or '-', each.outcome,
        f'{each.seconds:.1f}', _counted(each)) for each in runs]
    return columns(rows) + '\n'


def _counted(run: Run) -> str:
    """How many cells ended how; those that failed by their names."""
    counts: dict[str, int] = {}
    for each in run.cells:
        counts[each.outcome] = counts.get(each.outcome, 0) + 1
    failed = [each.session for each in run.cells if each.outcome == 'failed']
    return ', '.join(f'{count} {outcome}' for outcome, count
                     in counts.items()) + (
        f': {listed(failed, 3)}' if failed else '')


def _json(runs: Sequence[Run]) -> str:
    """Write runs in the schema that docs/report.md describes."""
    return json.dumps({'version': VERSION, 'runs': [
        run_data(each) for each in runs]}, indent=2) + '\n'
