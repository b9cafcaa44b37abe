"""What the structure promises, read off the code itself."""
import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / 'autodevelop').rglob('*.py'))
ORDER = ['errors', 'process', 'interpreters', 'settings', 'manifest', 'plan',
         'ci', 'report', 'commands', '__main__']
"""A module imports those before it alone."""


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
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
def test_only_the_service_imports_flask(path: Path) -> None:
    flask = any(name.split('.')[0] in ('flask', 'werkzeug')
                for name in imports(path))
    assert not flask or 'service' in path.parts


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
    assert 'autodevelop.ci = *.jinja' in (ROOT / 'setup.cfg').read_text()
