"""Tests, as test runners report them in JUnit's XML.

There is no standard. pytest, unittest-xml-reporting, nose and Surefire agree
on ``testcase`` with ``failure``, ``error``, ``skipped`` and ``system-out``:
https://github.com/testmoapp/junitxml
"""
import math
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

BAD = ('failure', 'error')
RERUN = ('rerun', 'flakyFailure', 'flakyError', 'rerunFailure', 'rerunError')
"""What runners write for attempts before the last one."""

CONTROL = re.compile(
    r'\x1b\[[0-9;?]*[a-zA-Z]|#x1B\[[0-9;?]*[a-zA-Z]'
    '|[\x00-\x08\x0b-\x1f\x7f]')
"""Colours, also as pytest escapes them for XML, and what moves a cursor."""

NO_REASON = 'collection failure'
"""The message of pytest for a module that cannot be imported."""

FRAME = re.compile(r'^([^\s:][^:\n]*\.py):\d{1,9}:', re.MULTILINE)
"""A file in a traceback of pytest."""


class Case(NamedTuple):
    """A test in a cell.

    outcome: passed, failed or skipped.
    message: the first line says what is wrong; empty unless it failed.
    text: the traceback.
    output: what it printed.
    retried: whether it failed before it passed.
    """

    name: str
    outcome: str
    seconds: float = 0.0
    message: str = ''
    text: str = ''
    output: str = ''
    file: str = ''
    line: int = 0
    retried: bool = False

    @property
    def node_id(self) -> str:
        """Its node id for pytest, or its name if the traceback has no file.

        pytest's reports have the module and the classes, with dots.
        """
        module, _, test = self.name.partition('::')
        known = self.file if self.line else ''
        for frame in (known, *FRAME.findall(self.text)):
            file = frame.replace('\\', '/')  # Windows has its own.
            path = file.removesuffix('.py').replace('/', '.')
            if f'{module}.'.startswith(f'{path}.'):
                classes = module[len(path) + 1:].split('.')
                return '::'.join(filter(None, [file, *classes, test]))
        return self.name


class Suites(NamedTuple):
    """The tests of the reports in a folder.

    began: when the first suite began, in seconds since 1970; None if no
        report says so.
    seconds: how long the suites took.
    broken: reports that cannot be read.
    """

    tests: list[Case]
    began: float | None
    seconds: float
    broken: list[Path]


def read_suites(folder: Path) -> Suites:
    """Read every report in a folder, but no other XML."""
    tests: list[Case] = []
    began: list[float] = []
    broken, seconds = [], 0.0
    for path in sorted(folder.glob('*.xml')):
        try:
            read = _read(path.resolve(), path.stat().st_mtime_ns)
        except (ElementTree.ParseError, OSError):
            broken.append(path)  # It may have been killed while it wrote.
            continue
        tests += read.tests
        began += [] if read.began is None else [read.began]
        seconds += read.seconds
    return Suites(tests, min(began, default=None), seconds, broken)


@lru_cache
def _read(path: Path, mtime: int) -> Suites:
    """Read a report once, for a page and the history; nothing of other XML."""
    root = ElementTree.parse(path).getroot()
    if root.tag not in ('testsuites', 'testsuite'):
        return Suites([], None, 0, [])
    suites = [*root.iter('testsuite')]
    return Suites(
        [*map(_test, root.iter('testcase'))],
        min((when for suite in suites
             for when in _times(suite.get('timestamp', ''))), default=None),
        sum(number(suite.get('time', '')) for suite in suites), [])


def failed_tests(folder: Path) -> Iterator[Case]:
    """Yield the tests that failed."""
    return (each for each in read_suites(folder).tests
            if each.outcome == 'failed')


def _times(timestamp: str) -> list[float]:
    try:
        return [datetime.fromisoformat(timestamp).timestamp()]
    except (ValueError, OverflowError, OSError):
        return []


def _test(case: ElementTree.Element) -> Case:
    """A test; most have no children, which is the fast path."""
    classname, name = case.get('classname', ''), case.get('name', '')
    name = clean(f'{classname}::{name}' if classname else name)
    seconds = number(case.get('time', ''))
    if not len(case):
        return Case(name, 'passed', seconds)
    parts = {part.tag: part for part in reversed(case)}
    bad = next((parts[tag] for tag in BAD if tag in parts), None)
    retried = any(tag in parts for tag in RERUN)
    if bad is None:
        outcome = 'skipped' if 'skipped' in parts else 'passed'
        return Case(name, outcome, seconds,
                    retried=retried and outcome == 'passed')
    text = clean(bad.text or '').strip('\n')
    message = clean(bad.get('message') or '')
    if message in ('', NO_REASON):
        message = _last_line(text) or message or bad.get('type', '')
    output = '\n'.join(clean(part.text or '').strip('\n') for part in case
                       if part.tag in ('system-out', 'system-err'))
    return Case(name, 'failed', seconds, message, text, output,
                *_inside(*_place(case, text)))


def _last_line(text: str) -> str:
    return text.strip().rpartition('\n')[2].removeprefix('E  ').lstrip()


def _place(case: ElementTree.Element, text: str) -> tuple[str, int]:
    """The file and the line of a failed test; line 0 if none is known.

    pytest names them with junit_family = xunit1 alone, else the module:
    https://docs.pytest.org/en/stable/reference/reference.html
    """
    # The last line of a traceback of pytest: tests/test_a.py:3: AssertionError
    for line in reversed(text.splitlines()):
        if found := re.match(r'([^\s:][^:\n]*\.py):(\d{1,9}):', line):
            return found[1], int(found[2])
    given, line = case.get('file', ''), case.get('line', '')
    if frames := [*re.finditer(r'File "([^"\n]+)", line (\d{1,9})', text)]:
        own = [each for each in frames if given and each[1].endswith(given)]
        frame = (own or frames)[-1]
        return given or frame[1], int(frame[2])
    if given:
        return given, int(line) + 1 if line.isdecimal() else 0
    return case.get('classname', '').replace('.', '/') + '.py', 0


def _inside(file: str, line: int) -> tuple[str, int]:
    """The same place, from the current folder if it is there."""
    here = f'{Path.cwd().as_posix()}/'
    return file.replace('\\', '/').removeprefix(here), line


def number(text: str) -> float:
    """The number in a report; 0 if it has none, or no valid duration."""
    try:
        # Of a thousand seconds, some write 1,000.0.
        value = float(text.replace(',', ''))
    except ValueError:
        return 0.0
    return value if 0 <= value and math.isfinite(value) else 0.0


def clean(text: str) -> str:
    """A text without colours and control characters."""
    return CONTROL.sub('', text)
