"""Where the autodevelop that runs was installed from.

pip and uv record it in direct_url.json:
https://packaging.python.org/specifications/direct-url/
"""
import json
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from autodevelop.errors import AutodevelopError


def read_record() -> dict[str, Any] | None:
    """The record; empty after an install from an index.

    None where autodevelop runs from its source folder. Raises
    AutodevelopError for a record that is damaged.
    """
    try:
        text = distribution('autodevelop').read_text('direct_url.json')
    except PackageNotFoundError:
        return None
    if not text:
        return {}
    try:
        record: dict[str, Any] = json.loads(text)
        str.removeprefix(record['url'], '')
        commit_url(record)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise AutodevelopError(
            'cannot tell where autodevelop was installed from: its '
            'direct_url.json is damaged', 'install autodevelop again',
        ) from error
    return record


def commit_url(record: dict[str, Any]) -> str:
    """The URL of the commit that was installed, as pip takes it, or empty."""
    if 'vcs_info' not in record:
        return ''
    vcs, folder = record['vcs_info'], record.get('subdirectory')
    return f'{vcs["vcs"]}+{record["url"]}@{vcs["commit_id"]}' + (
        f'#subdirectory={folder}' if folder else '')
