"""nox, imported before it is forked."""
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from unittest.mock import patch

from autodevelop.system.fork import run_module
from autodevelop.system.process import Variables


def import_nox() -> None:
    """Import what ``python -m nox`` does, in whose forks it then runs.

    A fork takes 43 ms of CPU so, else 278; 8 of them for the version of uv.
    """
    for module in ('nox._cli', 'nox.tasks', 'nox.virtualenv', 'nox.workflow'):
        importlib.import_module(module)
    # It keeps what it found. Imported here: most cells need no nox.
    sys.modules['nox.virtualenv'].find_uv()


class Listing:
    """A listing of nox that ran in a fork; in place of a Popen.

    Its output and its messages are one stream.
    """

    def __init__(self, command: Sequence[str], variables: Variables,
                 folder: Path) -> None:
        # A fork has this Python's settings, and not those of its variables.
        uncached = 'PYTHONDONTWRITEBYTECODE' in variables
        with TemporaryFile() as output, patch.object(
                sys, 'dont_write_bytecode', uncached):
            arguments = command[command.index('--list'):]
            self.returncode = run_module(
                'autodevelop.matrix.listing', arguments, variables, folder,
                output)
            output.seek(0)
            self.printed = output.read().decode(errors='backslashreplace')

    def communicate(self) -> tuple[str, str]:
        """What it printed, as output and as messages."""
        return self.printed, self.printed
