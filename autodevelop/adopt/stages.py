"""Which sessions of a noxfile belong to which stage, with the reasons."""
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import NamedTuple

from autodevelop.adopt.workflows import Workflows
from autodevelop.ci.doubts import CHORES
from autodevelop.matrix.manifest import Session

STYLE = re.compile(
    r'(lint|linters?|linting|style|pre[-_]commit|prek|flake8|pep8|ruff|'
    r'(py)?codestyle|pylint|qa|'
    r'check[-_](style|format))', re.IGNORECASE)
TESTS = re.compile(
    r'((unit|fast|py)?[-_]?tests?([-_](unit|fast|suite))?|pytest|unit)',
    re.IGNORECASE)
TYPES = re.compile(r'(mypy|pyright|types?|typing|type[-_]?check(ing)?)',
                   re.IGNORECASE)
WRITES = re.compile(
    r'(format|fmt|black|isort|update|upgrade|lock|compile|requirements|'
    r'pip[-_]compile|docs?[-_](live|serve)|vendor\w*|generate\w*)',
    re.IGNORECASE)
"""Names of sessions that change files on purpose."""

VERSION = re.compile(r'\d+(\.\d+)+')
"""A Python that is neither PyPy nor free-threaded."""

OLDEST = 3, 9
"""Of the Pythons that virtualenv brings pip for:
https://virtualenv.pypa.io/en/latest/changelog.html
"""


class Line(NamedTuple):
    """A stage, the names of its sessions, and why these."""

    stage: str
    names: tuple[str, ...]
    reason: str


def propose_stages(sessions: Sequence[Session], workflows: Workflows,
                   at_push: Mapping[str, Sequence[str]] = MappingProxyType({}),
                   ) -> list[Line]:
    """Propose stages for a noxfile without stage tags; none without ci.

    at_push: by session, the cells of those that have too many to wait for.
    """
    names = [*dict.fromkeys(each.name for each in sessions)]
    wanted = [name for name in names if not _is_chore(name)]
    ci, why = _for_ci(sessions, wanted, workflows)
    styles = _matching(wanted, STYLE)
    style = [name for name in styles if name in ci] or styles[:1]
    push = [*style, *_matching(wanted, TYPES), *_matching(wanted, TESTS)]
    lines = [
        Line('pre-commit', tuple(style), 'style, judging by the name'),
        Line('pre-push', tuple(cell for name in push
                               for cell in at_push.get(name, [name])),
             'style, types and tests, judging by the names'
             + (', on some Pythons' if at_push.keys() & {*push} else '')),
        Line('ci', tuple(ci), why)]
    return [line for line in lines if line.names] if ci else []


def oldest_and_newest(sessions: Iterable[Session],
                      here: Container[str]) -> dict[str, list[str]]:
    """The cells of sessions with more than two Pythons, on the oldest and on
    the newest of those that are here: nobody waits at a push for all.
    """
    by_python: dict[str, dict[str, list[str]]] = {}
    for each in sessions:
        if each.python:
            by_python.setdefault(each.name, {}).setdefault(
                each.python, []).append(each.session)
    found = dict[str, list[str]]()
    for name, cells in by_python.items():
        known = sorted((python for python in cells if python in here
                        and VERSION.fullmatch(python)
                        and _numbers(python) >= OLDEST), key=_numbers)
        if known and len(cells) > 2:
            found[name] = [cell for python in dict.fromkeys(
                [known[0], known[-1]]) for cell in cells[python]]
    return found


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split('.')))


def _for_ci(sessions: Sequence[Session], wanted: list[str],
            workflows: Workflows) -> tuple[list[str], str]:
    run = {each.name for each in sessions if _is_run(each, workflows)}
    if run:
        ran = [name for name in wanted if name in run]
        return ran, f'what {", ".join(workflows.files)} runs'
    default = {each.name for each in sessions if each.default}
    return ([name for name in wanted if name in default],
            'what nox runs by default, except chores')


def _is_run(session: Session, workflows: Workflows) -> bool:
    if set(workflows.tags) & set(session.tags) or (
            workflows.default and session.default):
        return True
    return any(
        fnmatchcase(name, pattern.replace('[', '[[]'))
        for pattern in workflows.sessions if pattern.strip('*')
        for name in (session.name, session.session))


def _matching(names: Iterable[str], pattern: re.Pattern[str]) -> list[str]:
    return [name for name in names if pattern.fullmatch(name)]


def _is_chore(name: str) -> bool:
    return bool(CHORES.search(name) or WRITES.fullmatch(name))
