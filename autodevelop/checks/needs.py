"""Files that git does not track: those that checks need, and others."""
import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath, PurePosixPath

from autodevelop.checks.room import Room
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import Repository, git, split_names
from autodevelop.system.output import listed, say

USUAL = ('.venv', 'venv', '.nox', '.tox', 'node_modules', '__pycache__',
         'results', '.coverage', 'build', 'dist', 'htmlcov', '.autodevelop')
"""What tools recreate: no check fails without it."""

SHOWN = 5


def needed_files(repository: Repository, patterns: Sequence[str],
                 project: str = '') -> dict[str, bytes]:
    """The files of the work tree that match the setting ``needs``.

    project: the folder that the patterns start from.
    """
    found: dict[str, bytes] = {}
    root = repository.work_tree
    if not root:
        return found
    for pattern in patterns:
        if PurePath(pattern).is_absolute() or '..' in PurePath(pattern).parts:
            raise AutodevelopError(
                f'needs in [tool.autodevelop] names {pattern!r}, which is '
                'outside the work tree',
                'name a file of the work tree in pyproject.toml')
        for path in sorted((root / project).glob(pattern)):
            if path.is_file():
                found[path.relative_to(root).as_posix()] = path.read_bytes()
    return found


def needs_hash(files: Mapping[str, bytes]) -> str:
    """A hash of what the checks need; empty without any."""
    return hashlib.sha256(
        repr(sorted(files.items())).encode()).hexdigest() if files else ''


def copy_needed_files(room: Room, files: Mapping[str, bytes]) -> None:
    """Copy them into a room, and remove those of the last time."""
    record = room.folder / 'needs'
    before = split_names(record.read_bytes()) if record.exists() else []
    if not (before or files):
        return
    # A file of the tree that is checked takes precedence.
    tracked = split_names(git(
        room.repository, '--literal-pathspecs', 'ls-files', '-z', '--',
        *before)) if before else []
    for name in before:
        if name not in tracked and _is_in_folders(room, name):
            (room.tree / name).unlink(missing_ok=True)
    copied = {name: content for name, content in files.items()
              if not os.path.lexists(room.tree / name)
              and _is_in_folders(room, name)}
    record.write_bytes(os.fsencode(''.join(f'{name}\0' for name in copied)))
    for name, content in copied.items():
        path = room.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        assert room.origin.work_tree
        shutil.copymode(room.origin.work_tree / name, path)


def _is_in_folders(room: Room, name: str) -> bool:
    """Whether no file and no symlink is in the way of its folders."""
    above = [room.tree / each for each in PurePosixPath(name).parents[:-1]]
    return not any(os.path.lexists(path) and (
        path.is_symlink() or not path.is_dir()) for path in above)


def say_what_the_room_lacks(room: Room) -> None:
    """Say where sessions ran, and which files of the work tree were absent."""
    if not room.origin.work_tree:
        return
    names = [f'{name} (untracked)' for name in _others(room.origin)]
    names += [f'{name} (ignored)' for name in _others(room.origin, '--ignored')
              if not _is_usual(name)]
    # With an index of its own, as of git commit FILE, what is untracked may
    # be there.
    names = [name for name in names
             if not (room.tree / name.rpartition(' ')[0]).exists()]
    lacks = f', without {listed(names, SHOWN)}' if names else ''
    say(f'the sessions ran in a clean room, {room.project_tree}{lacks}')


def _others(repository: Repository, *options: str) -> list[str]:
    listed = git(repository, 'ls-files', '-z', '--others', '--directory',
                 '--no-empty-directory', '--exclude-standard', *options)
    return [ascii(name)[1:-1] for name in split_names(listed)]


def _is_usual(name: str) -> bool:
    last = Path(name).name
    return last in USUAL or last.endswith(('.pyc', '.egg-info', '_cache'))
