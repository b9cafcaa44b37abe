"""The results of a run as Markdown, for a step summary or a comment.

Names of sessions, files and tests can be any text, and are escaped.
"""
import json
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.results.annotations import MOST, annotate
from autodevelop.results.left import JOB_URL
from autodevelop.results.outcomes import Row
from autodevelop.results.tables import reproduction
from autodevelop.system.git import find_repository, resolve
from autodevelop.system.process import run

SLOWEST = 5
MOST_CHARACTERS = 65_000
"""Of a page: a comment has at most 65,536, with what people add."""
COUNTED = ('lines', 'branches')


def markdown(folder: Path, rows: Sequence[Row], cells: Sequence[Cell],
             settings: Settings, base: str) -> str:
    """Render the page: cells, coverage, uncovered changes, slowest tests.

    folder: the results of the cells. Combined coverage is coverage.xml in
        the folder of the session that combines; tests are in each junit.xml.
    base: the commit that the change is compared with.

    Raises AutodevelopError when diff-cover fails.
    """
    combined = [path for cell in cells
                if cell.name == (settings.coverage or 'coverage')
                for path in [folder / cell.slug / 'coverage.xml']
                if path.is_file()]
    reports = combined or sorted(folder.glob('*/coverage.xml'))
    lines = [*_cells(folder, rows, {cell.session: cell for cell in cells})]
    if combined:
        lines += _total(combined[0])
    if reports:
        lines += _uncovered(reports, base)
    lines += _slowest(folder)
    return _fit(lines)


def _fit(lines: Sequence[str]) -> str:
    """The page without the lines that GitHub would refuse."""
    ends = [*accumulate(len(line) + 1 for line in lines)]
    fit = [line for line, end in zip(lines, ends) if end <= MOST_CHARACTERS]
    if left := len(lines) - len(fit):
        fit += ['', f'{left} more lines are left out: GitHub takes no longer '
                'page.']
    return '\n'.join(fit) + '\n'


def _cells(folder: Path, rows: Sequence[Row],
           cells: dict[str, Cell]) -> Iterator[str]:
    """A table: a row per session and platform, a column per Python."""
    pythons = dict.fromkeys(cells[row.session].python or 'any' for row in rows)
    lines: dict[str, dict[str, str]] = {}
    for row in rows:
        python = cells[row.session].python
        name = row.session.replace(f'-{python}', '', bool(python))
        detail = f'**{row.outcome}**' if row.outcome == 'failed' else (
            f'{row.outcome} {_text(row.detail)}')
        lines.setdefault(name, {})[python or 'any'] = detail
    failed = [row for row in rows if row.outcome == 'failed']
    allowed = sum(cells[row.session].may_fail for row in failed)
    yield (f'## {len(rows)} cells, {len(failed) - allowed} failed'
           + (f', and {allowed} that may fail' if allowed else '') + '\n')
    yield from _table(['cell', *pythons], [
        [_text(name), *(outcomes.get(python, '') for python in pythons)]
        for name, outcomes in lines.items()])
    if failed:
        yield ''
    for row in failed:
        yield _failure(folder, row, cells[row.session])


def _failure(folder: Path, row: Row, cell: Cell) -> str:
    """Why a cell failed, with a link to its job."""
    path = folder / cell.slug / JOB_URL
    url = path.read_text('utf-8') if path.is_file() else ''
    name = f'[{_text(row.session)}]({url})' if url else _text(row.session)
    why = f' ({_text(row.detail)})' if row.detail else ''
    return (f'- {name} failed{why}; '
            f'<code>{_text(reproduction(cell))}</code>')


def _total(report: Path) -> Iterator[str]:
    counts = _parse(report).attrib
    covered, valid = (
        int(sum(_number(counts.get(f'{what}-{kind}', ''))
                for what in COUNTED))
        for kind in ('covered', 'valid'))
    # Rounded down: 99.996 must not read as 100.
    percent = int(10_000 * covered / valid) / 100 if valid else 100
    yield f'\n## Coverage: {percent:.4g} %\n'
    yield (f'{covered} of {valid} lines and branches ran in at least one '
           'cell.')


def _uncovered(reports: Sequence[Path], base: str) -> Iterator[str]:
    if not find_spec('diff_cover'):
        yield '\n## The change\n\nInstall autodevelop[report] to see it here.'
        return
    commit, = resolve(find_repository(), f'{base}^{{commit}}')
    if not commit:
        yield ('\n## The change\n\nThere is no commit '
               f'{_text(base)} to compare with.')
        return
    with TemporaryDirectory() as scratch:
        path = Path(scratch, 'diff.json')
        done = run([sys.executable, '-m', 'diff_cover.diff_cover_tool',
                    *map(str, reports), '--compare-branch', commit, '--quiet',
                    '--ignore-staged', '--ignore-unstaged',
                    '--format', f'json:{path}'], {})
        if done.status or not path.exists():
            said = done.messages.decode(errors='replace').strip()
            raise AutodevelopError(
                f'diff-cover cannot compare with {base}: '
                f'{said.rpartition(chr(10))[2]}',
                'run the cells again: a coverage.xml may be broken')
        found = json.loads(path.read_text(encoding='utf-8'))
    missed = {name: each['violation_lines']
              for name, each in found['src_stats'].items()
              if each['violation_lines']}
    yield (f'\n## The change: {found["total_num_violations"]} of '
           f'{found["total_num_lines"]} lines uncovered\n')
    for name, (first, last) in [
            (name, each) for name, lines in missed.items()
            for each in _ranges(lines)][:MOST]:
        annotate('warning', 'no test runs this', name, first, last)
    if missed:
        yield from _table(['file', 'lines'], [
            [_text(name), ', '.join(
                str(first) if first == last else f'{first}-{last}'
                for first, last in _ranges(lines))]
            for name, lines in missed.items()])


def _ranges(lines: Sequence[int]) -> list[tuple[int, int]]:
    """The first and the last line of each run of lines."""
    starts = [line for line in lines if line - 1 not in lines]
    ends = [line for line in lines if line + 1 not in lines]
    return [*zip(starts, ends)]


def _slowest(folder: Path) -> Iterator[str]:
    slowest: dict[str, tuple[float, str]] = {}
    for path in sorted(folder.glob('*/junit.xml')):
        for case in _parse(path).iter('testcase'):
            name = f'{case.get("classname")}.{case.get("name")}'
            seconds = _number(case.get('time', '')), path.parent.name
            slowest[name] = max(slowest.get(name, seconds), seconds)
    if slowest:
        yield '\n## The slowest tests\n'
        yield from _table(['test', 'seconds', 'cell'], [
            [_text(name), f'{seconds:.2f}', _text(cell)]
            for name, (seconds, cell) in sorted(
                slowest.items(), key=lambda item: item[1],
                reverse=True)[:SLOWEST]])


def _number(text: str) -> float:
    """The number in a report; 0 if it has none."""
    return float(text) if re.fullmatch(r'\d+(\.\d+)?', text) else 0.0


def _parse(path: Path) -> ElementTree.Element:
    """The root of an XML file; an empty one if it is truncated."""
    try:
        return ElementTree.parse(path).getroot()
    except ElementTree.ParseError:
        return ElementTree.Element('broken')


def _table(head: Sequence[str],
           rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in [head, ['---'] * len(head), *rows]:
        yield f'| {" | ".join(row)} |'


def _text(words: str) -> str:
    """Escape a text for Markdown and HTML."""
    return re.sub(r'[^A-Za-z0-9 .,:/()=+-]',
                  lambda found: f'&#{ord(found[0])};', words)
