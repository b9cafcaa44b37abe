"""On which branches CI runs."""
import json
import re

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.settings import Settings
from autodevelop.system.git import find_repository, git_unchecked

PRESENT = re.compile(r'^# On the branches: (\[.*\])$', re.MULTILINE)


def find_branches(settings: Settings, present: str) -> tuple[str, ...]:
    """Those of the settings, else the main branch of the repository.

    present: a CI file. What stands there is kept where git does not know the
        main branch: a clone of a CI job has no origin/HEAD.
    """
    if settings.branches:
        return settings.branches
    if head := main_branch():
        return (head,)
    if found := PRESENT.search(present):
        return tuple(json.loads(found[1]))
    local = _git_line('for-each-ref', '--format=%(refname:short)',
                      'refs/heads').split('\n')
    alone = len(local) == 1 and local[0] and not _git_line('remote')
    return (local[0] if alone else settings.branch,)


def main_branch() -> str:
    """That of origin; empty where git does not know it."""
    return _git_line('symbolic-ref', '--short', '--quiet',
                     'refs/remotes/origin/HEAD').removeprefix('origin/')


def _git_line(*arguments: str) -> str:
    """What git prints; empty where it fails, or where no repository is."""
    try:
        done = git_unchecked(find_repository(), *arguments)
    except AutodevelopError:
        return ''
    return '' if done.status else done.output.decode(errors='replace').strip()
