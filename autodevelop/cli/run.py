"""autodevelop run: run cells in the work tree, as a CI job does."""
import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from autodevelop.checks.job import chosen_cells, names_of_job, run_cells
from autodevelop.ci.github.job import cache_key, write_outputs
from autodevelop.cli.project import (
    enter_project, providers_by_cell, read_project,
)
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.interpreters import read_listing, start_listing
from autodevelop.matrix.settings import read_settings
from autodevelop.results.tables import reproduction, result_table
from autodevelop.system.git import find_repository, resolve

EXAMPLE = 'autodevelop run "tests-3.13(linux)"'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('cells', metavar='CELL', nargs='*',
                        help='default: the JSON list in the variable '
                        'AUTODEVELOP_CELLS, which the CI files set')
    parser.add_argument('--download-python', default='never',
                        choices=('auto', 'never', 'always'),
                        help='what nox does when a Python is missing; '
                        'default: never')
    parser.add_argument('--key', action='store_true',
                        help='run nothing; print the cache key for '
                        'these cells on this tree and machine')


def run(options: argparse.Namespace) -> int:
    names = options.cells or names_of_job()
    enter_project()
    if options.key:
        print(f'key={_key(names)}')
        return 0
    settings, cells = read_project()
    chosen = chosen_cells(cells, names, providers_by_cell(cells, settings))
    rows = run_cells(chosen, options.download_python)
    write_outputs(rows)
    sys.stdout.write(result_table(rows))
    failed = [cell for cell, row in zip(chosen, rows)
              if row.outcome == 'failed']
    sys.stdout.writelines(f'{reproduction(cell)}\n' for cell in failed)
    return 1 if failed else 0


def _key(names: Sequence[str]) -> str:
    tree, = resolve(find_repository(), 'HEAD^{tree}')
    if not tree:
        raise AutodevelopError('there is no commit yet', 'commit first')
    return cache_key(tree, names, read_listing(start_listing()),
                     locked=bool(read_settings(Path()).requirements))
