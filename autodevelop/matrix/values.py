"""The values of settings: each is checked, or a clear error is raised."""
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from autodevelop.errors import AutodevelopError

Check = Callable[[str, Any], Any]
"""Takes a key and its value, and returns the value of the setting."""


def check_text(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise wrong_type(key, value, 'a string', '"..."')


def check_names(key: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(n, str) for n in value):
        return tuple(value)
    raise wrong_type(key, value, 'a list of names', '["...", "..."]')


def check_boolean(key: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise wrong_type(key, value, 'true or false', 'true')


def check_count(key: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise wrong_type(key, value, 'a positive number', '2')


def check_length(key: str, value: Any) -> int:
    return 0 if value == 0 and value is not False else check_count(key, value)


CHECKS: Mapping[type, Check] = {
    str: check_text, tuple: check_names, bool: check_boolean,
    int: check_count}
"""How a value is checked, by the type of the default."""


def text_like(pattern: re.Pattern[str], wanted: str, hint: str) -> Check:
    """Check a text by a pattern for all of it."""
    def check(key: str, value: Any) -> str:
        if pattern.fullmatch(check_text(key, value)):
            return str(value)
        raise wrong(f'needs {wanted} for {key}, not {value!r}', hint)
    return check


def names_like(pattern: re.Pattern[str], wanted: str, hint: str) -> Check:
    """Check each text of a list by a pattern."""
    each = text_like(pattern, wanted, hint)
    return lambda key, value: tuple(
        each(key, name) for name in check_names(key, value))


def names_among(known: Sequence[str], kind: str) -> Check:
    """Check that a list has only names that are known."""
    def check(key: str, value: Any) -> tuple[str, ...]:
        names = check_names(key, value)
        if unknown := set(names) - set(known):
            raise wrong(f'has no {kind} {unknown.pop()!r}',
                        f'the {kind}s are {", ".join(known)}')
        return names
    return check


def table_of(check: Check, keys: Sequence[str] = ()) -> Check:
    """Check each value of a table alike.

    keys: those that are known; without any, all are.
    """
    return lambda key, value: {
        name: check(f'{key}.{name}', each)
        for name, each in check_table(key, value, keys).items()}


def check_fields(key: str, value: Any, defaults: Mapping[str, object],
                 special: Mapping[str, Check]) -> dict[str, Any]:
    """Check a table by the types of the defaults, or in a special way."""
    return {name: (special.get(name) or CHECKS[type(defaults[name])])(
        f'{key}.{name}', each)
        for name, each in check_table(key, value, [*defaults]).items()}


def check_table(key: str, value: Any,
                keys: Sequence[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(f'needs a table for {key}, not {value!r}',
                    f'write [tool.autodevelop.{key}]')
    if keys and (unknown := [name for name in value if name not in keys]):
        raise wrong(f'has no key {key}.{unknown[0]}',
                    suggestion(unknown[0], keys))
    return value


def suggestion(name: str, known: Iterable[str]) -> str:
    """The known name that is meant, or all of them."""
    import difflib  # Only errors need it.
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    return (f'did you mean {close[0]}?' if close else
            f'use one of {", ".join(names)}')


def wrong_type(key: str, value: Any, wanted: str,
               example: str) -> AutodevelopError:
    return wrong(f'needs {wanted} for {key}, not {value!r}',
                 f'write {key.rpartition(".")[2]} = {example}')


def wrong(problem: str, hint: str) -> AutodevelopError:
    return AutodevelopError(f'[tool.autodevelop] in pyproject.toml {problem}',
                            hint)
