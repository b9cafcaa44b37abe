"""The results of a run as Markdown, for a step summary or a comment.

Names of sessions, files and tests can be any text, and are escaped.
"""
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from autodevelop.results.annotations import MOST
from autodevelop.results.changed import Change
from autodevelop.results.covered import Coverage
from autodevelop.results.facts import Facts, Tested
from autodevelop.results.failures import Failure, bad_sessions, shortened
from autodevelop.results.found import Found
from autodevelop.results.html import grid_rows, ranges_text
from autodevelop.results.tables import reproduction
from autodevelop.system.github_log import annotate
from autodevelop.system.output import counted

SLOWEST = 5
MOST_CHARACTERS = 65_000
"""Of a page: a comment has at most 65,536, with what people add."""

MOST_TEXT = 1_500
"""Characters of a traceback."""


def markdown(facts: Facts) -> str:
    """Render the page: cells, failed tests, coverage, uncovered changes,
    slowest tests."""
    lines = [*_title(facts), *_cells(facts.found), '',
             *map(_failure, bad_sessions(facts.found)),
             *_tests(facts.failures)]
    if facts.coverage:
        lines += _total(facts.coverage)
    if facts.change:
        lines += _change(facts.change)
    return _fit([*lines, *_slowest(facts.tests)])


def _fit(lines: Sequence[str]) -> str:
    """The page without the lines that GitHub would refuse."""
    ends = [*accumulate(len(line) + 1 for line in lines)]
    fit = [line for line, end in zip(lines, ends) if end <= MOST_CHARACTERS]
    if left := len(lines) - len(fit):
        fit += ['', f'{left} more lines are left out: GitHub rejects a longer '
                'page.']
    return '\n'.join(fit) + '\n'


def _title(facts: Facts) -> Iterator[str]:
    failed = len(facts.failed)
    allowed = sum(each.bad for each in facts.found) - failed
    cells = counted(len(facts.found), 'cell')
    yield (f'## {cells}, {failed} failed'
           + (f', and {allowed} that may fail' if allowed else '') + '\n')


def _cells(found: Sequence[Found]) -> Iterator[str]:
    """A table: a row per session and platform, a column per Python."""
    pythons = dict.fromkeys(each.cell.python or '' for each in found)
    yield from _table(['cell', *(python or 'any' for python in pythons)], [
        [_text(row.name), *(_outcome(row.cells.get(python))
                            for python in pythons)]
        for row in grid_rows(found)])


def _outcome(found: Found | None) -> str:
    if found is None:
        return ''
    outcome = found.row.outcome
    return f'**{outcome}**' if found.bad else (
        f'{outcome} {_text(found.row.detail)}'.strip())


def _failure(found: Found) -> str:
    """Why a cell failed, with a link to its job."""
    session, (_, outcome, detail) = _text(found.cell.session), found.row
    name = f'[{session}]({found.url})' if found.url else session
    why = f' ({_text(detail)})' if detail else ''
    return (f'- {name} {"failed" if outcome == "failed" else "is missing"}'
            f'{why}; <code>{_text(reproduction(found.cell))}</code>')


def _tests(failures: Sequence[Failure]) -> Iterator[str]:
    if failures:
        tests = counted(len(failures), 'failed test')
        yield f'\n## {tests}\n'
    for each in failures[:MOST]:
        case = each.case
        message = case.message.partition('\n')[0][:200]
        place = f' ({_text(case.file)}:{case.line})' if case.line else ''
        where = each.where or f'in {", ".join(each.sessions[:5])}'
        yield (f'<details><summary><code>{_text(each.name[:200])}</code>: '
               f'{_text(message)}{place}, {_text(where)}</summary>\n')
        yield f'<pre>{_lines(shortened(case.text, MOST_TEXT))}</pre></details>'
    if len(failures) > MOST:
        yield f'\nand {len(failures) - MOST} more'


def _total(coverage: Coverage) -> Iterator[str]:
    yield f'\n## Coverage: {coverage.percent:.4g} %\n'
    yield (f'{coverage.covered} of {coverage.valid} lines and branches ran '
           'in at least one cell.')


def _change(change: Change) -> Iterator[str]:
    if change.problem:
        yield (f'\n## The change\n\n{_text(change.problem[0].upper())}'
               f'{_text(change.problem[1:])}.')
        return
    yield (f'\n## The change: {change.uncovered} of {change.lines} lines '
           'uncovered\n')
    for name, (first, last) in [(name, each) for name, ranges in
                                change.files.items() for each in ranges
                                ][:MOST]:
        annotate('warning', 'no test runs this', name, first, last)
    if change.files:
        yield from _table(['file', 'lines'], [
            [_text(name), ranges_text(ranges)]
            for name, ranges in change.files.items()])


def _slowest(tests: Sequence[Tested]) -> Iterator[str]:
    if tests:
        yield '\n## The slowest tests\n'
        yield from _table(['test', 'seconds', 'cell'], [
            [_text(test.name), f'{test.seconds:.2f}', _text(test.session)]
            for test in tests[:SLOWEST]])


def _table(head: Sequence[str],
           rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in [head, ['---'] * len(head), *rows]:
        yield f'| {" | ".join(row)} |'


def _text(words: str) -> str:
    """Escape a text for Markdown and HTML."""
    return re.sub(r'[^A-Za-z0-9 .,:/()=+-]',
                  lambda found: f'&#{ord(found[0])};', words)


def _lines(words: str) -> str:
    """Escape a text of several lines; a blank one would end the block."""
    return '&#10;'.join(map(_text, words.splitlines()))
