"""The git repository of a room: its own, with borrowed objects.

What a session does with git there (``git config``, ``git tag``, ``git
commit``) does not reach the user's repository. Objects are read by way of
alternates, the configuration by an include, and refs are copied:
https://git-scm.com/docs/gitrepository-layout
"""
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.system.files import remove_folder, write_file
from autodevelop.system.git import (
    Repository, git, git_unchecked, hook_variables_unset, reason,
)
from autodevelop.system.output import say
from autodevelop.system.process import run

COPIED = ('info/attributes', 'info/exclude', 'shallow')
"""Files of the common git directory that change what git does."""

PARTIAL = re.compile(rb'^\s*partialclone\s*=\s*(\S+)', re.I | re.M)
SPARSE = re.compile(rb'^\s*sparsecheckout.*', re.I | re.M)
CURRENT = re.compile(r'ref: refs/heads/(.+)')


def is_intact(repository: Repository, folder: Path) -> bool:
    """Whether a room has a repository that borrows from this one."""
    own = folder / 'tree/.git'
    return ((folder / 'config').is_file() and (own / 'HEAD').is_file()
            and _read(own / 'objects/info/alternates') == _objects(repository)
            # Git does not add or remove files when this changes.
            and _read(folder / 'sparse') == _sparse(repository))


def create(repository: Repository, folder: Path) -> None:
    """Create the room's repository, without any file of the tree."""
    tree = folder / 'tree'
    remove_folder(tree)
    done = run(['git', 'init', '--quiet', '--template=',
                f'--object-format={repository.hash_name}', str(tree)],
               hook_variables_unset(repository) |
               {'GIT_DEFAULT_REF_FORMAT': 'files'}, folder)
    if done.status:
        raise AutodevelopError(
            f'cannot create a room: {reason(done.messages)}',
            f'check that the disk has space and {folder} is writable')
    own = tree / '.git'
    _update(own / 'objects/info/alternates', _objects(repository))
    _link_git_crypt(repository, own)
    _update(folder / 'sparse', _sparse(repository))
    # Written last: it says that the rest is there.
    write_file(folder / 'config', (own / 'config').read_bytes())


def synchronize(repository: Repository, folder: Path,
                commit: str | None) -> str:
    """Make the configuration, refs and HEAD those of the user's repository.

    Returns the branch of HEAD; empty for none.
    """
    own = folder / 'tree/.git'
    for lock in ('index', 'HEAD', 'packed-refs', 'config'):
        # We hold the room's lock, so these are of a killed process.
        (own / f'{lock}.lock').unlink(missing_ok=True)
    _update(own / 'config', _config(repository, folder))
    for name in COPIED:
        _update(own / name, _read(repository.common / name))
    _update(own / 'info/sparse-checkout',
            _read(repository.git_dir / 'info/sparse-checkout'))
    refs = git(repository, 'for-each-ref', '--format=%(objectname) %(refname)',
               'refs/heads', 'refs/tags', 'refs/remotes')
    for path in (own / 'refs').rglob('*'):
        if path.is_file():  # A session wrote it; it would come first.
            path.unlink()
    _update(own / 'packed-refs', b'# pack-refs with: sorted \n' + refs)
    branch = _branch(repository, commit, os.fsdecode(refs))
    _update(own / 'HEAD', os.fsencode(
        f'ref: refs/heads/{branch}\n' if branch else f'{commit}\n'))
    return branch


def _branch(repository: Repository, commit: str | None, refs: str) -> str:
    """The branch of this commit, the current one before others."""
    text = os.fsdecode((repository.git_dir / 'HEAD').read_bytes())
    if '/.invalid' in text:  # A placeholder; refs are in a reftable.
        text = 'ref: ' + os.fsdecode(git_unchecked(
            repository, 'symbolic-ref', '--quiet', 'HEAD').output)
    found = CURRENT.match(text)
    current = found[1] if found else ''
    if not commit:
        return current or 'main'
    prefix = f'{commit} refs/heads/'
    names = [line.removeprefix(prefix) for line in refs.split('\n')
             if line.startswith(prefix)]
    return current if current in names else ''.join(names[:1])


def _config(repository: Repository, folder: Path) -> bytes:
    """What git init wrote, the user's configuration, and what is ours.

    core.hooksPath leads nowhere: the hooks are those of the user's commits.
    """
    partial = PARTIAL.search(_read(repository.common / 'config') or b'')
    return b''.join([
        os.fsencode('[lfs]\n\tstorage = ' + _quoted(repository.common / 'lfs')
                    + '[include]\n\tpath = '
                    + _quoted(repository.common / 'config') + '\tpath = '
                    + _quoted(repository.git_dir / 'config.worktree')),
        (folder / 'config').read_bytes(),
        os.fsencode('[core]\n\tfsmonitor = false\n\tlogAllRefUpdates = false\n'
                    # The path of a room may be longer than the user's.
                    '\tlongPaths = true\n'
                    '\thooksPath = ' + _quoted(folder / 'no-hooks')
                    + '[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n'),
        b'[core]\n\trepositoryFormatVersion = 1\n[extensions]\n'
        b'\tpartialClone = ' + partial[1] + b'\n' if partial else b''])


def _quoted(path: Path) -> str:
    text = path.as_posix().replace('\\', '\\\\').replace('"', '\\"')
    return f'"{text}"\n'


def _objects(repository: Repository) -> bytes:
    return os.fsencode(f'{(repository.common / "objects").as_posix()}\n')


def _sparse(repository: Repository) -> bytes | None:
    """What decides which files a sparse checkout has; None without one."""
    patterns = _read(repository.git_dir / 'info/sparse-checkout')
    settings = [SPARSE.findall(_read(path) or b'') for path in (
        repository.common / 'config', repository.git_dir / 'config.worktree')]
    return None if patterns is None else b'%s%r' % (patterns, settings)


def _link_git_crypt(repository: Repository, own: Path) -> None:
    """Let git-crypt find its keys, which are in the git directory."""
    keys = repository.common / 'git-crypt'
    if keys.is_dir():
        try:
            (own / 'git-crypt').symlink_to(keys, target_is_directory=True)
        except OSError as error:
            say('git-crypt cannot find its keys in the room: '
                f'{error.strerror}')


def _read(path: Path) -> bytes | None:
    with suppress(FileNotFoundError, NotADirectoryError):
        return path.read_bytes()
    return None


def _update(path: Path, content: bytes | None) -> None:
    """Write a file unless it has this content; None removes it."""
    if content is None:
        path.unlink(missing_ok=True)
    elif _read(path) != content:
        write_file(path, content)


def remove_old_rooms(repository: Repository, stage: str) -> None:
    """Remove a room that an older autodevelop kept below .git."""
    folder = repository.home / stage
    if (folder / 'tree').is_dir():
        with suppress(AutodevelopError):  # It may be no work tree any more.
            git(repository, 'worktree', 'remove', '--force', '--force',
                str(folder / 'tree'))
        shutil.rmtree(folder, ignore_errors=True)
        (repository.home / 'ledger.sqlite').unlink(missing_ok=True)
