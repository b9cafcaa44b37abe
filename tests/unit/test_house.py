"""What the structure promises, read off the code itself."""
import ast
import re
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.support.project import ROOT

METADATA = ConfigParser(interpolation=None)
METADATA.read(ROOT / 'setup.cfg')
MODULES = sorted((ROOT / 'autodevelop').rglob('*.py'))
ORDER = ['style', 'lint', 'errors', 'locks', 'process', 'forked', 'git',
         'interpreters', 'settings', 'manifest', 'plan', 'ci', 'report',
         'markdown', 'run', 'combine', 'health', 'mtimes', 'room', 'ledger',
         'installed', 'sessions', 'check', 'hunks', 'mend', 'commit_message',
         'installation', 'server_hooks', 'hooks', 'deploy', 'webhook',
         'commands', 'deploy_commands', 'hook_commands',
         'deploy_options', 'options', '__main__']
"""A module imports those before it alone."""


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, 'import by the whole name'
            yield node.module
            yield from (f'{node.module}.{alias.name}' for alias in node.names)


def room(name: str) -> str:
    return name.split('.')[1]


@pytest.mark.parametrize('path', MODULES, ids=lambda path: path.stem)
def test_imports_run_downward_and_the_service_stands_alone(
        path: Path) -> None:
    own = room('.'.join(path.relative_to(ROOT).with_suffix('').parts))
    used = {room(name) for name in imports(path)
            if name.startswith('autodevelop.')} - {own, '__version__'}
    if own in ('service', 'style', '__init__'):
        assert not used
    else:
        assert used <= set(ORDER[:ORDER.index(own)])


@pytest.mark.parametrize('path', MODULES, ids=lambda path: path.stem)
def test_only_what_answers_over_http_imports_flask(path: Path) -> None:
    flask = any(name.split('.')[0] in ('flask', 'werkzeug')
                for name in imports(path))
    assert not flask or {'service', 'webhook'} & set(path.parts)


@pytest.mark.parametrize('path', MODULES, ids=lambda path: path.stem)
def test_programs_are_started_at_one_door(path: Path) -> None:
    started = {name for name in imports(path) if 'subprocess' in name}
    assert not started - {'subprocess.Popen', 'subprocess'} or (
        path.stem == 'process')
    text = path.read_text(encoding='utf-8')
    assert path.stem == 'process' or not re.search(r'\bPopen\(', text)
    assert not re.search(r'os\.system|shell=True', text)


def test_the_harness_declares_what_it_imports() -> None:
    used = {name.split('.')[0].replace('_', '-') for path in MODULES
            if not {'service', 'webhook', 'lint'} & {path.stem, *path.parts}
            for name in imports(path)}
    declared = {re.split(r'[^a-z0-9-]', line)[0]
                for line in METADATA['options']['install_requires'].split()}
    third_party = used - {name.replace('_', '-')
                          for name in sys.stdlib_module_names}
    assert third_party - {'autodevelop', 'uv'} <= declared


def test_the_service_is_installed_as_its_lock_says() -> None:
    wanted = (ROOT / 'requirements.in').read_text().splitlines()
    extra = METADATA['options.extras_require']['service']
    assert [line for line in wanted if line[0] != '#'] == extra.split('\n')[1:]


def test_the_readme_names_the_oldest_python() -> None:
    oldest = METADATA['options']['python_requires'].removeprefix('>=')
    assert f'Python {oldest} or newer' in (ROOT / 'README.md').read_text()


def test_the_root_holds_the_version_alone() -> None:
    text = (ROOT / 'autodevelop/__init__.py').read_text()
    assert re.fullmatch(r"__version__ = '\d+\.\d+\.\d+'\n", text)


@pytest.mark.parametrize('path', MODULES, ids=lambda path: path.stem)
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding='utf-8')
    functions = [node for node in ast.walk(ast.parse(text))
                 if isinstance(node, ast.FunctionDef)]
    assert text.count('\n') <= 220
    assert not [each.name for each in functions
                if (each.end_lineno or 0) - each.lineno >= 45]


def test_the_noxfile_is_at_most_120_lines() -> None:
    assert (ROOT / 'noxfile.py').read_text().count('\n') <= 120


def test_every_template_is_packaged() -> None:
    data = METADATA['options.package_data']['*'].split()
    folder = ROOT / 'autodevelop'
    packages = {path.parent for path in MODULES}
    packaged = {path for package in packages for pattern in data
                for path in package.glob(pattern)}
    assert packaged == {
        path for path in folder.rglob('*') if path.is_file()
        and path.suffix not in ('.py', '.pyc')}
