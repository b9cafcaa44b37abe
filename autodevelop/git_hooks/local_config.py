"""Git's configuration of one clone."""
import os

from autodevelop.system.git import Repository, git, git_unchecked


def get(repository: Repository, key: str) -> str:
    """The value in the clone's own file; empty if it is not set there."""
    done = git_unchecked(repository, 'config', '--local', '--get', key)
    return os.fsdecode(done.output).rstrip('\n')


def put(repository: Repository, key: str, value: str) -> None:
    """Set a value."""
    git(repository, 'config', '--local', '--replace-all', key, value)


def unset(repository: Repository, key: str) -> list[str]:
    """Unset a value; a line on what it was."""
    value = get(repository, key)
    if not value:
        return []
    git(repository, 'config', '--local', '--unset-all', key)
    return [f'unset {key}, which was {value}']
