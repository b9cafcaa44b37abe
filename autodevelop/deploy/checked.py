"""Check a commit before it is deployed.

python -m autodevelop.deploy.checked REPOSITORY COMMIT ORIGIN: check it as the
user who runs this; why it does not pass is JSON on standard output.
"""
import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autodevelop.checks.check import check
from autodevelop.checks.sessions import Request
from autodevelop.checks.verdict import require_checked, verify
from autodevelop.deploy.check_user import link_contents
from autodevelop.deploy.gate import settings_of
from autodevelop.deploy.processes import kill_marked
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.projects import assert_root_project
from autodevelop.matrix.tables import Deploy
from autodevelop.results.tables import result_table
from autodevelop.system.git import Repository, find_repository, resolve
from autodevelop.system.output import say

MARK = 'AUTODEVELOP_CHECK'


def check_here(repository: Repository, commit: str, settings: Deploy) -> None:
    """Run the stage deploy on a commit as the current user, without a limit.

    Raises AutodevelopError as check_release does.
    """
    commit_there, tree = resolve(repository, f'{commit}^{{commit}}',
                                 f'{commit}^{{tree}}')
    if not (commit_there and tree):
        raise AutodevelopError(f'{commit[:12]} is not a commit',
                               'push a commit to the branch', status=1)
    assert_root_project(repository, tree)
    request = Request(repository, 'deploy', tree, commit)
    what = f'commit {commit[:12]}'
    with _ended_with_its_processes():
        verdict = check(request)
    if any(row.outcome == 'passed' for row in verdict.rows) or verdict.failed:
        sys.stderr.write(result_table(verdict.rows, sys.stderr))
    verify(verdict, request, what)
    if settings.unchecked and verdict.unchecked:
        say(f'unchecked: nothing ran for {what}: {verdict.unchecked}')
        return
    try:
        require_checked(verdict, what)
    except AutodevelopError as error:
        raise AutodevelopError(
            error.message, f'{error.hint}; to deploy without a check: '
            'unchecked = true in [tool.autodevelop.deploy]', status=1,
        ) from error


@contextmanager
def _ended_with_its_processes() -> Iterator[None]:
    """Kill what sessions leave running; it has a variable that they had."""
    os.environ[MARK] = token = secrets.token_hex()
    try:
        yield
    finally:
        del os.environ[MARK]
        if left := kill_marked(f'{MARK}={token}'):  # only on linux
            say(f'killed {left} processes that sessions had left running')


def main(folder: str, commit: str, origin: str) -> int:
    """Check a commit in a bare repository for whoever deploys it."""
    os.chdir(folder)
    link_contents(Path(origin))
    repository = find_repository()
    try:
        check_here(repository, commit, settings_of(repository, commit))
    except AutodevelopError as error:
        json.dump({'message': error.message, 'hint': error.hint}, sys.stdout)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
