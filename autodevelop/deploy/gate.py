"""What a commit has to pass before it is deployed, and whether it did."""
from autodevelop.deploy.check_user import check_as, find_check_user
from autodevelop.deploy.interrupts import time_limit
from autodevelop.deploy.signed import is_vouched_for
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.settings import parse_settings
from autodevelop.matrix.tables import Deploy
from autodevelop.system.git import Repository, git_unchecked, resolve


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
            # What passed already does not wait for its imports.
            from autodevelop.deploy.checked import check_here
            check_here(repository, commit, settings)
