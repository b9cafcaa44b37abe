"""Only what passes the stage deploy is deployed."""
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from autodevelop.checks.check import check
from autodevelop.checks.sessions import Request
from autodevelop.checks.verdict import require_checked, verify
from autodevelop.deploy.interrupts import time_limit
from autodevelop.deploy.processes import kill_marked
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.projects import assert_root_project
from autodevelop.matrix.settings import parse_settings
from autodevelop.matrix.tables import Deploy
from autodevelop.results.tables import result_table
from autodevelop.system.git import Repository, git_unchecked, resolve
from autodevelop.system.output import say

MARK = 'AUTODEVELOP_CHECK'


def settings_of(repository: Repository, commit: str) -> Deploy:
    """The settings of a commit; the defaults where it has none."""
    done = git_unchecked(repository, 'cat-file', 'blob',
                         f'{commit}:pyproject.toml')
    try:
        return parse_settings(done.output.decode('utf-8')).deploy
    except ValueError as error:
        raise AutodevelopError(
            f'cannot read pyproject.toml of {commit[:12]}: {error}',
            'fix and commit the file', status=1) from error


def check_release(repository: Repository, commit: str,
                  settings: Deploy) -> None:
    """Run the stage deploy on a commit, unless it already passed.

    Raises AutodevelopError, with status 1, when it fails or takes too long,
    and when no cell of it could run here, unless that is allowed.
    """
    commit_there, tree = resolve(repository, f'{commit}^{{commit}}',
                                 f'{commit}^{{tree}}')
    if not (commit_there and tree):
        raise AutodevelopError(f'{commit[:12]} is not a commit',
                               'push a commit to the branch', status=1)
    assert_root_project(repository, tree)
    request = Request(repository, 'deploy', tree, commit)
    what = f'commit {commit[:12]}'
    with _ended_with_its_processes(), time_limit(
            settings.check_limit, f'the check of {what}'):
        verdict = check(request)
    if any(row.outcome == 'passed' for row in verdict.rows) or verdict.failed:
        sys.stderr.write(result_table(verdict.rows))
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
        if left := kill_marked(f'{MARK}={token}'):
            say(f'killed {left} processes that sessions had left running')
