"""The project that doctor examines."""
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.system.files import read_text
from autodevelop.system.git import Repository


class Project(NamedTuple):
    """A project and its clone.

    root: of the work tree.
    folder: of the noxfile.
    """

    repository: Repository
    root: Path
    folder: Path
    settings: Settings
    cells: Sequence[Cell]

    def text(self, name: str) -> str:
        """A file of the project; empty if it is not there."""
        return read_text(self.folder / name)
