"""What may be wrong with the stage ci."""
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from autodevelop.errors import Finding
from autodevelop.matrix.plan import Cell, of_stage
from autodevelop.matrix.settings import Settings

CHORES = re.compile(
    r'(?:^|[-_ ])(?:publish|release|upload|deploy|serve|live|watch|autobuild|'
    r'demo|preview|clean|bump|update|upgrade|changelog|tag|shell|repl|dev)'
    r'(?:$|[-_ (])',
    re.IGNORECASE)
"""Names of sessions that do not end, or that change something elsewhere."""

COMBINES = re.compile(
    r'cov|cover|coverage|((coverage|cov)[-_])?(combine|report)'
    r'|combine[-_]coverage', re.IGNORECASE)
"""Names of sessions that combine what others measured, in many noxfiles."""


def doubts(cells: Sequence[Cell], settings: Settings) -> Iterator[Finding]:
    """Yield sessions without a stage, and what may be wrong in ci: chores,
    and a session that combines coverage, or is to and does not.
    """
    running = [*dict.fromkeys(cell.name for cell in of_stage(cells, 'ci'))]
    left = Counter(cell.name for cell in cells if not cell.stages)
    if left:
        cells_of = Counter(cell.name for cell in cells)
        names = ', '.join(
            name if number == cells_of[name] else
            f'{name} ({number} of {cells_of[name]} cells)'
            for name, number in left.items())
        yield Finding(f'sessions without a stage: {names}',
                      'to run one of them in CI, tag it with ci or name it in '
                      '[tool.autodevelop.stages]')
    combines = [name for name in running if COMBINES.fullmatch(name)]
    if combines and not settings.coverage:
        yield Finding(
            f'CI runs {combines[0]} beside the other sessions',
            'if it combines their coverage data, run it after them: '
            f'[tool.autodevelop] coverage = "{combines[0]}"')
    if settings.coverage and settings.coverage not in running:
        yield Finding(
            f'CI does not run {settings.coverage}, which combines coverage by '
            'the settings', 'tag it with ci or name it in '
            '[tool.autodevelop.stages] ci')
    chores = [name for name in running if CHORES.search(name)]
    if chores and not settings.stages and _by_default(cells, settings):
        names = ', '.join(f'"{name}"' for name in running
                          if name not in chores)
        yield Finding(
            f'CI runs {", ".join(chores)} because a plain nox does',
            f'to leave them out: [tool.autodevelop.stages] ci = [{names}]')


def _by_default(cells: Sequence[Cell], settings: Settings) -> bool:
    """Whether what CI runs is what a plain nox runs: no tag names a stage."""
    return all(cell.stages == (('ci',) if cell.default or (
        cell.name == settings.coverage) else ()) for cell in cells)
