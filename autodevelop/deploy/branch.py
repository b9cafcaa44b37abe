"""The one branch that goes live, and whether a commit is on it."""
from autodevelop.errors import AutodevelopError
from autodevelop.git import Repository, ask, configured, resolve, try_git
from autodevelop.settings import read_settings


def main_branch(repository: Repository) -> str:
    """The full name of the branch that goes live.

    It is never read from what is pushed: any branch could say that it is the
    one. ``git config autodevelop.branch`` names it; without that, it is the
    branch that a bare repository has as its HEAD, and the one of
    [tool.autodevelop] in a work tree.
    """
    name = configured('autodevelop.branch')
    if not name and not repository.work_tree:
        return ask(repository, 'symbolic-ref', 'HEAD')
    if not name and repository.work_tree:
        name = read_settings(repository.work_tree).branch
    return f'refs/heads/{name}'


def commit_of_branch(repository: Repository, revision: str) -> str:
    """The commit that somebody names, if it is on the branch that goes live.

    Raises AutodevelopError if it is not, or there is none.
    """
    branch = main_branch(repository)
    commit, tip = resolve(repository, f'{revision}^{{commit}}',
                          f'{branch}^{{commit}}')
    if not commit:
        raise AutodevelopError(f'there is no commit {revision!r} here',
                               'name one that git log shows')
    if not tip or try_git(repository, 'merge-base', '--is-ancestor', commit,
                          tip).status:
        raise AutodevelopError(
            f'{revision} is not on {branch}, and only that goes live',
            f'bring it to {branch} first', status=1)
    return commit
