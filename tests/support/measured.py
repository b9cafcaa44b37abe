"""Programs whose coverage counts, their forks included.

A test starts ``command(...)``. It is measured where the test itself is.
"""
import os
import runpy
import sys
from pathlib import Path

from coverage import Coverage

ROOT = Path(__file__).parents[2]


def command(folder: Path, *arguments: str) -> list[str]:
    """Return the command that runs ``python -m ARGUMENTS`` in a folder.

    It has to be started in ROOT, from which coverage counts the names of
    files, with the variables that ``variables`` returns.
    """
    current = Coverage.current()
    coverage = [] if current is None else [
        '-m', 'coverage', 'run', '--parallel-mode',
        f'--data-file={ROOT / current.config.data_file}']
    return [sys.executable, *coverage, '-m', __name__, str(folder),
            *arguments]


def variables() -> dict[str, str]:
    """What such a program needs beside the variables of the test."""
    return os.environ | {'PYTHONPATH': str(ROOT), 'COVERAGE_PATCH':
                         '_exit' if sys.platform == 'win32' else '_exit,fork'}


def main(folder: str, module: str, *arguments: str) -> None:
    """Become ``python -m MODULE ARGUMENTS``, in a folder."""
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name='__main__', alter_sys=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
