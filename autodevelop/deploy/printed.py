"""What an administrator installs: units of systemd, a site of nginx."""
import sys
from pathlib import Path

from autodevelop.deploy.target import Target
from autodevelop.git import Repository


def printed(name: str, target: Target, repository: Repository) -> str:
    """Fill in a unit, or the front, for a target; named as its folder is."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name('units')),
        keep_trailing_newline=True, undefined=StrictUndefined)
    return environment.get_template(f'{name}.jinja').render(
        name=target.folder.name, folder=target.folder, socket=target.current,
        repository=repository.git_dir, python=sys.executable)
