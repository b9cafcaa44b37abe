"""Combine the coverage of the cells of a run, from any machine."""
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.interpreters import PLATFORM
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.special import PLATFORMS
from autodevelop.matrix.settings import Settings
from autodevelop.results.outcomes import RESULTS
from autodevelop.system.git import find_repository, git
from autodevelop.system.process import run_foreground

DATA = 'coverage.data'
"""The name of a cell's data file, in results/SLUG."""

ABSENT_PLATFORMS = 'AUTODEVELOP_ABSENT_PLATFORMS'
"""Tells coverage's settings which platforms took no part in the run, as a
regular expression: ``macos|windows``."""

MEASURED_FILES = ('*.py', '*.toml', '*.cfg', '*.ini', '.coveragerc')


def combine(cells: Sequence[Cell], settings: Settings,
            arguments: Sequence[str]) -> int:
    """Combine and report; the exit status is that of ``coverage report``.

    In CI (``AUTODEVELOP_PLATFORMS=all``) every cell that measures must have
    data; by hand every one that can run here, newer than the sources.

    arguments: those of ``coverage report``.

    Raises AutodevelopError that names each cell without data.
    """
    everywhere = os.environ.get('AUTODEVELOP_PLATFORMS') == 'all'
    wanted = [cell for cell in cells if cell.name in settings.tests
              and (everywhere or not cell.missing)]
    # In CI the sources are a fresh clone, newer than the data.
    changed = 0 if everywhere else _last_change()
    data = {cell: Path(RESULTS, cell.slug, DATA) for cell in wanted}
    lacking = [cell.session for cell, path in data.items()
               if not (path.is_file() and path.stat().st_mtime_ns > changed)]
    if lacking or not wanted:
        raise AutodevelopError(
            f'no up-to-date coverage data from {", ".join(lacking)}'
            if lacking else
            f'no cell of {", ".join(settings.tests)} can run here',
            'run each: nox -s NAME' if lacking else
            'see where they run: autodevelop plan', status=1)
    variables = {ABSENT_PLATFORMS: '|'.join(
        _absent(wanted, everywhere)) or 'none'}

    def coverage(*words: str) -> int:
        return run_foreground([sys.executable, '-m', 'coverage', *words],
                              variables, Path())

    if status := coverage('combine', '--keep', *map(str, data.values())):
        return status
    # Only CI needs it, and it takes as long as the report.
    for cell in cells if everywhere else ():
        if cell.name == settings.coverage:
            page = Path(RESULTS, cell.slug, 'coverage.xml')
            page.parent.mkdir(parents=True, exist_ok=True)
            coverage('xml', '--quiet', '--fail-under=0', '-o', str(page))
    return int(bool(coverage('report', *arguments)))


def _absent(measured: Sequence[Cell], everywhere: bool) -> list[str]:
    """The platforms whose lines no cell could have run.

    A cell without a platform runs on Linux in CI, and on this machine by
    hand. If no cell has one, any line could have run.
    """
    named = {cell.platform for cell in measured} - {None}
    here = 'linux' if everywhere else PLATFORM
    return sorted({*PLATFORMS} - named - {here}) if named else []


def _last_change() -> int:
    """When a source file last changed, in nanoseconds."""
    listed = git(find_repository(), 'ls-files', '-z', '--', *MEASURED_FILES)
    return max((os.stat(name).st_mtime_ns for name in listed.split(b'\0')
                if os.path.isfile(name)), default=0)
