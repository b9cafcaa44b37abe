"""Temporary files in memory, where there is enough of it."""
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

MEMORY = Path('/dev/shm')
NEEDED = 2**30
"""Bytes; a run of four cells keeps 250 MB until its end."""
HERE = Path(__file__).parents[1]
FAST = {HERE / 'unit', HERE / 'integration'}


def use_memory(tests: Iterable[str]) -> None:
    """Put temporary files in memory for tests that people wait for.

    Creating and removing 9,000 files takes 0.25 s of CPU there, and 1.3 to
    2.7 on a disk. A container may give it 64 MB, or forbid programs there.

    tests: the arguments of pytest.
    """
    named = [Path(each.partition('::')[0]).resolve() for each in tests]
    if ('TMPDIR' in os.environ or not hasattr(os, 'ST_NOEXEC')
            or not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK)
            or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
            or shutil.disk_usage(MEMORY).free < NEEDED
            or not all(FAST & {each, *each.parents} for each in named)):
        return
    os.environ['TMPDIR'] = str(MEMORY)
    tempfile.tempdir = None
