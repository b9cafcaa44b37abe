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
from autodevelop.matrix.fetch import fetched_path
from autodevelop.matrix.interpreters import read_listing, start_listing
from autodevelop.matrix.locked import installs_locked
from autodevelop.matrix.plan import Cell
from autodevelop.results.annotations import annotate_failures
from autodevelop.results.outcomes import RESULTS
from autodevelop.results.tables import reproduction, result_table
from autodevelop.system.git import find_repository, resolve

EXAMPLE = ('autodevelop run "tests-3.13(linux)" -- -k name\n'
           'Arguments after -- are passed to the sessions.')


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
    """Return 1 when a cell failed."""
    names = options.cells or names_of_job()
    enter_project()
    settings, cells = read_project()
    chosen = chosen_cells(cells, names, providers_by_cell(cells, settings))
    if options.key:
        print(f'key={_key(chosen, options.download_python)}')
        return 0
    rows = run_cells(chosen, options.download_python, options.posargs)
    write_outputs(rows)
    sys.stdout.write(result_table(rows))
    failed = [cell for cell, row in zip(chosen, rows)
              if row.outcome == 'failed']
    for cell in failed:
        sys.stdout.write(f'{reproduction(cell)}\n')
        annotate_failures(Path(RESULTS, cell.slug))
    return 1 if failed else 0


def _key(cells: Sequence[Cell], download: str) -> str:
    repository = find_repository()
    tree, = resolve(repository, 'HEAD^{tree}')
    if not tree:
        raise AutodevelopError('there is no commit yet', 'commit first')
    fetched_path(cells, download)  # Which is fetched is part of the key.
    # Projects of one repository have the same tree.
    project = Path.cwd().relative_to(repository.work_tree or Path.cwd())
    names = [project.as_posix(), *(cell.session for cell in cells)]
    return cache_key(tree, names, read_listing(start_listing()),
                     locked=installs_locked(Path()))
