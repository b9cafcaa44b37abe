"""autodevelop rooms: list the rooms in the cache folder, or remove some."""
import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from autodevelop.results.tables import columns
from autodevelop.system.cache import cache_folder
from autodevelop.system.locks import locked_by

EXAMPLE = 'autodevelop rooms --prune'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--prune', action='store_true',
                        help='remove the rooms of repositories that are gone')


def run(options: argparse.Namespace) -> int:
    rows = []
    for folder, repository in _folders():
        gone = not repository.is_dir()
        rows.append((f'{_size(folder) / 1e6:,.1f} MB', str(folder),
                     f'{repository} is gone' if gone else str(repository)))
        if gone and options.prune and (used := _user_of(folder)):
            rows[-1] = (*rows[-1][:2], f'in use: {used}')
        elif gone and options.prune:
            shutil.rmtree(folder, ignore_errors=True)
            how = ('cannot be removed' if folder.exists() else
                   f'removed: {repository} is gone')
            rows[-1] = (*rows[-1][:2], how)
    sys.stdout.write(f'{columns(rows)}\n' if rows else
                     f'there are no rooms in {cache_folder()}\n')
    return 0


def _folders() -> Iterator[tuple[Path, Path]]:
    """The folders of rooms, and the git directories that they are for."""
    for record in sorted(cache_folder().glob('*/repository')):
        text = os.fsdecode(record.read_bytes()).removesuffix('\n')
        yield record.parent, Path(text)


def _user_of(folder: Path) -> str:
    """Who checks something in a room; empty if nobody does."""
    return next(filter(None, (locked_by(each.parent)
                              for each in folder.glob('*/lock'))), '')


def _size(folder: Path) -> int:
    """The bytes of its files; hard links and sparse files count whole."""
    size = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # A check may be running there.
                size += os.lstat(os.path.join(parent, name)).st_size
    return size
