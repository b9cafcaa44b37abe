"""The one branch that is deployed, and whether a commit is on it."""
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.settings import read_settings
from autodevelop.system.git import (
    Repository, config_get, git_line, is_ancestor, resolve,
)


def main_branch(repository: Repository) -> str:
    """The full name of the branch that is deployed.

    It is never read from what is pushed: any branch could claim to be it.
    ``git config autodevelop.branch`` sets it. The default is HEAD in a bare
    repository, and the branch in [tool.autodevelop] in a work tree.
    """
    name = config_get('autodevelop.branch')
    if not name and not repository.work_tree:
        return git_line(repository, 'symbolic-ref', 'HEAD')
    if not name and repository.work_tree:
        name = read_settings(repository.work_tree).branch
    return f'refs/heads/{name}'


def commit_of_branch(repository: Repository, revision: str) -> str:
    """The commit of a revision on the branch that is deployed."""
    branch = main_branch(repository)
    commit, tip = resolve(repository, f'{revision}^{{commit}}',
                          f'{branch}^{{commit}}')
    if not tip:
        raise AutodevelopError(f'{branch} has no commit yet', 'push to it')
    if not commit:
        raise AutodevelopError(f'there is no commit {revision!r}',
                               'find it with: git log')
    if not is_ancestor(repository, commit, tip):
        raise AutodevelopError(
            f'{revision} is not on {branch}, the only deployed branch',
            f'merge it into {branch} first', status=1)
    return commit
