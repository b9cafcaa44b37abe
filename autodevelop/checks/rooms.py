"""The rooms in the cache folder, of all repositories."""
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from autodevelop.system.cache import cache_folder


def all_rooms() -> Iterator[tuple[Path, Path]]:
    """The folders of rooms, and the git directories that they are for."""
    for record in sorted(cache_folder().glob('*/repository')):
        text = os.fsdecode(record.read_bytes()).removesuffix('\n')
        yield record.parent, Path(text)


def size_of(folder: Path) -> int:
    """The bytes of its files; hard links and sparse files count whole."""
    size = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # A check may be running there.
                size += os.lstat(os.path.join(parent, name)).st_size
    return size
