"""The platform that a session's parameter names, and the runner of a cell."""
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.manifest import Session
from autodevelop.matrix.settings import Settings

PARAMETERS = ('platform', 'os')

SPELLINGS = re.compile(
    '(?P<linux>linux2?|ubuntu|debian|posix)|(?P<macos>mac|macosx?|darwin|osx)'
    '|(?P<windows>windows|win(?:32|64)?|nt)', re.IGNORECASE)
LABEL = re.compile(r'(?P<system>ubuntu|macos|windows)-[\w.-]+')
"""A label of GitHub's own runners, such as ``ubuntu-24.04-arm``:
https://docs.github.com/actions/reference/runners/github-hosted-runners
"""
SYSTEMS = {'ubuntu': 'linux', 'macos': 'macos', 'windows': 'windows'}


def find_platform(session: Session) -> str | None:
    """The platform in a parameter of the session; None if it has none.

    Raises AutodevelopError for a value that is not known, so that such a cell
    does not run on Linux unnoticed.
    """
    for parameter in PARAMETERS:
        value = session.parameters.get(parameter)
        if value is None:
            continue
        if label := LABEL.fullmatch(value):
            return SYSTEMS[label['system']]
        if spelling := SPELLINGS.fullmatch(value):
            return spelling.lastgroup
        raise AutodevelopError(
            f'{session.session}: {parameter} {value!r} is not a platform that '
            'autodevelop knows',
            'say in pyproject.toml where it runs: [tool.autodevelop.platforms]'
            f' {session.name} = ["linux"]')
    return None


def find_runner(session: Session, name: str, settings: Settings) -> str:
    """The label of the runner for a cell of this name; empty for the usual.

    The first pattern in the settings that matches, or the parameter's value.
    """
    for pattern, label in settings.runners.items():
        if matches(name, [pattern]):
            return label
    values = map(session.parameters.get, PARAMETERS)
    return next((value for value in values
                 if value and LABEL.fullmatch(value)), '')


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether one of these patterns, as of a shell, matches a name."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)
