"""autodevelop coverage: combine what the cells measured."""
import argparse

from autodevelop.cli.project import enter_project, read_project
from autodevelop.results.coverage import combine

EXAMPLE = ('autodevelop coverage -- --fail-under=100\n'
           'Arguments after -- are passed to coverage report.')


def run(options: argparse.Namespace) -> int:
    enter_project()
    settings, cells = read_project()
    return combine(cells, settings, options.posargs)
