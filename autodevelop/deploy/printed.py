"""What an administrator installs: units of systemd, a site of nginx."""
import re
import sys
from pathlib import Path

from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.git import find_repository

PLAIN = re.compile('[a-zA-Z0-9_./-]+')


def printed(name: str, target: Target) -> str:
    """Fill in a unit, or the front, for a target; named as its folder is.

    Raises AutodevelopError for a folder whose name would mean something else
    there, and for a unit of the webhook outside of a repository.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    if not PLAIN.fullmatch(str(target.folder)):
        raise AutodevelopError(
            f'units of systemd cannot name {str(target.folder)!r}',
            'deploy to a folder of letters, digits and ./_- alone')
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name('units')),
        keep_trailing_newline=True, undefined=StrictUndefined)
    return environment.get_template(f'{name}.jinja').render(
        name=target.folder.name, folder=target.folder, socket=target.current,
        repository=lambda: find_repository().git_dir, python=sys.executable)
