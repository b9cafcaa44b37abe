"""Git's configuration: values by a pattern, and those of one clone."""
import os

from autodevelop.system.git import Repository, git, git_unchecked, split_names
from autodevelop.system.process import run


def matching(pattern: str) -> dict[str, str]:
    """Values by names; the later ones last.

    pattern: a regular expression of names, which git writes in lower case.
    """
    done = run(['git', 'config', '-z', '--get-regexp', pattern], {})
    values = dict[str, str]()
    for each in split_names(done.output):
        name, _, value = each.partition('\n')
        values.pop(name, None)
        values[name] = value
    return values


def get(repository: Repository, key: str) -> str:
    """The value in the clone's own file; empty if it is not set there."""
    done = git_unchecked(repository, 'config', '--local', '--get', key)
    return os.fsdecode(done.output).rstrip('\n')


def put(repository: Repository, key: str, value: str) -> None:
    """Set a value."""
    git(repository, 'config', '--local', '--replace-all', key, value)


def unset(repository: Repository, key: str) -> list[str]:
    """Unset a value; return a line on what it was."""
    value = get(repository, key)
    if not value:
        return []
    git(repository, 'config', '--local', '--unset-all', key)
    return [f'unset {key}, which was {value}']
