"""Pythons that a CI job lacks."""
import os
import re
from collections.abc import Iterable
from pathlib import Path

from autodevelop.matrix.interpreters import (
    is_present, read_listing, search_path, start_listing, uv,
)
from autodevelop.matrix.plan import Cell
from autodevelop.system.process import run, run_foreground

REQUEST = re.compile(r'(pypy|python|cpython)?-?\d+(\.\d+){0,2}t?')
"""What uv can install; a path, for instance, it cannot."""


def fetched_path(cells: Iterable[Cell], download: str) -> str:
    """The PATH with the Pythons of these cells, fetched by uv if wanted.

    nox itself fetches only for its backend uv, unless its extra pbs is
    installed: https://nox.thea.codes/en/stable/usage.html

    download: nox's ``--download-python``.
    """
    path = search_path()
    wanted = dict.fromkeys(cell.python for cell in cells if cell.python
                           and REQUEST.fullmatch(cell.python))
    if download == 'never' or not wanted:
        return path
    found = read_listing(start_listing())
    folders = [folder for python in wanted if not is_present(python, found)
               for folder in _fetch(python)]
    return os.pathsep.join([path, *folders])


def _fetch(python: str) -> list[str]:
    """Install a Python by uv; its folder, or none where that fails."""
    if run_foreground(uv('python', 'install', '--no-bin', '--no-config',
                         python), {}, Path()):
        return []  # uv has said why, and nox will say that it is missing.
    where = run(uv('python', 'find', '--managed-python', '--no-config',
                   '--no-project', python), {})
    return [os.path.dirname(os.fsdecode(where.output).strip())]
