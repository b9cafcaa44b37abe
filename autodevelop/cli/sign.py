"""autodevelop sign: sign that a commit passed, for a server that trusts CI."""
import argparse
import os
import time
from importlib.metadata import version
from pathlib import Path

from autodevelop.cli.project import enter_project, read_project
from autodevelop.deploy.signed import Statement, sign
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.interpreters import PLATFORM
from autodevelop.matrix.special import STAGES
from autodevelop.results.outcomes import RESULTS, gathered_rows
from autodevelop.system.git import find_repository, resolve

EXAMPLE = 'git push -o "$(autodevelop sign KEY)" production HEAD:main'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('key', type=Path, metavar='KEY',
                        help='the file of an SSH private key')
    parser.add_argument('--stage', default='deploy', choices=STAGES,
                        help='the stage that passed; default: deploy')


def run(options: argparse.Namespace) -> int:
    """Print the option of git push; needs the results of all cells."""
    key, = enter_project(options.key)
    if not os.environ.get('CI'):
        raise AutodevelopError(
            f'the results in {RESULTS} may be from another tree than HEAD',
            'sign in a CI job that has the results of this run')
    settings, cells = read_project()
    rows = gathered_rows(Path(RESULTS), cells, options.stage)
    may_fail = {cell.session for cell in cells if cell.may_fail}
    passed = [row.session for row in rows if row.outcome == 'passed']
    failed = [f'{row.session} ({row.detail})' for row in rows
              if row.outcome == 'failed' and row.session not in may_fail]
    if failed or not passed:
        raise AutodevelopError(
            f'not all cells passed: {", ".join(failed) or "none ran"}',
            f'sign where {RESULTS} has the results of all cells', status=1)
    tree, = resolve(find_repository(), 'HEAD^{tree}')
    assert tree
    print(sign(Statement(
        tree, options.stage, passed, f'nox {version("nox")} on {PLATFORM}',
        time.time()), key))
    return 0
