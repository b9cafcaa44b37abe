"""Git in git's words: a repository, its indexes, its objects."""
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.process import Completed, run

SCRUBBED = ('GIT_QUARANTINE_PATH', 'GIT_EDITOR', 'GIT_REFLOG_ACTION',
            'GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_AUTHOR_DATE',
            'GIT_LITERAL_PATHSPECS', 'GIT_GLOB_PATHSPECS',
            'GIT_NOGLOB_PATHSPECS', 'GIT_ICASE_PATHSPECS')
"""What git tells its hooks beyond ``git rev-parse --local-env-vars``.

A session that runs git with them would work on another repository than it
thinks, in a push's quarantine, or as another author.
"""

NO_FILE = '0' * 6
"""The mode of a path that one of two trees does not have."""

REGULAR = ('100644', '100755')
"""The modes of files; symlinks and submodules have others."""


class Repository(NamedTuple):
    """A work tree with its git directory, or a bare repository.

    git_dir: the work tree's own; that of a linked one is below ``common``.
    local: the variables that git's own programs must not inherit.
    """

    common: Path
    git_dir: Path
    work_tree: Path | None
    local: tuple[str, ...]

    @property
    def home(self) -> Path:
        """Where rooms and the ledger live: shared by all work trees."""
        return self.common / 'autodevelop'


class Change(NamedTuple):
    """A path that differs between two trees; all-zero modes for no file."""

    old_mode: str
    mode: str
    old_oid: str
    oid: str
    path: str


def find_repository() -> Repository:
    """Find the repository of the current folder, or of the hook that runs.

    Raises AutodevelopError where there is none.
    """
    done = run(['git', 'rev-parse', '--path-format=absolute',
                '--git-common-dir', '--git-dir', '--local-env-vars',
                '--show-toplevel'], {})
    common, git_dir, *rest = [*os.fsdecode(done.output).split('\n'), '', '']
    if not git_dir:
        raise AutodevelopError(
            'this folder is in no git repository: '
            f'{reason(done.messages)}', 'run: git init')
    local = tuple(name for name in rest if name.startswith('GIT_'))
    work_tree = None if done.status else Path(rest[len(local)])
    return Repository(Path(common), Path(git_dir), work_tree, local)


def scrubbed(repository: Repository) -> dict[str, str | None]:
    """What to unset for a program that knows nothing of this hook."""
    return dict.fromkeys((*repository.local, *SCRUBBED))


def git_variables() -> dict[str, str | None]:
    """What to unset for a program that outlives the hook that starts it."""
    listed = run(['git', 'rev-parse', '--local-env-vars'], {}).output
    return dict.fromkeys((*os.fsdecode(listed).split(), *SCRUBBED))


def configured(key: str) -> str:
    """A value of git's configuration; empty without one."""
    done = run(['git', 'config', '--get', key], {})
    return os.fsdecode(done.output).rstrip('\n')


def try_git(repository: Repository, *arguments: str, given: bytes = b'',
            index: Path | None = None) -> Completed:
    """Run git on this repository, whatever the current folder is.

    index: the index file to work on, instead of the work tree's own.
    """
    environment = scrubbed(repository) | {
        'GIT_DIR': str(repository.git_dir), 'LC_ALL': 'C',
        # A push sends the objects themselves, not what replaces them here.
        'GIT_NO_REPLACE_OBJECTS': '1'}
    if repository.work_tree:
        environment['GIT_WORK_TREE'] = str(repository.work_tree)
    if index:
        environment['GIT_INDEX_FILE'] = str(index)
    return run(['git', '-c', 'core.fsmonitor=false', *arguments], environment,
               repository.work_tree or repository.git_dir, given)


def git(repository: Repository, *arguments: str, given: bytes = b'',
        index: Path | None = None) -> bytes:
    """Run git and return what it prints.

    Raises AutodevelopError with git's own message when it fails.
    """
    done = try_git(repository, *arguments, given=given, index=index)
    if done.status:
        named = [each for each in arguments if re.match('[a-z-]+$', each)
                 and not each.startswith('-')]
        raise AutodevelopError(
            f'git {named[0]} failed: {reason(done.messages)}',
            'mend what git names, then try again')
    return done.output


def ask(repository: Repository, *arguments: str,
        index: Path | None = None) -> str:
    """Run git for an answer of one line."""
    return os.fsdecode(git(repository, *arguments, index=index)).rstrip('\n')


def resolve(repository: Repository, *names: str) -> list[str | None]:
    """The object ids of these names; None for what does not exist."""
    given = ''.join(f'{name}\n' for name in names)
    lines = git(repository, 'cat-file', '--batch-check=%(objectname)',
                given=os.fsencode(given)).decode(errors='replace')
    return [None if line.endswith((' missing', ' ambiguous')) else line
            for line in lines.splitlines()]


def changes(repository: Repository, old: str, new: str) -> Iterator[Change]:
    """Yield what differs between two trees, renames not looked for."""
    output = git(repository, 'diff-tree', '-r', '-z', '--raw', '--no-renames',
                 '--end-of-options', old, new)
    fields = os.fsdecode(output).split('\0')
    for meta, path in zip(fields[::2], fields[1::2]):
        old_mode, mode, old_oid, oid, _ = meta[1:].split(' ')
        yield Change(old_mode, mode, old_oid, oid, path)


def empty_tree(repository: Repository) -> str:
    """The tree of no files, by which a first commit is compared."""
    return ask(repository, 'hash-object', '-w', '-t', 'tree', os.devnull)


def update_index(repository: Repository, index: Path,
                 entries: Sequence[Change]) -> None:
    """Write these modes and blobs into an index file."""
    given = b''.join(os.fsencode(f'{each.mode} {each.oid}\t{each.path}\0')
                     for each in entries)
    git(repository, 'update-index', '-z', '--index-info', given=given,
        index=index)


def reason(messages: bytes) -> str:
    """The line with the reason, in what git said: ``fatal``, or the last."""
    lines = messages.decode(errors='backslashreplace').strip().splitlines()
    fatal = [line for line in lines if line.startswith('fatal: ')]
    return (fatal or lines or ['it says nothing'])[-1].strip()
