"""autodevelop report: show how the cells of runs of nox ended."""
import argparse
import sys
from pathlib import Path

from autodevelop.cli.project import (
    enter_project, providers_by_cell, read_project,
)
from autodevelop.errors import AutodevelopError
from autodevelop.results.markdown import markdown
from autodevelop.results.outcomes import (
    LEFT, RESULTS, gathered_rows, read_results, result_rows,
)
from autodevelop.results.tables import result_table

EXAMPLE = 'autodevelop report .nox/results.json'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('results', type=Path, metavar='FILE', nargs='*',
                        default=[Path(RESULTS)],
                        help='a report of nox --report FILE, or the folder '
                        f'with the results of all cells; default: {RESULTS}')
    parser.add_argument('--markdown', action='store_true',
                        help='write a page: cells, coverage, uncovered lines '
                        'of the change, slowest tests')
    parser.add_argument('--base', metavar='REV', default='HEAD^',
                        help='what the change is compared with; default: '
                        'HEAD^')


def run(options: argparse.Namespace) -> int:
    """Return 1 when a cell failed or none ran; a page is always written."""
    first, *others = enter_project(*options.results)
    if first == Path(LEFT) and Path(RESULTS).is_dir():
        first = Path(RESULTS)  # Its name in files that were rendered earlier.
    is_folder = first.is_dir() and not others
    if options.markdown and not is_folder:
        raise AutodevelopError(
            f'--markdown needs a folder of results, and {first} is not one',
            'run: autodevelop report --markdown')
    results = [] if is_folder else [
        result for path in (first, *others) for result in read_results(path)]
    settings, cells = read_project()
    if is_folder:
        rows = gathered_rows(first, cells)
    else:
        rows = result_rows(results, cells, providers_by_cell(cells, settings))
    if options.markdown:
        sys.stdout.write(markdown(first, rows, cells, settings, options.base))
        return 0
    sys.stdout.write(result_table(rows))
    may_fail = {cell.session for cell in cells if cell.may_fail}
    outcomes = {row.outcome for row in rows if row.outcome != 'failed'
                or row.session not in may_fail}
    return 0 if 'passed' in outcomes and 'failed' not in outcomes else 1
