"""autodevelop doctor: find problems in a repository, and say how to fix them.
"""
import argparse
import json
import sys
from collections.abc import Sequence

from autodevelop.cli.project import enter_clone
from autodevelop.doctor.examine import examine
from autodevelop.errors import Finding

EXAMPLE = 'autodevelop doctor'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--json', action='store_true',
                        help='print JSON in the schema of docs/doctor.md')


def run(options: argparse.Namespace) -> int:
    """Return 1 when something is wrong."""
    found = examine(*enter_clone('doctor'))
    sys.stdout.write(_json(found) if options.json else _lines(found))
    return int(any(finding.wrong for _, finding in found))


def _json(found: Sequence[tuple[str, Finding]]) -> str:
    return json.dumps({'version': 1, 'findings': [
        {'topic': topic, **finding._asdict()} for topic, finding in found
    ]}, indent=2) + '\n'


def _lines(found: Sequence[tuple[str, Finding]]) -> str:
    lines = [f'{"error" if finding.wrong else "warning"}: {topic}: '
             f'{finding.problem}\nhint: {finding.remedy}\n'
             for topic, finding in found]
    wrong = sum(finding.wrong for _, finding in found)
    return ''.join(lines) + (
        f'errors: {wrong}, warnings: {len(found) - wrong}\n' if found else
        'no problems found\n')
