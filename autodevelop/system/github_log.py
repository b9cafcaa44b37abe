"""What GitHub shows beside a line of a file, and how it folds a log.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


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


def _data(text: str) -> str:
    return text.replace('%', '%25').replace('\r', '%0D').replace('\n', '%0A')


def _property(text: str) -> str:
    return _data(text).replace(':', '%3A').replace(',', '%2C')
