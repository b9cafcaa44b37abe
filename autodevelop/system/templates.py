"""Jinja, in which a name that nobody gave is an error."""
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def environment(*folders: Path, **options: Any) -> 'Environment':
    """What loads templates from these folders; with options of Jinja."""
    # A plan needs the CI providers, but no template.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    return Environment(
        loader=FileSystemLoader(folders), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        **options)
