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

from autodevelop.deploy.check_user import (
    check_as, find_check_user, link_contents,
)
from autodevelop.deploy.interrupts import time_limit
from autodevelop.deploy.processes import kill_marked
from autodevelop.deploy.signed import is_vouched_for
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.settings import parse_settings
from autodevelop.matrix.tables import Deploy
from autodevelop.system.git import (
    Repository, find_repository, git_unchecked, resolve,
)
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


def check_release(repository: Repository, target: Target, commit: str,
                  settings: Deploy) -> None:
    """Run the stage deploy on a commit, unless it already passed.

    Raises AutodevelopError, with status 1, when it fails or takes too long,
    and when no cell of it could run here, unless that is allowed.
    """
    tree, = resolve(repository, f'{commit}^{{tree}}')
    if tree and is_vouched_for(repository, commit, tree, 'deploy'):
        return
    with time_limit(settings.check_limit,
                    f'the check of commit {commit[:12]}'):
        if user := find_check_user(target):
            check_as(user, repository, commit)
        else:
            check_here(repository, commit, settings)


def check_here(repository: Repository, commit: str, settings: Deploy) -> None:
    """The same, as the current user and without a limit."""
    # A push that passed already waits for none of these imports.
    from autodevelop.checks.check import check
    from autodevelop.checks.sessions import Request
    from autodevelop.checks.verdict import require_checked, verify
    from autodevelop.matrix.projects import assert_root_project
    from autodevelop.results.tables import result_table
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
        if left := kill_marked(f'{MARK}={token}'):
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
