"""Git: a repository, its indexes, its objects."""
import os
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.system.cache import folder_for
from autodevelop.system.files import existing_cwd
from autodevelop.system.owners import foreign_owner
from autodevelop.system.process import Completed, run

HOOK_VARIABLES = ('GIT_QUARANTINE_PATH', 'GIT_EDITOR', 'GIT_REFLOG_ACTION',
                  'GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_AUTHOR_DATE',
                  'GIT_LITERAL_PATHSPECS', 'GIT_GLOB_PATHSPECS',
                  'GIT_NOGLOB_PATHSPECS', 'GIT_ICASE_PATHSPECS')
"""What git sets for its hooks beyond ``git rev-parse --local-env-vars``: a
session would get the wrong repository, quarantine or author. See git(1)."""

CONFIGURATION = ('GIT_CONFIG_PARAMETERS', 'GIT_CONFIG_COUNT')
"""``git -c`` and its like: see ENVIRONMENT in git-config(1)."""


class Repository(NamedTuple):
    """A work tree with its git directory, or a bare repository.

    git_dir: the work tree's own; that of a linked one is below ``common``.
    local: the names of git's variables that belong to one repository.
    hash_name: that of its object ids: sha1 or sha256.
    objects: where git writes new objects; None for its own folder.
    """

    common: Path
    git_dir: Path
    work_tree: Path | None
    local: tuple[str, ...]
    hash_name: str = 'sha1'
    objects: Path | None = None

    @property
    def home(self) -> Path:
        """What belongs to it and cannot be recreated: deliveries."""
        return self.common / 'autodevelop'

    @property
    def cache(self) -> Path:
        """Where its rooms and its ledger live, shared by all work trees.

        Outside of it, so that no tool that walks through the repository meets
        them; by its real path, so that a copy gets its own.
        """
        return folder_for(self.common)


def find_repository() -> Repository:
    """Find the repository of the current folder, or of the hook that runs.

    git is asked once for each folder: no command moves a repository.
    """
    return _find_repository(existing_cwd(), tuple(
        item for item in os.environ.items() if item[0].startswith('GIT_')))


@cache
def _find_repository(_folder: Path, _variables: tuple[tuple[str, str], ...],
                     ) -> Repository:
    try:
        done = run(['git', 'rev-parse', '--path-format=absolute',
                    '--git-common-dir', '--git-dir', '--show-object-format',
                    '--local-env-vars', '--show-toplevel'], {'LC_ALL': 'C'})
    except FileNotFoundError:
        raise AutodevelopError(
            'git is not on PATH',
            'install it: https://git-scm.com/downloads') from None
    lines = os.fsdecode(done.output).split('\n')
    if len(lines) < 4:
        raise _not_found(done.messages)
    common, git_dir, hash_name, *rest = lines
    names = [name for name in rest if name.startswith('GIT_')]
    work_tree = None if done.status else Path(rest[len(names)])
    return Repository(
        Path(common), Path(git_dir), work_tree,
        # What the environment configures holds for every repository.
        tuple(each for each in names if each not in CONFIGURATION), hash_name)


def _not_found(messages: bytes) -> AutodevelopError:
    """Pass on why git finds no repository, with git's own advice.

    In a repository that is there, but belongs to another user or is damaged,
    ``git init`` would be wrong: see safe.directory in git-config(1).
    """
    why = reason(messages)
    if '(or any' in why:  # Git looked in each parent folder, too.
        return AutodevelopError(f'not in a git repository: {why}',
                                'run: git init')
    lines = messages.decode(errors='backslashreplace').splitlines()
    advice = [line.strip() for line in lines if 'safe.directory ' in line]
    return AutodevelopError(why.removeprefix('fatal: '), (
        advice[-1] if advice else 'fix what git reports, and retry'))


def hook_variables_unset(repository: Repository | None = None,
                         ) -> dict[str, str | None]:
    """Unset what git sets for its hooks, for a program that is not one.

    Without a repository, git is asked for the names.
    """
    local = repository.local if repository else os.fsdecode(
        run(['git', 'rev-parse', '--local-env-vars'], {}).output).split()
    return dict.fromkeys((*local, *HOOK_VARIABLES))


def config_get(key: str) -> str:
    """A value of git's configuration; empty if it is not set."""
    done = run(['git', 'config', '--get', key], {})
    return os.fsdecode(done.output).rstrip('\n')


def git_unchecked(repository: Repository, *arguments: str, input: bytes = b'',
                  index: Path | None = None) -> Completed:
    """Run git on this repository, whatever the current folder is.

    index: the index file to use, instead of the work tree's own.
    """
    variables = hook_variables_unset(repository) | {
        'GIT_DIR': str(repository.git_dir), 'LC_ALL': 'C',
        # A push sends the objects themselves, not what replaces them here.
        'GIT_NO_REPLACE_OBJECTS': '1'}
    if repository.work_tree:
        variables['GIT_WORK_TREE'] = str(repository.work_tree)
    if repository.objects:
        variables['GIT_OBJECT_DIRECTORY'] = str(repository.objects)
    if index:
        variables['GIT_INDEX_FILE'] = str(index)
    return run(['git', '-c', 'core.fsmonitor=false', *arguments], variables,
               repository.work_tree or repository.git_dir, input)


def git(repository: Repository, *arguments: str, input: bytes = b'',
        index: Path | None = None) -> bytes:
    """Run git and return what it prints.

    Raises AutodevelopError with git's own message when it fails.
    """
    done = git_unchecked(repository, *arguments, input=input, index=index)
    if done.status:
        named = [each for each in arguments if re.match('[a-z-]+$', each)
                 and not each.startswith('-')]
        raise _failed(repository, f'git {named[0]} failed', done.messages)
    return done.output


def _failed(repository: Repository, what: str,
            messages: bytes) -> AutodevelopError:
    if b'permission' in messages.lower():
        if foreign := foreign_owner(repository.common):
            return AutodevelopError(f'{what}: {foreign[0]}', foreign[1])
    return AutodevelopError(f'{what}: {reason(messages)}',
                            'fix what git reports, and retry')


def git_line(repository: Repository, *arguments: str,
             index: Path | None = None) -> str:
    """Run git and return the one line that it prints."""
    return os.fsdecode(git(repository, *arguments, index=index)).rstrip('\n')


def split_names(output: bytes) -> list[str]:
    """The names that git prints with ``-z``."""
    return os.fsdecode(output).split('\0')[:-1]


def is_ancestor(repository: Repository, commit: str, descendant: str) -> bool:
    """Whether a commit is another one, or in its history."""
    return not git_unchecked(repository, 'merge-base', '--is-ancestor',
                             commit, descendant).status


def resolve(repository: Repository, *names: str) -> list[str | None]:
    """The object ids of these names; None for those that do not exist."""
    given = ''.join(f'{name}\n' for name in names)
    lines = git(repository, 'cat-file', '--batch-check=%(objectname)',
                input=os.fsencode(given)).decode(errors='replace')
    return [None if line.endswith((' missing', ' ambiguous')) else line
            for line in lines.splitlines()]


def empty_tree(repository: Repository) -> str:
    """The empty tree, which a first commit is compared with."""
    return git_line(repository, 'hash-object', '-w', '-t', 'tree', os.devnull)


def reason(messages: bytes) -> str:
    """The line of git's messages with the reason: ``fatal:``, or the last."""
    lines = messages.decode(errors='backslashreplace').strip().splitlines()
    fatal = [line for line in lines if line.startswith('fatal: ')]
    return (fatal or lines or ['no message'])[-1].strip()
