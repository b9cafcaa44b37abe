"""Combine the coverage that the cells of a run measured, on any machine."""
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.git import find_repository, git
from autodevelop.interpreters import PLATFORM
from autodevelop.plan import PLATFORMS, Cell
from autodevelop.process import attend
from autodevelop.report import RESULTS
from autodevelop.settings import Settings

DATA = 'coverage.data'
"""What a cell calls its data, in results/SLUG."""

ELSEWHERE = 'AUTODEVELOP_ELSEWHERE'
"""Tells coverage's settings which platforms had no part in the run, as
alternatives of a regular expression: ``macos|windows``."""

DECIDING = ('*.py', '*.toml', '*.cfg', '*.ini', '.coveragerc')


def combine(cells: Sequence[Cell], settings: Settings,
            arguments: Sequence[str]) -> int:
    """Combine and report; what ``coverage report`` says is the status.

    Of a run everywhere (``AUTODEVELOP_PLATFORMS=all``) each cell that
    measures has to have brought data; by hand each that can run here, on the
    sources as they stand now.

    arguments: those of ``coverage report``.

    Raises AutodevelopError that names each cell without data.
    """
    everywhere = os.environ.get('AUTODEVELOP_PLATFORMS') == 'all'
    wanted = [cell for cell in cells if cell.name in settings.tests
              and (everywhere or not cell.missing)]
    # Data from elsewhere come to a fresh clone; they are of its sources.
    changed = 0 if everywhere else _last_change()
    data = {cell: Path(RESULTS, cell.slug, DATA) for cell in wanted}
    lacking = [cell.session for cell, path in data.items()
               if not (path.is_file() and path.stat().st_mtime_ns > changed)]
    if lacking or not wanted:
        raise AutodevelopError(
            f'no coverage of these sources from {", ".join(lacking)}'
            if lacking else
            f'no cell of {", ".join(settings.tests)} can run here',
            'run each: nox -s NAME', status=1)
    environment = {ELSEWHERE: '|'.join(_absent(wanted, everywhere)) or 'none'}

    def coverage(*words: str) -> int:
        return attend([sys.executable, '-m', 'coverage', *words], environment,
                      Path())

    if status := coverage('combine', '--keep', *map(str, data.values())):
        return status
    # Only CI reads it, and writing it takes as long as the report.
    for cell in cells if everywhere else ():
        if cell.name == settings.coverage:
            page = Path(RESULTS, cell.slug, 'coverage.xml')
            page.parent.mkdir(parents=True, exist_ok=True)
            coverage('xml', '--quiet', '--fail-under=0', '-o', str(page))
    return int(bool(coverage('report', *arguments)))


def _absent(measured: Sequence[Cell], everywhere: bool) -> list[str]:
    """The platforms whose lines none of these cells could reach.

    A cell that names no platform runs on Linux in CI, and by hand on this
    machine. Where no cell names one, any line could have run.
    """
    named = {cell.platform for cell in measured} - {None}
    here = 'linux' if everywhere else PLATFORM
    return sorted({*PLATFORMS} - named - {here}) if named else []


def _last_change() -> int:
    """When a source last changed, in nanoseconds."""
    listed = git(find_repository(), 'ls-files', '-z', '--', *DECIDING)
    return max((os.stat(name).st_mtime_ns for name in listed.split(b'\0')
                if os.path.isfile(name)), default=0)
