"""autodevelop plan: list the cells of the noxfile."""
import argparse
import sys
from pathlib import Path

from autodevelop.ci import MATRICES
from autodevelop.ci.doubts import doubts
from autodevelop.cli.project import (
    enter_project, providers_by_cell, read_project,
)
from autodevelop.matrix.plan import of_stage
from autodevelop.results.outcomes import RESULTS, read_durations
from autodevelop.results.tables import plan_json, plan_table
from autodevelop.system.output import say

EXAMPLE = 'autodevelop plan --json'


def add_options(parser: argparse.ArgumentParser) -> None:
    form = parser.add_mutually_exclusive_group()
    form.add_argument('--json', action='store_true',
                      help='print JSON in the schema of docs/plan.md')
    for name, matrix in MATRICES.items():
        form.add_argument(f'--{name}', dest='provider', action='store_const',
                          const=name, help=matrix.HELP)


def run(options: argparse.Namespace) -> int:
    enter_project()
    settings, cells = read_project()
    if options.provider:
        sys.stdout.write(MATRICES[options.provider].plan(
            of_stage(cells, 'ci'), settings, read_durations(Path(RESULTS))))
        return 0
    show = plan_json if options.json else plan_table
    sys.stdout.write(show(cells, providers_by_cell(cells, settings)))
    for doubt in doubts(cells, settings):
        say(doubt.line())
    return 0
