"""The one door to other programs: argument lists, never a shell."""
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def start(command: Sequence[str], environment: Mapping[str, str],
          folder: Path | None = None) -> subprocess.Popen[str]:
    """Start a program to read what it prints; several run side by side.

    environment: variables that differ from this process's.
    folder: where it runs; None is the current folder.
    """
    return subprocess.Popen(
        command, cwd=folder, env={**os.environ, **environment},
        text=True, encoding='utf-8', errors='backslashreplace',
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
