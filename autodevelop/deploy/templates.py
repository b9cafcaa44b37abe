"""What an administrator installs: systemd units and an nginx site."""
import re
import sys
from pathlib import Path

from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import find_repository
from autodevelop.system.templates import load_templates

PLAIN = re.compile('[a-zA-Z0-9_./-]+')


def render(name: str, target: Target, server_name: str = '_') -> str:
    """Fill in the template of a unit or site, named after the target's folder.

    server_name: the names of the site, separated by spaces; _ for any.
    """
    if not PLAIN.fullmatch(str(target.folder)):
        raise AutodevelopError(
            f'systemd units cannot name {str(target.folder)!r}',
            'deploy to a folder whose path has only letters, digits and ./_-')
    units = load_templates(Path(__file__).with_name('units'))
    return units.get_template(f'{name}.jinja').render(
        name=target.folder.name, server_name=server_name,
        variable=re.sub('[^a-z0-9]', '_', target.folder.name.lower()),
        folder=target.folder, socket=target.current,
        repository=lambda: find_repository().git_dir, python=sys.executable)
