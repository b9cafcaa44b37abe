"""autodevelop run: run cells in the work tree, as a CI job does."""
import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from autodevelop.checks.job import chosen_cells, names_of_job, run_cells
from autodevelop.checks.live import Live
from autodevelop.checks.summary import summarize_found
from autodevelop.ci.github.job import cache_key, write_outputs
from autodevelop.cli.output_options import add_output_options
from autodevelop.cli.project import (
    enter_project, find_ledger, providers_by_cell, read_project,
)
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.fetch import fetched_path
from autodevelop.matrix.interpreters import read_listing, start_listing
from autodevelop.matrix.locked import installs_locked
from autodevelop.matrix.plan import Cell
from autodevelop.results.annotations import annotate_failures
from autodevelop.results.found import describe_found, find
from autodevelop.results.outcomes import RESULTS
from autodevelop.results.tables import reproduction, result_table
from autodevelop.results.trees import read_tree
from autodevelop.system.git import find_repository, resolve
from autodevelop.system.output import failed_text, is_terminal

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
    add_output_options(parser, 'print what nox prints, as it does in CI')


def run(options: argparse.Namespace) -> int:
    """Return 1 when a cell failed."""
    names = options.cells or names_of_job()
    enter_project()
    settings, cells = read_project()
    chosen = chosen_cells(cells, names, providers_by_cell(cells, settings))
    if options.key:
        print(f'key={_key(chosen, options.download_python)}')
        return 0
    ledger, project = find_ledger()
    took = ledger.durations(project) if ledger else {}
    rows = run_cells(chosen, options.download_python, options.posargs,
                     _live(chosen, options, took))
    write_outputs(rows)
    tree = read_tree()
    found = find([Path(RESULTS)], chosen, tree, everywhere=False)
    if ledger:
        ledger.record_run(describe_found(found, 'run', tree, project,
                                         time.time()), settings.history)
    failed = [cell for cell, row in zip(chosen, rows)
              if row.outcome == 'failed']
    if failed or not options.quiet:
        sys.stdout.write(result_table(rows, sys.stdout)
                         + failed_text(summarize_found(found), sys.stdout))
    for cell in failed:
        sys.stdout.write(f'{reproduction(cell)}\n')
        annotate_failures(Path(RESULTS, cell.slug))
    return 1 if failed else 0


def _live(cells: Sequence[Cell], options: argparse.Namespace,
          took: Mapping[str, float]) -> Live | None:
    """What shows the cells while they run; None where nox itself does."""
    if options.verbose or not (options.quiet or is_terminal(sys.stderr)):
        return None
    return Live([cell.name_for_nox() for cell in cells], {
        cell.name_for_nox(): took.get(cell.session, 0.0) for cell in cells},
        options.quiet)


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
