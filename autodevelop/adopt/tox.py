"""The environments of tox, from any of the files that it reads:
https://tox.wiki/en/latest/config.html#discovery-and-file-types
"""
import configparser
import itertools
import re
import tomllib
from collections.abc import (
    Collection, Iterable, Iterator, Mapping, Sequence,
)
from pathlib import Path
from typing import Any

from autodevelop.adopt.linters import read_pyproject
from autodevelop.adopt.stages import STYLE, TESTS, TYPES
from autodevelop.ci.doubts import CHORES
from autodevelop.matrix.interpreters import Interpreter, present
from autodevelop.system.files import read_text

BRACES = re.compile(r'\{([^{}]*)\}')
RANGE = re.compile(r'(\d+)-(\d+)')
PYTHON = re.compile(r'(?:py|python)?(\d)\.?(\d+)')
ANY_PYTHON = re.compile(r'(py|python|pypy)?[\d.]*t?')
"""The factors that name a Python, as py312, 3.12, pypy311 and py do."""

APART = re.compile(r'(^|[-_])(combine|erase|html|report)($|[-_])')


def tox_environments(root: Path) -> list[str]:
    """The names in env_list of tox, with what it expands expanded."""
    legacy = read_pyproject(root).get('tool', {}).get('tox', {}).get(
        'legacy_tox_ini', '')
    return [*dict.fromkeys([
        *_of_ini(read_text(root / 'tox.ini')),
        *_of_ini(read_text(root / 'setup.cfg'), 'tox:'),
        *_of_ini(legacy), *_of_toml(root)])]


def is_apart(name: str) -> bool:
    """Whether it is no check, or one of the data that others left."""
    return bool(APART.search(name)
                or CHORES.search(name.partition('-')[0]))


def by_kind(names: Iterable[str]) -> dict[str, list[str]]:
    """The environments by the name of a session that could run them."""
    kinds: dict[str, list[str]] = {
        'lint': [], 'types': [], 'tests': [], 'tox': []}
    for name in names:
        kinds[_kind(name)].append(name)
    return kinds


def _kind(name: str) -> str:
    factors = name.split('-')
    for kind, pattern in (('lint', STYLE), ('types', TYPES), ('tests', TESTS)):
        if any(map(pattern.fullmatch, [*factors, name])):
            return kind
    return 'tests' if ANY_PYTHON.fullmatch(factors[0]) else 'tox'


def newest_here(kinds: Mapping[str, Sequence[str]],
                found: Collection[Interpreter]) -> dict[str, str]:
    """The environment of types and of tests that a push runs: that of the
    newest Python among those found, or else of the newest; with several,
    that of the highest versions in its name.
    """
    here = present((
        '{}.{}'.format(*factor.groups()) for names in kinds.values()
        for name in names if (factor := PYTHON.match(name))), found)

    def rank(name: str) -> tuple[bool, tuple[int, ...], list[int]]:
        factor, _, others = name.partition('-')
        # Without other factors, it needs least.
        last = [-others.count('-'), not others, *map(
            int, re.findall(r'\d+', others))]
        version = PYTHON.fullmatch(factor)
        if not version:  # The Python that runs tox, but for py314t and pypy3.
            return factor in ('py', 'py3') or not (
                ANY_PYTHON.fullmatch(factor)), (), last
        numbers = int(version[1]), int(version[2])
        return '{}.{}'.format(*numbers) in here, numbers, last

    return {kind: max(reversed(kinds[kind]), key=rank)
            for kind in ('types', 'tests') if kinds[kind]}


def _of_ini(text: str, prefix: str = '') -> Iterator[str]:
    """Those of a text; py, as tox does, where it lists none but has one."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    tox = f'{prefix}tox'
    given = parser.get(tox, 'env_list', fallback='') or parser.get(
        tox, 'envlist', fallback='') or (
        'py' if parser.has_section(f'{prefix}testenv') else '')
    # A comma in braces separates their alternatives.
    entries = re.findall(r'(?:\{[^{}]*\}|[^\s,{}#])+', given)
    for entry in entries:
        yield from _expand(entry)


def _of_toml(root: Path) -> Iterator[str]:
    for name, *keys in (('tox.toml',), ('pyproject.toml', 'tool', 'tox')):
        try:
            table: Any = tomllib.loads((root / name).read_text('utf-8'))
        except (OSError, ValueError):
            continue
        for key in keys:
            table = table.get(key, {})
        for entry in table.get('env_list', []):
            if isinstance(entry, str):
                yield entry
            else:
                yield from ('-'.join(each) for each in itertools.product(
                    *map(_factors, entry.get('product', []))))


def _factors(given: Any) -> list[str]:
    """A list of factors, or a range: https://tox.wiki/en/latest/config.html"""
    if isinstance(given, list):
        return given
    return [f'{given.get("prefix", "")}{number}' for number in range(
        given.get('start', 0), given.get('stop', 0) + 1)]


def _expand(entry: str) -> list[str]:
    parts = BRACES.split(entry)
    choices = [[part] if number % 2 == 0 else [
        each for text in part.split(',') for each in _numbers(text.strip())]
        for number, part in enumerate(parts)]
    return [''.join(chosen) for chosen in itertools.product(*choices)]


def _numbers(text: str) -> list[str]:
    """The numbers of a range, as of 310-314; or the text itself."""
    ends = RANGE.fullmatch(text)
    return [*map(str, range(int(ends[1]), int(ends[2]) + 1))] if (
        ends) else [text]
