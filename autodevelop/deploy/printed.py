"""What an administrator installs: units of systemd, a site of nginx."""
from pathlib import Path

from autodevelop.deploy.target import Target


def printed(template: str, target: Target) -> str:
    """Fill in a template for a target; it is named as its folder is."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent),
                              keep_trailing_newline=True,
                              undefined=StrictUndefined)
    return environment.get_template(template).render(
        name=target.folder.name, folder=target.folder, socket=target.current)
