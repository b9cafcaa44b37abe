"""What setup.cfg says of the package, against the code and other files."""
import ast
import re
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

from tests.support.project import ROOT

METADATA = ConfigParser(interpolation=None)
METADATA.read(ROOT / 'setup.cfg', encoding='utf-8')


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding='utf-8')


def imported_packages(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split('.')[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or '').split('.')[0]


def test_what_the_harness_imports_is_a_requirement() -> None:
    # The service and the webhook run with the extra `service` installed, and
    # gunicorn's configuration in the environment of a release. The extra
    # `report` brings what reads the data of coverage.
    extra = {'service', 'webhook', 'gunicorn_conf.py', 'covered.py'}
    modules = [path for path in (ROOT / 'autodevelop').rglob('*.py')
               if extra.isdisjoint(path.parts)]
    used = {name for path in modules for name in imported_packages(path)}
    declared = {re.split(r'[^a-z0-9-]', line)[0].replace('-', '_')
                for line in METADATA['options']['install_requires'].split()}
    # nox[uv] brings uv.
    assert used - sys.stdlib_module_names - {'autodevelop', 'uv'} <= declared


def test_the_extra_service_is_what_requirements_in_asks_for() -> None:
    asked = [line for line in read('requirements.in').splitlines()
             if not line.startswith('#')]
    extra = METADATA['options.extras_require']['service']
    assert asked == extra.split('\n')[1:]


def test_the_readme_names_the_oldest_python() -> None:
    oldest = METADATA['options']['python_requires'].removeprefix('>=')
    assert f'Python {oldest} or newer' in read('README.md')


def test_the_package_itself_holds_only_the_version() -> None:
    # setuptools reads it without importing what is not installed yet.
    assert re.fullmatch(r"__version__ = '\d+\.\d+\.\d+'\n",
                        read('autodevelop/__init__.py'))
