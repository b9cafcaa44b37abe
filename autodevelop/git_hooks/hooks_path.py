"""The hooks that a clone has: where git looks, and whose they are."""
import os
from pathlib import Path
from typing import NamedTuple

from autodevelop.git_hooks.script import (
    NAMES, RECEIVING, foreign_hooks, is_ours,
)
from autodevelop.git_hooks.shared import FOLDERS
from autodevelop.system.git import Repository, git_line, git_unchecked

PATH = 'core.hooksPath'


class HooksPath(NamedTuple):
    """Where git looks for hooks.

    own: the folder in the git directory.
    scope, value: where core.hooksPath is set, and to what; empty if it is not.
    active: the folder in which git looks.
    shared: whether that is the folder of the project's scripts.
    """

    own: Path
    scope: str
    value: str
    active: Path
    shared: bool

    @property
    def elsewhere(self) -> bool:
        """Whether git looks in another folder than its own."""
        return self.active.resolve() != self.own.resolve()

    @property
    def stale(self) -> bool:
        """Whether install set this in a folder that was moved since."""
        return (self.scope == 'local' and self.active.is_absolute()
                and self.value == self.active.as_posix()
                and not self.active.exists())

    def others(self) -> list[str]:
        """The hooks of other people that git runs."""
        return _others(self.active)

    def in_the_way(self) -> list[str]:
        """Files in git's own folder with the names of our scripts.

        Also those that git does not run, since they are not executable.
        """
        return [name for name in NAMES if os.path.lexists(self.own / name)
                and not is_ours(self.own / name)]

    def in_own(self) -> list[str]:
        """The hooks of other people in git's own folder."""
        return sorted({*_others(self.own), *self.in_the_way()})


def find_hooks(repository: Repository) -> HooksPath:
    """Find out where git looks for the hooks of this repository."""
    scope, value = effective_hooks_path(repository)
    root = repository.work_tree or repository.git_dir
    own = active = repository.common / 'hooks'
    if value:
        active = root / git_line(
            repository, 'config', '--type=path', '--get', PATH)
    shared = any(active.resolve() == (root / name).resolve()
                 for name in FOLDERS) and active.resolve() != own.resolve()
    return HooksPath(own, scope, value, active, shared)


def effective_hooks_path(repository: Repository) -> tuple[str, str]:
    """The scope and value of core.hooksPath; empty when it is not set."""
    done = git_unchecked(repository, 'config', '--show-scope', '--get', PATH)
    scope, _, value = os.fsdecode(done.output).rstrip('\n').partition('\t')
    return scope, value


def shown(path: Path, repository: Repository) -> str:
    """A path as people read it: from the top of the work tree."""
    tree = repository.work_tree
    if tree and path.is_relative_to(tree):
        path = path.relative_to(tree)
    return path.as_posix()


def _others(folder: Path) -> list[str]:
    return [name for name in foreign_hooks(folder) if name not in RECEIVING]
