"""A first noxfile, made of what a repository has instead of one."""
import textwrap
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autodevelop.adopt.tox import tox_environments
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
POETRY = '''

@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, with what poetry.lock says."""
    session.install('poetry')
    session.run('poetry', 'install', '--with', '{group}')
    session.run('pytest', *session.posargs)
'''


class Draft(NamedTuple):
    """A noxfile, and what it was made of."""

    text: str
    sources: tuple[str, ...]


def draft_noxfile(root: Path) -> Draft:
    """Draft a noxfile."""
    sessions, sources = list[str](), list[str]()
    if names := tox_environments(root):
        sessions.append(_environments(names) + TOX)
        sources.append('the environments of tox')
    if (root / '.pre-commit-config.yaml').is_file():
        sessions.append(PRE_COMMIT)
        sources.append('.pre-commit-config.yaml')
    elif _has_ruff(root):
        sessions.append(RUFF)
        sources.append('the settings of ruff')
    tests = None if names else _tests(root)
    if tests:
        sessions.append(tests[0])
        sources.append(tests[1])
    if not sessions:
        raise AutodevelopError(
            'there is no noxfile.py, and nothing to draft one from',
            'write one: https://nox.thea.codes/en/stable/tutorial.html')
    return Draft(HEAD + ''.join(sessions), tuple(sources))


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


def _tests(root: Path) -> tuple[str, str] | None:
    """The session tests, and what it was made of."""
    document = _document(root)
    groups: dict[str, Any] = document.get('dependency-groups', {})
    extras: dict[str, Any] = document.get('project', {}).get(
        'optional-dependencies', {})
    poetry = document.get('tool', {}).get('poetry', {})
    by_poetry: dict[str, Any] = {
        'dev': poetry.get('dev-dependencies'), **poetry.get('group', {})}
    project = "'-e', '.', " if 'project' in document else ''
    for name in ('test', 'tests', 'testing', 'dev'):
        if has := _for_tests(name, groups):
            install = project + GROUP.format(name)
            return _session(f"'pytest', {install}" if has == 'other' else
                            install), f'dependency-groups.{name}'
        if _for_tests(name, extras):
            return _session(EXTRA.format(name)), f'the extra {name}'
        if _for_tests(name, by_poetry):
            return POETRY.format(group=name), f'the group {name} of poetry'
    for name in ('requirements-dev.txt', 'dev-requirements.txt',
                 'test-requirements.txt', 'requirements-test.txt'):
        if (root / name).is_file():
            return _session(f"{project}'-r', '{name}'"), name
    if [*root.glob('test*/**/test_*.py'), *root.glob('test_*.py')]:
        extra = "'-r', 'requirements.txt', " if (
            root / 'requirements.txt').is_file() else ''
        return _session(f"{project}{extra}'pytest'"), 'the tests'
    return None


def _for_tests(name: str, groups: Mapping[str, Any]) -> str:
    """How a group is for tests: 'pytest' is in it, or its name says so."""
    text = str(groups.get(name) or '')
    if 'pytest' in text:
        return 'pytest'
    return ('include' if 'include-group' in text else 'other') if (
        text and name != 'dev') else ''


def _session(install: str) -> str:
    return TESTS.format(install=install)
