"""autodevelop rooms: list the rooms in the cache folder, or remove some."""
import argparse
import sys
from pathlib import Path

from autodevelop.checks.rooms import all_rooms, size_of
from autodevelop.results.tables import columns
from autodevelop.system.cache import cache_folder
from autodevelop.system.files import remove_folder
from autodevelop.system.locks import locked_by

EXAMPLE = 'autodevelop rooms --prune'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--prune', action='store_true',
                        help='remove the rooms of repositories that are gone')


def run(options: argparse.Namespace) -> int:
    rows = []
    for folder, repository in all_rooms():
        gone = not repository.is_dir()
        rows.append((f'{size_of(folder) / 1e6:,.1f} MB', str(folder),
                     f'{repository} is gone' if gone else str(repository)))
        if gone and options.prune and (used := _user_of(folder)):
            rows[-1] = (*rows[-1][:2], f'in use: {used}')
        elif gone and options.prune:
            remove_folder(folder)
            how = ('cannot be removed' if folder.exists() else
                   f'removed: {repository} is gone')
            rows[-1] = (*rows[-1][:2], how)
    sys.stdout.write(f'{columns(rows)}\n' if rows else
                     f'there are no rooms in {cache_folder()}\n')
    return 0


def _user_of(folder: Path) -> str:
    """Who has locked a room; empty if nobody has."""
    return next(filter(None, (locked_by(each.parent)
                              for each in folder.glob('*/lock'))), '')
