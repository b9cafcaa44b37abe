"""The names of the files of a commit, for the sessions that ask for them."""
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from autodevelop.checks.sessions import Chunks
from autodevelop.git_hooks.changes import REGULAR, Change, changes
from autodevelop.matrix.patterns import select
from autodevelop.matrix.projects import folders_of
from autodevelop.system.git import Repository

MAX_NAMES = 24_000 if sys.platform == 'win32' else 100_000
"""Bytes of file names in one run. A command line has at most 32,767 characters
on Windows; an argument has at most 131,072 bytes on Linux:
https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw
https://man7.org/linux/man-pages/man2/execve.2.html"""


class Changed(NamedTuple):
    """What a commit changes; a merge, what differs from both sides.

    folders: also those above; in a merge, two files may differ, each from one
        side.
    """

    files: list[Change]
    folders: set[str]

    def within(self, project: str) -> list[Change]:
        """The changes of files of a project, from its folder."""
        prefix = f'{project}/' if project else ''
        return [each._replace(path=each.path.removeprefix(prefix))
                for each in self.files if each.path.startswith(prefix)]


def changes_of_commit(repository: Repository, before: str,
                      theirs: str | None, tree: str) -> Changed:
    """What differs between trees: from one, or from both sides of a merge."""
    files = list(changes(repository, before, tree))
    folders = folders_of(each.path for each in files)
    if theirs:
        differing = {each.path for each in changes(repository, theirs, tree)}
        files = [each for each in files if each.path in differing]
        folders &= folders_of(differing)
    return Changed(files, folders)


def arguments_of(files: Mapping[str, Sequence[str]],
                 changed: Sequence[Change]) -> dict[str, Chunks]:
    """The file names that each session gets; none if none is its own.

    files: the patterns of each session.

    When a file is gone, others may still need it: then a session that has it
    in its patterns runs without names, which is on everything.
    """
    if not files:
        return {}
    there = [each.path for each in changed if each.mode in REGULAR]
    gone = [each.path for each in changed
            if each.old_mode in REGULAR and each.mode not in REGULAR]
    arguments: dict[str, Chunks] = {}
    for session, patterns in files.items():
        if any(select(patterns, gone)):
            arguments[session] = ((),)
        else:
            arguments[session] = tuple(chunked(select(patterns, there)))
    return arguments


def chunked(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Split names into chunks that fit on a command line.

    A name with a leading dash would look like an option.
    """
    chunk, size = list[str](), 0
    for name in names:
        safe = f'./{name}' if name.startswith('-') else name
        size += len(os.fsencode(safe)) + 3
        if chunk and size > MAX_NAMES:
            yield tuple(chunk)
            chunk, size = [], len(os.fsencode(safe)) + 3
        chunk.append(safe)
    if chunk:
        yield tuple(chunk)
