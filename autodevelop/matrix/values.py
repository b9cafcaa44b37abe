"""The values of settings: each is checked, or a clear error is raised."""
from collections.abc import Iterable, Sequence
from typing import Any

from autodevelop.errors import AutodevelopError


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


def check_table(key: str, value: Any,
                keys: Sequence[str] | None = None) -> dict[str, Any]:
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
            f'there are {", ".join(names)}')


def wrong_type(key: str, value: Any, wanted: str,
               example: str) -> AutodevelopError:
    return wrong(f'needs {wanted} for {key}, not {value!r}',
                 f'write {key.rpartition(".")[2]} = {example}')


def wrong(problem: str, hint: str) -> AutodevelopError:
    return AutodevelopError(f'[tool.autodevelop] in pyproject.toml {problem}',
                            hint)
