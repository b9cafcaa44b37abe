"""The command that commits again, after a message was refused.

A hook does not get the options of ``git commit``. The index that git names
shows what it commits, and its command line whether it amends; where that
cannot be read, the date of the author does, which an amended commit keeps.
"""
import os
import re
import shlex
import shutil
import tempfile
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.system.files import write_file
from autodevelop.system.git import (
    Repository, empty_tree, git, git_unchecked, resolve, split_names,
)

MAX_PARENTS = 8
"""How far up git is searched for: another hook's script may run this one."""


def commit_again(repository: Repository, message: Path) -> str:
    """The command, for a shell; it opens the message in the editor."""
    selection, paths = _selection(repository)
    words = ['git', 'commit', *(['--amend'] if _amends(repository) else []),
             *selection, '--edit', f'--file={message.as_posix()}',
             *(['--'] if paths else []), *map(_pathspec, paths)]
    return ' && '.join([shlex.join(words), *_continued(repository)])


def keep(path: Path, repository: Repository, message: str) -> Path:
    """Keep the message: git overwrites its own file at the next commit.

    If it cannot be written, return git's own file, which is still there.
    """
    kept = repository.git_dir / 'autodevelop' / 'refused-message'
    content = f'{message}\n'.encode(errors='surrogateescape')
    try:
        write_file(kept, content, 0o600)
    except AutodevelopError:
        return path.absolute()
    return kept


def _selection(repository: Repository) -> tuple[list[str], list[str]]:
    """Options and paths that select again what is committed.

    The name of the index tells ``git commit PATH``, and ``git commit --all``,
    ``--include PATH`` and ``--patch`` from one that commits what is staged.
    """
    index = Path(os.environ.get('GIT_INDEX_FILE', ''))
    if index.name.startswith('next-index-'):
        head, = resolve(repository, 'HEAD')
        return [], split_names(git(
            repository, 'diff-index', '--cached', '--name-only', '-z',
            head or empty_tree(repository), index=index))
    if index.name != 'index.lock':
        return [], []
    with tempfile.TemporaryDirectory() as folder:
        # Not the file itself, which git diff would refresh.
        held = shutil.copy(index, folder)
        left = set(split_names(git(repository, 'diff', '--name-only', '-z',
                                   index=Path(held))))
        entries = _entries(repository, Path(held))
    taken = sorted({path for path, _ in entries ^ _entries(repository, None)})
    if not left:
        return ['--all'], []
    return (['--patch'], []) if left & {*taken} else (['--include'], taken)


def _entries(repository: Repository,
             index: Path | None) -> set[tuple[str, str]]:
    listed = git(repository, 'ls-files', '--stage', '-z', index=index)
    return {(path, meta) for meta, _, path in (
        line.partition('\t') for line in split_names(listed))}


def _pathspec(path: str) -> str:
    """A path that means itself, from the folder in which git was started."""
    magic = [*(['top'] if os.environ.get('GIT_PREFIX') else []),
             *(['literal'] if re.search(r'^:|[*?[\\]', path) else [])]
    return f':({",".join(magic)}){path}' if magic else path


def _amends(repository: Repository) -> bool:
    if words := _command_line():  # only on linux
        # Git takes an abbreviation that is unique.
        return any(re.fullmatch('--am(e|en|end)?', word) for word in words)
    author = [os.environ.get(f'GIT_AUTHOR_{each}')
              for each in ('NAME', 'EMAIL', 'DATE')]
    done = git_unchecked(repository, 'log', '-1', '--date=raw',
                         '--format=%an%n%ae%n@%ad', 'HEAD')
    return done.output.decode(errors='replace').splitlines() == author


def _command_line() -> list[str]:
    """The words of the ``git commit`` that runs this hook, on Linux."""
    pid = os.getppid()
    for _ in range(MAX_PARENTS):
        folder = Path('/proc', str(pid))
        try:
            words = os.fsdecode((folder / 'cmdline').read_bytes()).split('\0')
            status = (folder / 'stat').read_text()  # only on linux
        except OSError:
            break
        if 'commit' in words and (  # only on linux
                Path(words[0]).name == 'git'):
            return words
        # The name of the program, in parentheses, may have some itself.
        pid = int(status.rpartition(')')[2].split()[1])  # only on linux
    return []


def _continued(repository: Repository) -> list[str]:
    """The command that goes on with what made git commit."""
    if os.environ.get('GIT_REFLOG_ACTION', '').startswith('rebase'):
        return ['git rebase --continue']
    todo = repository.git_dir / 'sequencer/todo'
    if not todo.exists():
        return []
    reverts = todo.read_text('utf-8', errors='replace').startswith('revert')
    return [f'git {"revert" if reverts else "cherry-pick"} --continue']
