"""The files of a new project."""
import keyword
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from autodevelop.ci import Request, render_all
from autodevelop.ci.tool import find_tool, install_arguments
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.manifest import NO_CACHE
from autodevelop.matrix.plan import read_plan
from autodevelop.matrix.settings import Settings, read_settings
from autodevelop.system.files import write_file
from autodevelop.system.templates import load_templates

TEMPLATES = Path(__file__).with_name('templates')
DOTTED = ('gitignore', 'flake8')
"""Files whose names start with a dot: tools would read the templates, too."""

NAME = re.compile(r'[a-z]([a-z0-9_-]*[a-z0-9])?')
TAKEN = {*sys.stdlib_module_names, 'tests', 'noxfile', 'autodevelop', 'flask',
         'pytest', 'coverage', 'flake8', 'nox'}
"""Modules that the package of a project would hide."""


def write_project(folder: Path, name: str, service: bool) -> str:
    """Write a project with its CI files; where a CI job gets autodevelop from.

    service: whether with the division service, or an empty package.
    """
    tool = find_tool(Settings())
    requirement, = install_arguments(Settings(tool=tool), '')
    files = _render('common', 'service' if service else 'bare', name=name,
                    package=package_of(name), service=service, tool=tool,
                    requirement=requirement)
    for path, text in files:
        write_file(folder / path, text.encode())
    settings = read_settings(folder)
    cells = read_plan(folder, settings, NO_CACHE)
    for written, (_, text) in render_all(Request(folder, folder), cells,
                                         settings).items():
        write_file(written, text.encode())
    return tool


def package_of(name: str) -> str:
    """The package of a project."""
    package = name.replace('-', '_')
    if not NAME.fullmatch(name):
        raise AutodevelopError(
            f'{name!r} is not a valid name for a project',
            'use lower case letters, digits and hyphens: autodevelop new shop')
    if keyword.iskeyword(package) or package in TAKEN:
        raise AutodevelopError(f'the package {package} would shadow another',
                               f'choose another name: {name}-service')
    return package


def _render(*folders: str, package: str,
            **variables: object) -> Iterator[tuple[str, str]]:
    """Yield paths of files and their texts."""
    loaded = load_templates(TEMPLATES)
    for folder in folders:
        for path in sorted((TEMPLATES / folder).rglob('*')):
            if path.is_file():
                template = path.relative_to(TEMPLATES).as_posix()
                yield _target(path, TEMPLATES / folder, package), (
                    loaded.get_template(template).render(
                        package=package, **variables))


def _target(path: Path, folder: Path, package: str) -> str:
    """Where a template is written to."""
    name = path.relative_to(folder).as_posix().removesuffix('.jinja')
    return f'.{name}' if name in DOTTED else re.sub(
        '^package/', f'{package}/', name)
