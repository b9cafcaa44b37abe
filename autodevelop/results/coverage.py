"""Combine the coverage of the cells of a run, from any machine."""
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.interpreters import PLATFORM
from autodevelop.matrix.plan import STAGE, Cell, of_stage
from autodevelop.matrix.settings import Settings
from autodevelop.matrix.special import PLATFORMS
from autodevelop.results.left import DATA, coverage_data, results_folder
from autodevelop.results.outcomes import LEFT
from autodevelop.results.tables import quoted
from autodevelop.system.git import find_repository, git
from autodevelop.system.process import run_foreground

ABSENT_PLATFORMS = 'AUTODEVELOP_ABSENT_PLATFORMS'
"""Tells coverage's settings which platforms took no part in the run, as a
regular expression: ``macos|windows``."""

MEASURED_FILES = ('*.py', '*.toml', '*.cfg', '*.ini', '.coveragerc')


def combine(cells: Sequence[Cell], settings: Settings,
            arguments: Sequence[str]) -> int:
    """Combine and report; the exit status is that of ``coverage report``.

    In CI (``AUTODEVELOP_PLATFORMS=all``) every cell that measures must have
    data; by hand every one that can run here, newer than the sources. Cells
    of other stages than the one that is checked, or else ci, do not count.

    arguments: those of ``coverage report``.
    """
    everywhere = os.environ.get('AUTODEVELOP_PLATFORMS') == 'all'
    stage = os.environ.get(STAGE, 'ci')
    wanted = [cell for cell in of_stage(cells, stage)
              if cell.name in settings.tests
              and (everywhere or not cell.missing)]
    # In CI the sources are a fresh clone, newer than the data.
    changed = 0 if everywhere else _last_change()
    data = {cell: coverage_data(cell, changed) for cell in wanted}
    lacking = [cell for cell, paths in data.items() if not paths
               and not (everywhere and cell.may_fail)]
    if lacking or not any(data.values()):
        raise _without_data(lacking, settings, stage)
    variables = absent_platforms(wanted, everywhere)

    def coverage(*words: str) -> int:
        return run_foreground([sys.executable, '-m', 'coverage', *words],
                              variables, Path())

    if status := coverage('combine', '--keep', *(
            str(path) for paths in data.values() for path in paths)):
        return status
    # Only CI needs it, and it takes as long as the report.
    for cell in cells if everywhere else ():
        if cell.name == (settings.coverage or 'coverage'):
            page = results_folder(cell.slug) / 'coverage.xml'
            coverage('xml', '--quiet', '--fail-under=0', '-o', str(page))
    return int(bool(coverage('report', *arguments)))


def _without_data(lacking: Sequence[Cell], settings: Settings,
                  stage: str) -> AutodevelopError:
    names = ', '.join(settings.tests)
    if not lacking:
        return AutodevelopError(
            f'no cell of {names} in the stage {stage} can run here',
            'see where they run: autodevelop plan; or name the sessions that '
            'measure coverage: [tool.autodevelop] tests = ["..."]', status=1)
    where = f'{LEFT}/{lacking[0].slug}/{DATA}'
    sessions = ' '.join(quoted(cell.session) for cell in lacking)
    return AutodevelopError(
        'no up-to-date coverage data from '
        f'{", ".join(cell.session for cell in lacking)}: neither {where} nor '
        'what autodevelop run keeps of .coverage and .coverage.*',
        f'run: autodevelop run {sessions}', status=1)


def absent_platforms(measured: Iterable[Cell],
                     everywhere: bool) -> dict[str, str]:
    """A variable for coverage: the platforms whose lines no cell can have run.

    A cell without a platform runs on Linux in CI, and on this machine by
    hand. If no cell has one, any line could have run.
    """
    named = {cell.platform for cell in measured} - {None}
    here = 'linux' if everywhere else PLATFORM
    absent = {*PLATFORMS} - named - {here} if named else ()
    return {ABSENT_PLATFORMS: '|'.join(sorted(absent)) or 'none'}


def _last_change() -> int:
    """When a source file last changed, in nanoseconds."""
    listed = git(find_repository(), 'ls-files', '-z', '--', *MEASURED_FILES)
    return max((os.stat(name).st_mtime_ns for name in listed.split(b'\0')
                if os.path.isfile(name)), default=0)
