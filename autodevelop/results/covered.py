"""Which lines ran, in which cells, by reports in Cobertura's XML and by
coverage's own data."""
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.results.coverage import absent_platforms
from autodevelop.results.found import Found
from autodevelop.results.junit import number
from autodevelop.results.left import DATA
from autodevelop.system.process import run

XML = 'coverage.xml'

Range = tuple[int, int]
"""The first and the last of neighbouring lines."""

Lines = Mapping[str, set[int]]
"""The lines that ran, by file."""


class Covered(NamedTuple):
    """A file, and what of it did not run.

    covered, valid: lines and branches.
    partial: lines of which a branch did not run.
    only: lines that not every cell reached which measured the file, by the
        sessions that did.
    """

    name: str
    covered: int
    valid: int
    missing: list[Range]
    partial: list[Range]
    only: Mapping[tuple[str, ...], list[Range]]


class Coverage(NamedTuple):
    """The coverage of all cells together."""

    covered: int
    valid: int
    files: list[Covered]

    @property
    def percent(self) -> float:
        """Rounded down: 99.996 must not read as 100."""
        return int(10_000 * self.covered / self.valid) / 100 if (
            self.valid) else 100.0


def coverage_reports(found: Sequence[Found], settings: Settings,
                     scratch: Path) -> list[Path]:
    """The XML that combines all cells, or else those of each.

    scratch: where coverage's data are combined if there is no XML.
    """
    combined = [each.folder / XML for each in found if each.folder
                and each.cell.name == (settings.coverage or 'coverage')
                and (each.folder / XML).is_file()]
    single = [each.folder / XML for each in found if each.folder
              and each.counts and (each.folder / XML).is_file()]
    if combined or single:
        return combined or single
    data = {path: each.cell for each in found if each.counts
            for path in _data(each)}
    made = scratch / XML
    if data and find_spec('coverage'):
        _combine(data, scratch, made)
    return [made] if made.exists() else []


def _combine(data: Mapping[Path, Cell], scratch: Path, made: Path) -> None:
    """Make XML of these data; none if they are of another version, say.
    """
    variables = {'COVERAGE_FILE': str(scratch / DATA),
                 **absent_platforms(data.values(), everywhere=False)}
    coverage = [sys.executable, '-m', 'coverage']
    if not run([*coverage, 'combine', '--keep', *map(str, data)],
               variables).status:
        run([*coverage, 'xml', '--ignore-errors', '--fail-under=0', '-o',
             str(made)], variables)


def _data(found: Found) -> list[Path]:
    return sorted(found.folder.glob(f'{DATA}*')) if found.folder else []


def read_coverage(reports: Sequence[Path],
                  found: Sequence[Found]) -> Coverage | None:
    """Read what ran; None without a report.

    Raises AutodevelopError for a report that is broken: without it, lines
    that ran would count as missing.
    """
    roots = [*map(parse, reports)]
    for path, root in zip(reports, roots):
        if root.tag != 'coverage':
            raise AutodevelopError(f'{path} is not a coverage report',
                                   'run the cells again')
    if not roots:
        return None
    by_cell = {each.cell.session: _lines_of(each)
               for each in found if each.counts and each.folder}
    hits: dict[str, dict[int, list[ElementTree.Element]]] = {}
    for root in roots:
        for each in root.iter('class'):
            lines = hits.setdefault(each.get('filename', ''), {})
            for line in each.iter('line'):
                lines.setdefault(
                    int(number(line.get('number', ''))), []).append(line)
    files = [_covered(name, lines, {
        session: cell[name] for session, cell in by_cell.items()
        if name in cell}) for name, lines in sorted(hits.items())]
    if len(roots) == 1:  # As the report itself says.
        covered, valid = (int(sum(number(roots[0].get(f'{what}-{kind}', ''))
                                  for what in ('lines', 'branches')))
                          for kind in ('covered', 'valid'))
        return Coverage(covered, valid, files)
    return Coverage(sum(each.covered for each in files),
                    sum(each.valid for each in files), files)


def _covered(name: str, lines: Mapping[int, list[ElementTree.Element]],
             by_cell: Mapping[str, set[int]]) -> Covered:
    ran = {line for line, each in lines.items()
           if any(one.get('hits', '0') != '0' for one in each)}
    branches = {line: max(map(_branches, each))
                for line, each in lines.items()}
    reached: dict[tuple[str, ...], list[int]] = {}
    for line in sorted(ran):
        cells = tuple(session for session, reach in by_cell.items()
                      if line in reach)
        if 0 < len(cells) < len(by_cell):
            reached.setdefault(cells, []).append(line)
    return Covered(
        name, len(ran) + sum(done for done, _ in branches.values()),
        len(lines) + sum(all for _, all in branches.values()),
        ranges(set(lines) - ran),
        ranges({line for line, (done, all) in branches.items()
                if done < all and line in ran}),
        {cells: ranges(set(each)) for cells, each in reached.items()})


def _branches(line: ElementTree.Element) -> tuple[int, int]:
    """How many branches of a line ran, and of how many."""
    _, _, counts = line.get('condition-coverage', '').partition('(')
    done, _, every = counts.rstrip(')').partition('/')
    return (int(done), int(every)) if (
        done.isdecimal() and every.isdecimal()) else (0, 0)


def _lines_of(found: Found) -> Lines:
    """The lines that ran in a cell, by the names of its XML or its data."""
    assert found.folder
    report = found.folder / XML
    if report.is_file():
        return {each.get('filename', ''): {
            int(number(line.get('number', ''))) for line in each.iter('line')
            if line.get('hits', '0') != '0'}
            for each in parse(report).iter('class')}
    lines: dict[str, set[int]] = {}
    for path in _data(found) if find_spec('coverage') else ():
        for name, more in _measured(path):
            lines.setdefault(name, set()).update(more)
    return lines


def _measured(path: Path) -> Iterator[tuple[str, list[int]]]:
    # Only with the extra `report`.
    coverage: Any = import_module('coverage')
    data, here = coverage.CoverageData(str(path)), f'{Path.cwd().as_posix()}/'
    try:
        data.read()
        for name in data.measured_files():
            yield (name.replace('\\', '/').removeprefix(here),
                   data.lines(name) or [])
    except coverage.CoverageException:
        return
    finally:
        data.close()


def ranges(lines: set[int]) -> list[Range]:
    """The first and the last line of each run of lines."""
    return [*zip(sorted(line for line in lines if line - 1 not in lines),
                 sorted(line for line in lines if line + 1 not in lines))]


def parse(path: Path) -> ElementTree.Element:
    """The root of an XML file; an empty one if it is truncated."""
    try:
        return ElementTree.parse(path).getroot()
    except (ElementTree.ParseError, OSError):
        return ElementTree.Element('broken')
