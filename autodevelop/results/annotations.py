"""The tests that failed, as GitHub shows them beside their lines."""
from pathlib import Path

from autodevelop.results.junit import failed_tests
from autodevelop.system.github_log import annotate

MOST = 10
"""GitHub shows so many of one kind for a step."""


def annotate_failures(folder: Path) -> None:
    """Annotate the tests that failed, by the reports of a cell."""
    for test in [*failed_tests(folder)][:MOST]:
        annotate('error', f'{test.node_id}: {test.message}',
                 test.file, test.line)
