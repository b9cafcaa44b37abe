"""A session lint of the linters that a project requires."""
import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autodevelop.adopt.workflows import workflow_texts
from autodevelop.system.files import read_text

LINT = '''

@nox.session
def lint(session: nox.Session) -> None:
    """Check style; -- [FILE ...]."""
    paths = session.posargs or ["."]
    session.install({install})
{runs}'''
LINTERS = {'ruff': '"ruff", "check"', 'flake8': '"flake8"',
           'black': '"black", "--check"'}
TYPE_CHECKERS = {
    'mypy': '# mypy: ignore-errors\n',
    'pyright': '# pyright: basic, reportMissingImports=false\n'}
FORMAT = re.compile(r'\bruff format\b')
NAME = re.compile(r'[A-Za-z0-9]+')
PACKAGE = re.compile(r'[A-Za-z0-9._-]+')
REQUIREMENTS = ('*requirement*.txt', 'requirements/*.txt',
                'test*/*requirement*.txt')
FOR_TESTS = re.compile(r'dev|test')


def draft_lint(root: Path) -> tuple[str, str] | None:
    """The session lint, and the linters that it was made of.

    They are those that the project requires, in its locked or required
    versions and with its plugins, and a ruff that has settings; of these,
    those that its workflows name, if they name any.
    """
    locked = _locked(root)
    required = [_pinned(each, locked) for each in _requirements(root)]
    if any((root / name).is_file() for name in ('ruff.toml', '.ruff.toml')
           ) or 'ruff' in read_pyproject(root).get('tool', {}):
        required.append(_pinned('ruff', locked))
    found = {name: [each for each in dict.fromkeys(required)
                    if (own := NAME.match(each)) and own[0] == name]
             for name in LINTERS}
    texts = workflow_texts(root)
    named = {name for name in found if found[name] and re.search(
        rf'\b{name}\b', texts)} or {*found}
    found = {name: each for name, each in found.items() if name in named}
    runs = ''.join(f'    session.run({words}, *paths)\n'
                   for name, words in LINTERS.items() if found.get(name))
    if FORMAT.search(texts) and found.get('ruff'):
        runs += '    session.run("ruff", "format", "--check", *paths)\n'
    install = ', '.join(f'"{each}"' for name, requirements in found.items()
                        for each in (requirements if name == 'flake8'
                                     else requirements[:1]))
    if len(install) > 58:  # As black wraps it.
        install = '\n        ' + install.replace(
            '", "', '",\n        "') + ',\n    '
    return (LINT.format(install=install, runs=runs), ' and '.join(
        name for name in found if found[name])) if runs else None


def _locked(root: Path) -> dict[str, str]:
    """The versions in its lock files, by the names of the packages."""
    return {each['name']: each['version']
            for name in ('poetry.lock', 'uv.lock')
            for each in _read_toml(root / name).get('package', [])
            if 'version' in each}


def _pinned(requirement: str, locked: Mapping[str, str]) -> str:
    """A requirement with the version of the lock file, if that has one."""
    name = PACKAGE.match(requirement)
    return f'{name[0]}=={locked[name[0]]}' if (
        name and name[0] in locked) else requirement


def type_comments(root: Path) -> str:
    """The comments that keep the project's type checkers off a noxfile.

    They run where nox is not installed, and know none of its types.
    """
    texts = ''.join(read_text(root / name) for name in (
        '.pre-commit-config.yaml', 'tox.ini', 'tox.toml', 'setup.cfg',
        'mypy.ini', '.mypy.ini', 'pyrightconfig.json', 'pyproject.toml'))
    return ''.join(comment for name, comment in TYPE_CHECKERS.items()
                   if name in texts)


def _requirements(root: Path) -> Iterator[str]:
    """What its groups, extras and files for development name."""
    document = read_pyproject(root)
    poetry = document.get('tool', {}).get('poetry', {})
    yield from poetry.get('dev-dependencies', {})
    for group in poetry.get('group', {}).values():
        yield from group.get('dependencies', {})
    groups = [*document.get('dependency-groups', {}).values(),
              *document.get('project', {}).get(
                  'optional-dependencies', {}).values(),
              *(read_text(root / name).splitlines()
                for name in (*requirement_files(root), 'requirements.txt'))]
    for each in itertools.chain(*groups):
        if isinstance(each, str):  # And no group that another includes.
            yield each.partition(';')[0].partition('#')[0].strip()


def requirement_files(root: Path) -> list[str]:
    """The files of requirements for tests or development; first those that
    name pytest.
    """
    names = {path.relative_to(root).as_posix()
             for pattern in REQUIREMENTS for path in root.glob(pattern)}
    return sorted(filter(FOR_TESTS.search, names), key=lambda name: (
        'pytest' not in read_text(root / name), 'test' not in name, name))


def read_pyproject(root: Path) -> dict[str, Any]:
    """The project's pyproject.toml; empty where it cannot be read."""
    return _read_toml(root / 'pyproject.toml')


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text('utf-8'))
    except (OSError, ValueError):
        return {}
