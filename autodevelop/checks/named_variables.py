"""Environment variables that decide what sessions do.

A pass with one value is none with another: as ``PYTEST_ADDOPTS="-k fast"``.
"""
import os
import re
from collections.abc import Iterable

from autodevelop.matrix.plan import STAGE
from autodevelop.system.cache import short_hash

ALWAYS = (
    'PYTEST_ADDOPTS', 'PYTHONOPTIMIZE', 'PYTHONWARNINGS', 'PYTHONDEVMODE',
    'PIP_CONSTRAINT', 'PIP_PRE', 'UV_CONSTRAINT', 'UV_EXCLUDE_NEWER',
    'UV_PRERELEASE', 'UV_RESOLUTION')
"""They change which tests run, what passes, or what is installed."""

NAME = re.compile(r'["\']([A-Z][A-Z0-9_]+)["\']')
"""As a noxfile names variables."""

ELSEWHERE = {'PATH', 'HOME', 'PWD'}
"""git, shells and GUI clients differ in them; toolchain_hash() looks for the
interpreters on PATH."""


def named_variables(noxfile: str) -> list[str]:
    """The variables that a noxfile may read; some may be other words."""
    return sorted({*NAME.findall(noxfile)} - ELSEWHERE)


def variables_hash(names: Iterable[str], stage: str = '') -> str:
    """A hash of these variables, and of those that always count.

    stage: the value of AUTODEVELOP_STAGE, if that is among the names.
    """
    given = {**os.environ, STAGE: stage}
    found = [(name, given[name]) for name in (*ALWAYS, *names)
             if given.get(name)]
    return short_hash(repr(found), 16) if found else ''


def installed_with(dependencies: str, variables: str) -> str:
    """The hash of what is installed, where that may depend on variables."""
    return short_hash(dependencies + variables, 64) if (
        variables) else dependencies
