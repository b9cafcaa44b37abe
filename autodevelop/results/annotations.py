"""What GitHub shows beside a line of a file, and how it folds a log.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

MOST = 10
"""GitHub shows so many of one kind for a step."""


def _is_github() -> bool:
    return os.environ.get('GITHUB_ACTIONS') == 'true'


@contextmanager
def grouped(title: str) -> Iterator[None]:
    """Fold what is printed meanwhile, where GitHub shows the log."""
    if not _is_github():
        yield
        return
    _write(f'::group::{_data(title)}')
    try:
        yield
    finally:
        _write('::endgroup::')


def _write(line: str) -> None:
    """Write a command to standard error, as the output of a session."""
    sys.stderr.write(f'{line}\n')
    sys.stderr.flush()


def annotate(kind: str, message: str, file: str, line: object = '',
             end: object = '') -> None:
    """Show a message at a line of a file, if this is a job of GitHub.

    kind: error, warning or notice.
    """
    if not _is_github():
        return
    at = {'file': file, 'line': line, 'endLine': end}
    where = ','.join(f'{key}={_property(str(value))}'
                     for key, value in at.items() if value)
    _write(f'::{kind} {where}::{_data(message)}')


def annotate_failures(folder: Path) -> None:
    """Annotate the tests that failed, by the junit.xml of a cell.

    pytest names file and line with junit_family = xunit1 alone, else the
    module: https://docs.pytest.org/en/stable/reference/reference.html
    """
    shown = 0
    for path in sorted(folder.glob('*.xml')):
        for case in _cases(path):
            failure = case.find('failure')
            failure = case.find('error') if failure is None else failure
            if failure is None or shown == MOST:
                continue
            shown += 1
            name = f'{case.get("classname")}.{case.get("name")}'
            message = failure.get('message') or (failure.text or '')
            file, line = _place(case, failure.text or '')
            annotate('error', f'{name}: {message}', file, line)


def _cases(path: Path) -> list[ElementTree.Element]:
    try:
        return [*ElementTree.parse(path).getroot().iter('testcase')]
    except ElementTree.ParseError:
        return []  # It may have been killed while it wrote.


def _place(case: ElementTree.Element, text: str) -> tuple[str, str]:
    """The file and the line of a failed test."""
    if case.get('file'):
        return str(case.get('file')), str(int(case.get('line') or 0) + 1)
    # The last line of a traceback of pytest: tests/test_a.py:3: AssertionError
    for line in reversed(text.splitlines()):
        file, _, rest = line.partition(':')
        number = rest.partition(':')[0]
        if file.endswith('.py') and number.isdecimal():
            return file, number
    return str(case.get('classname')).replace('.', '/') + '.py', ''


def _data(text: str) -> str:
    return text.replace('%', '%25').replace('\r', '%0D').replace('\n', '%0A')


def _property(text: str) -> str:
    return _data(text).replace(':', '%3A').replace(',', '%2C')
