"""Whether results are of the tree that is here.

A cell that `autodevelop run` ran says on which tree. For others the files
tell: results that are older than one of them are of another tree.
"""
import os
from pathlib import Path
from typing import NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.system.git import (
    Repository, find_repository, git, resolve, split_names,
)


class Tree(NamedTuple):
    """The work tree, as results are compared with it.

    commit, tree: of HEAD; empty if there is none.
    clean: whether the tracked files are those of HEAD.
    changed: when a file last changed, in nanoseconds, and which.
    branch: empty where no branch is checked out.
    """

    commit: str = ''
    tree: str = ''
    clean: bool = False
    changed: tuple[int, str] = (0, '')
    subject: str = ''
    branch: str = ''

    @property
    def recorded(self) -> str:
        """What a run on it records; empty for files that no commit has."""
        return self.tree if self.clean else ''

    def stale(self, recorded: str, report: Path, everywhere: bool) -> str:
        """Why results are of another tree; empty if they are of this one.

        recorded: the tree that they were recorded with, if any.
        report: the file that was written when they ended.
        everywhere: in a job of CI that gathers them. What it installed may
            have changed files, and its checkout is newer than they are.
        """
        if recorded and self.tree and (not self.clean and not everywhere
                                       or recorded != self.tree):
            return f'of another tree, {recorded[:12]}'
        if recorded or everywhere:
            return ''
        when, name = self.changed
        return f'{name} changed since' if (
            when > report.stat().st_mtime_ns) else ''


def read_tree() -> Tree:
    """Describe the work tree of the current folder.

    Without a repository, the noxfile alone tells whether results are old.
    """
    try:
        repository = find_repository()
    except AutodevelopError:
        return Tree(changed=last_change(['noxfile.py']))
    commit, tree = resolve(repository, 'HEAD', 'HEAD^{tree}')
    here = Tree(changed=last_change(_files(repository)))
    if not (commit and tree):
        return here
    subject, branch = git(
        repository, 'log', '-1', '--format=%s%n%D', commit).decode(
            errors='replace').splitlines()[:2]
    head = branch.partition(', ')[0].partition('HEAD -> ')[2]
    status = git(repository, 'status', '--porcelain', '-uno')
    return here._replace(commit=commit, tree=tree, clean=not status.strip(),
                         subject=subject, branch=head)


def _files(repository: Repository) -> list[str]:
    listed = git(repository, 'ls-files', '-z', '--cached', '--others',
                 '--exclude-standard', '--full-name')
    root = str(repository.work_tree or '')
    return [os.path.join(root, name) for name in split_names(listed)]


def last_change(names: list[str]) -> tuple[int, str]:
    """When one of these files last changed, in nanoseconds, and which."""
    found = (0, '')
    for name in names:
        try:
            status = os.lstat(name)
        except OSError:
            continue
        if status.st_mtime_ns > found[0]:
            found = (status.st_mtime_ns, name)
    return found[0], os.path.relpath(found[1]) if found[1] else ''
