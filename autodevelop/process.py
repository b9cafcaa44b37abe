"""The one door to other programs: argument lists, never a shell."""
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def start(command: Sequence[str], environment: Mapping[str, str | None],
          folder: Path | None = None) -> subprocess.Popen[str]:
    """Start a program to read what it prints; several run side by side.

    environment: variables that differ from this process's; None unsets one.
    folder: where it runs; None is the current folder.
    """
    merged = {**os.environ, **environment}
    return subprocess.Popen(
        command, cwd=folder,
        env={name: value for name, value in merged.items()
             if value is not None},
        text=True, encoding='utf-8', errors='backslashreplace',
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
