"""A first noxfile, made of what a repository has instead of one."""
import configparser
import itertools
import re
import textwrap
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autodevelop.errors import AutodevelopError

HEAD = '''"""What is checked; `nox --list` lists the sessions."""
import nox

nox.options.default_venv_backend = 'uv|virtualenv'
nox.options.reuse_venv = 'yes'
'''
TOX = '''

@nox.session
@nox.parametrize('env', ENVIRONMENTS, ids=ENVIRONMENTS)
def tox(session: nox.Session, env: str) -> None:
    """Run an environment of tox, with the Python that it needs (tox-uv)."""
    session.install('tox-uv')
    session.run('tox', 'run', '-e', env, *session.posargs)
'''
RUFF = '''

@nox.session
def lint(session: nox.Session) -> None:
    """Check style (ruff); -- [FILE ...]."""
    session.install('ruff')
    session.run('ruff', 'check', *(session.posargs or ['.']))
'''
PRE_COMMIT = '''

@nox.session
def lint(session: nox.Session) -> None:
    """Run the hooks of pre-commit on all files."""
    session.install('pre-commit')
    session.run('pre-commit', 'run', '--all-files', *session.posargs)
'''
TESTS = '''

@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests."""
    session.install({install})
    session.run('pytest', *session.posargs)
'''
GROUP = """*nox.project.dependency_groups(
        nox.project.load_toml('pyproject.toml'), '{}')"""
EXTRA = "'-e', '.[{}]'"
BRACES = re.compile(r'\{([^{}]*)\}')


class Draft(NamedTuple):
    """A noxfile, and what it was made of."""

    text: str
    sources: tuple[str, ...]


def draft_noxfile(root: Path) -> Draft:
    """Draft a noxfile.

    Raises AutodevelopError where nothing says what to check.
    """
    sessions, sources = list[str](), list[str]()
    if names := tox_environments(root):
        sessions.append(_environments(names) + TOX)
        sources.append('tox.ini')
    if (root / '.pre-commit-config.yaml').is_file():
        sessions.append(PRE_COMMIT)
        sources.append('.pre-commit-config.yaml')
    elif _has_ruff(root):
        sessions.append(RUFF)
        sources.append('the settings of ruff')
    install = None if names else _test_requirements(root)
    if install:
        sessions.append(TESTS.format(install=install[0]))
        sources.append(install[1])
    if not sessions:
        raise AutodevelopError(
            'there is no noxfile.py, and nothing to draft one from',
            'write one: https://nox.thea.codes/en/stable/tutorial.html')
    return Draft(HEAD + ''.join(sessions), tuple(sources))


def tox_environments(root: Path) -> list[str]:
    """The names in env_list of tox.ini, with their braces expanded."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string((root / 'tox.ini').read_text('utf-8'))
    except (OSError, ValueError, configparser.Error):
        return []
    given = parser.get('tox', 'env_list', fallback='') or parser.get(
        'tox', 'envlist', fallback='')
    # A comma in braces separates their alternatives.
    entries = re.findall(r'(?:\{[^{}]*\}|[^\s,{}#])+', given)
    return [*dict.fromkeys(name for entry in entries
                           for name in _expand(entry))]


def _expand(entry: str) -> list[str]:
    parts = BRACES.split(entry)
    choices = [[part] if number % 2 == 0 else
               [each.strip() for each in part.split(',')]
               for number, part in enumerate(parts)]
    return [''.join(chosen) for chosen in itertools.product(*choices)]


def _environments(names: Sequence[str]) -> str:
    """An assignment in lines of at most 79 characters."""
    listed = textwrap.fill(', '.join(map(repr, names)), 75,
                           break_on_hyphens=False)
    return '\nENVIRONMENTS = [\n' + textwrap.indent(listed, '    ') + '\n]\n'


def _has_ruff(root: Path) -> bool:
    return any((root / name).is_file() for name in ('ruff.toml', '.ruff.toml')
               ) or 'ruff' in _document(root).get('tool', {})


def _document(root: Path) -> dict[str, Any]:
    """The project's pyproject.toml; empty where it cannot be read."""
    try:
        return tomllib.loads((root / 'pyproject.toml').read_text('utf-8'))
    except (OSError, ValueError):
        return {}


def _test_requirements(root: Path) -> tuple[str, str] | None:
    """What the session tests installs, as arguments, and where it stands."""
    document = _document(root)
    groups: dict[str, Any] = document.get('dependency-groups', {})
    extras: dict[str, Any] = document.get('project', {}).get(
        'optional-dependencies', {})
    project = "'-e', '.', " if 'project' in document else ''
    for name in ('test', 'tests', 'testing', 'dev'):
        if 'pytest' in str(groups.get(name, '')):
            return project + GROUP.format(name), f'dependency-groups.{name}'
        if 'pytest' in str(extras.get(name, '')):
            return EXTRA.format(name), f'the extra {name}'
    for name in ('requirements-dev.txt', 'dev-requirements.txt',
                 'test-requirements.txt', 'requirements-test.txt'):
        if (root / name).is_file():
            return f"{project}'-r', '{name}'", name
    if [*root.glob('test*/**/test_*.py'), *root.glob('test_*.py')]:
        extra = "'-r', 'requirements.txt', " if (
            root / 'requirements.txt').is_file() else ''
        return f"{project}{extra}'pytest'", 'the tests'
    return None
