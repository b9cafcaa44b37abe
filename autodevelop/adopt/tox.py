"""The environments of tox, from any of the files that it reads:
https://tox.wiki/en/latest/config.html#discovery-and-file-types
"""
import configparser
import itertools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BRACES = re.compile(r'\{([^{}]*)\}')


def tox_environments(root: Path) -> list[str]:
    """The names in env_list of tox, with what it expands expanded."""
    return [*dict.fromkeys([*_of_ini(root), *_of_toml(root)])]


def _of_ini(root: Path) -> Iterator[str]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string((root / 'tox.ini').read_text('utf-8'))
    except (OSError, ValueError, configparser.Error):
        return
    given = parser.get('tox', 'env_list', fallback='') or parser.get(
        'tox', 'envlist', fallback='')
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
    choices = [[part] if number % 2 == 0 else
               [each.strip() for each in part.split(',')]
               for number, part in enumerate(parts)]
    return [''.join(chosen) for chosen in itertools.product(*choices)]
