"""autodevelop report: show how the cells of runs of nox ended."""
import argparse
import os
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from autodevelop.checks.last_checks import checked_cells
from autodevelop.checks.ledger import Ledger
from autodevelop.checks.summary import summarize_found
from autodevelop.cli.output_options import add_color_option
from autodevelop.cli.project import (
    enter_project, find_ledger, providers_by_cell, read_project,
)
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.results.facts import Facts, Wanted, collect
from autodevelop.results.facts_json import facts_json
from autodevelop.results.found import default_sources, describe_found, find
from autodevelop.results.html import html as render_page
from autodevelop.results.known import compare_tests
from autodevelop.results.markdown import markdown
from autodevelop.results.outcomes import (
    LEFT, RESULTS, Row, read_results, result_rows,
)
from autodevelop.results.runs import Run
from autodevelop.results.tables import result_table
from autodevelop.results.trees import Tree, read_tree
from autodevelop.system.files import write_file
from autodevelop.system.output import failed_text, say

EXAMPLE = 'autodevelop report --html report.html --open'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('results', type=Path, metavar='PATH', nargs='*',
                        help='a report of nox --report FILE, or a folder '
                        f'with the results of cells; default: {RESULTS} and '
                        '.nox/results.json')
    parser.add_argument('--html', type=Path, metavar='FILE',
                        help='write a page: cells, failed tests, timeline, '
                        'coverage, tests, last runs')
    parser.add_argument('--open', action='store_true',
                        help='open the page in a browser')
    form = parser.add_mutually_exclusive_group()
    form.add_argument('--markdown', action='store_true',
                      help='print Markdown for a job summary or a comment')
    form.add_argument('--json', action='store_true',
                      help='print JSON in the schema of docs/report.md')
    parser.add_argument('--base', metavar='REV', default='HEAD^',
                        help='the commit to compare the change with; '
                        'default: HEAD^')
    add_color_option(parser)


def run(options: argparse.Namespace) -> int:
    """Return 1 when a cell failed or none ran; a page is always written, and
    fails in the last job of CI if every cell was skipped there.
    """
    html, *given = enter_project(options.html or Path(), *options.results)
    sources, tree = _sources(given), read_tree()
    settings, cells = read_project()
    ledger, project = find_ledger()
    runs = _runs(ledger, project, sources, cells, tree) if ledger else []
    checked = checked_cells(runs, cells, tree.recorded, ledger.folder) if (
        ledger and tree.recorded and not given) else {}
    page = options.html or options.open
    if not (sources or checked or page):
        raise _without_results(Path(RESULTS))
    everywhere = os.environ.get('AUTODEVELOP_PLATFORMS') == 'all'
    wanted = Wanted(sources, cells, settings, tree, everywhere, options.base,
                    checked)
    if not (page or options.markdown or options.json):
        return _show(wanted)
    facts = collect(wanted, runs)
    if ledger:
        key = f'tests {project}'
        facts, known = compare_tests(facts, ledger.recall(key))
        ledger.keep([key], known)
    _write(facts, html if options.html else None, options)
    if wanted.everywhere and facts.found and all(
            each.row.outcome == 'skipped' for each in facts.found):
        raise AutodevelopError(
            'nothing ran: every cell was skipped', 'have CI run a session '
            'that does not skip: [tool.autodevelop.stages] ci = ["tests"]',
            status=1)
    return 0


def _write(facts: Facts, html: Path | None,
           options: argparse.Namespace) -> None:
    if options.markdown:
        sys.stdout.write(markdown(facts))
    if options.json:
        sys.stdout.write(facts_json(facts))
    if html or options.open:
        path = html or Path(RESULTS, 'report.html')
        write_file(path, render_page(facts).encode(errors='replace'))
        say(f'wrote {path}')
        if options.open:
            webbrowser.open(path.resolve().as_uri())


def _sources(given: list[Path]) -> list[Path]:
    """What was named, else what is there."""
    if given[:1] == [Path(LEFT)] and Path(RESULTS).is_dir():
        given[0] = Path(RESULTS)  # Its name in files rendered earlier.
    for path in given:
        if not path.exists():
            raise _without_results(path)
    return given or default_sources()


def _without_results(path: Path) -> AutodevelopError:
    return AutodevelopError(
        f'there are no results in {path.as_posix()}',
        'run: nox --report results.json; autodevelop report results.json')


def _show(wanted: Wanted) -> int:
    sources, cells = wanted.sources, wanted.cells
    found = find(sources, cells, wanted.tree, wanted.everywhere,
                 wanted.checked)
    if sources and not any(path.is_dir() for path in sources):
        rows = result_rows([each for path in sources
                            for each in read_results(path)], cells,
                           providers_by_cell(cells, wanted.settings))
    else:
        rows = [each.row for each in found]
    sys.stdout.write(result_table(rows, sys.stdout)
                     + failed_text(summarize_found(found), sys.stdout))
    return 1 if _bad(rows, cells) else 0


def _bad(rows: Sequence[Row], cells: Sequence[Cell]) -> bool:
    may_fail = {cell.session for cell in cells if cell.may_fail}
    outcomes = {row.outcome for row in rows
                if row.outcome not in ('failed', 'missing')
                or row.session not in may_fail}
    return 'passed' not in outcomes or bool(outcomes & {'failed', 'missing'})


def _runs(ledger: Ledger, project: str, sources: list[Path],
          cells: list[Cell], tree: Tree) -> list[Run]:
    """The history of this project, with the runs of a plain nox."""
    for path in sources:
        if path.is_file() and not tree.stale('', path, everywhere=False):
            found = find([path], cells, tree, False)
            ledger.record_run(describe_found(
                found, '', tree, project, path.stat().st_mtime), 200)
    return ledger.runs(project)
