"""Plans and results: as tables for a terminal, and as JSON."""
import json
import re
import shlex
from collections.abc import Sequence
from typing import TextIO

from autodevelop.matrix.interpreters import PLATFORM
from autodevelop.matrix.plan import Cell
from autodevelop.results.outcomes import Elsewhere, Row
from autodevelop.system.output import painted

PLAN_VERSION = 1
"""The version of the schema in docs/plan.md; additions do not change it."""

OTHER_PLATFORM = re.compile('needs (linux|macos|windows)')


def plan_table(cells: Sequence[Cell], elsewhere: Elsewhere) -> str:
    """Draw a plan; the star marks what a plain nox runs."""
    rows = [('', 'session', 'python', 'platform', 'stages', 'this machine',
             'elsewhere')]
    rows += [(
        '*' if cell.default else '', cell.session, cell.python or '-',
        cell.platform or 'any', ' '.join(cell.stages) or '-',
        f'needs {cell.missing}' if cell.missing else 'yes',
        ', '.join(elsewhere[cell.session]) or '-',
    ) for cell in cells]
    here = sum(not cell.missing for cell in cells)
    return (f'{columns(rows)}\n{len(cells)} cells, {here} of them can run '
            'on this machine; * marks what nox runs by default.\n')


def plan_json(cells: Sequence[Cell], elsewhere: Elsewhere) -> str:
    """Write a plan in the schema that docs/plan.md describes."""
    return json.dumps({
        'version': PLAN_VERSION,
        'platform': PLATFORM,
        'cells': [{**cell._asdict(), 'elsewhere': elsewhere[cell.session]}
                  for cell in cells],
    }, indent=2) + '\n'


def quoted(name: str) -> str:
    """A name for a shell."""
    # No shell expands these characters in double quotes, which cmd takes, too.
    return f'"{name}"' if re.fullmatch(r"[\w .,:()=/'-]+", name) else (
        shlex.quote(name))


def command(cell: Cell) -> str:
    """The command that runs a cell by hand."""
    name = cell.name_for_nox()
    # A name may start with a dash.
    option = '--session=' if name.startswith('-') else '-s '
    return f'nox {option}{quoted(name)}'


def reproduction(cell: Cell) -> str:
    """A line with the command that runs a cell by hand."""
    where = f' (on {cell.platform})' if cell.platform else ''
    return f'reproduce{where}: {command(cell)}'


def result_table(rows: Sequence[Row], stream: TextIO | None = None) -> str:
    """Draw how cells ended, and count the outcomes.

    Failures come last and apart, where a terminal still shows them. Cells of
    other platforms share a line.

    stream: where it goes, for the colours that it may have there.
    """
    failed = [row for row in rows if row.outcome in ('failed', 'missing')]
    away = [row for row in rows if row.outcome == 'not here']
    ran = [row for row in rows
           if row.outcome not in ('failed', 'missing', 'not here')]
    gap = [Row('', '', '')] if failed and len(failed) < len(rows) else []
    passed = sum(row.outcome.endswith('passed') for row in ran)
    skipped = len(rows) - passed - len(failed)
    drawn = [*ran, *_folded(away), *gap, *failed]
    lines = columns(drawn).split('\n')
    if stream:
        lines = [_painted(line, row, stream)
                 for line, row in zip(lines, drawn)]
    return '\n'.join([*lines, f'{passed} passed, {len(failed)} failed, '
                      f'{skipped} skipped\n'])


def _painted(line: str, row: Row, stream: TextIO) -> str:
    # The name may have the same word in it.
    name, rest = line[:len(row.session)], line[len(row.session):]
    return name + rest.replace(
        row.outcome, painted(row.outcome, row.outcome, stream), 1)


def _folded(away: Sequence[Row]) -> list[Row]:
    """The rows; a line for all that need other platforms, if they are many."""
    platforms = {row: found[1] for row in away
                 if (found := OTHER_PLATFORM.match(row.detail))}
    if len(platforms) < 3:
        return [*away]
    needed = ' or '.join(dict.fromkeys(platforms.values()))
    return [*(row for row in away if row not in platforms),
            Row(f'{len(platforms)} cells', 'not here', f'need {needed}')]


def columns(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows)]
    return '\n'.join(
        '  '.join(text.ljust(width) for text, width in zip(row, widths))
        .rstrip() for row in rows)
