"""A first noxfile, made of what a repository has instead of one."""
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from autodevelop.adopt.linters import (
    FOR_TESTS, draft_lint, read_pyproject, type_comments,
)
from autodevelop.adopt.tox import (
    by_kind, is_apart, newest_here, tox_environments,
)
from autodevelop.errors import AutodevelopError

# As black and ruff format it: their hooks would rewrite it, and fail.
HEAD = '''"""What is checked; `nox --list` lists the sessions."""

import nox

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
'''
TOX = '''

def run_tox(session: nox.Session, env: str) -> None:
    """Run an environment of tox, with the Python that it needs (tox-uv)."""
    session.install("tox-uv")
    session.run("tox", "run", "-e", env, *session.posargs)
'''
ENVIRONMENT = '''

@nox.session
def {name}(session: nox.Session) -> None:
    """{title} with tox."""
    run_tox(session, "{env}")
'''
ENVIRONMENTS = '''

{constant} = [
{listed}]


@nox.session
@nox.parametrize("env", {constant}, ids={constant})
def {name}(session: nox.Session, env: str) -> None:
    """{title} with tox."""
    run_tox(session, env)
'''
TITLES = {'lint': 'Check style', 'types': 'Check types',
          'tests': 'Run the tests', 'tox': 'Run the other environments'}
PRE_COMMIT = '''

@nox.session
def lint(session: nox.Session) -> None:
    """Run the hooks of pre-commit on all files."""
    session.install("pre-commit")
    session.run("pre-commit", "run", "--all-files", *session.posargs)
'''
TESTS = '''

@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests."""
{before}    session.install({install})
    session.run("pytest", *session.posargs)
'''
GROUP = (
    '    project = nox.project.load_toml("pyproject.toml")\n'
    '    group = nox.project.dependency_groups(project, "{}")\n')
POETRY = '''

@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests with the versions in poetry.lock."""
    session.install("poetry")
    session.run("poetry", "install", "--with", "{group}")
    session.run("pytest", *session.posargs)
'''


class NothingToDraft(AutodevelopError):
    """A repository has nothing that a noxfile could run."""


class Draft(NamedTuple):
    """A noxfile, and what it was made of.

    at_push: of these sessions a push runs these cells alone.
    """

    text: str
    sources: tuple[str, ...]
    at_push: Mapping[str, Sequence[str]] = MappingProxyType({})


def draft_noxfile(root: Path) -> Draft:
    """Draft a noxfile."""
    sessions, sources = list[str](), list[str]()
    environments = tox_environments(root)
    apart = [name for name in environments if is_apart(name)]
    kinds = by_kind(name for name in environments if name not in apart)
    if (root / '.pre-commit-config.yaml').is_file():
        # It is what style environments of tox run, too.
        kinds['tox'] += kinds.pop('lint')
        sessions.append(PRE_COMMIT)
        sources.append('.pre-commit-config.yaml')
    elif not kinds['lint'] and (lint := draft_lint(root)):
        sessions.append(lint[0])
        sources.append(lint[1])
    by_tox = [_by_tox(kind, names) for kind, names in kinds.items() if names]
    if by_tox:
        sessions += [TOX, *by_tox]
        sources.append('the environments of tox' + (
            f' without {" and ".join(apart)}' if apart else ''))
    elif tests := _tests(root):
        sessions.append(tests[0])
        sources.append(tests[1])
    if not sessions:
        raise NothingToDraft(
            'there is no noxfile.py, and nothing to draft one from',
            'write one: https://nox.thea.codes/en/stable/tutorial.html')
    at_push = {kind: [f'{kind}({name})'] for kind, name in newest_here(
        kinds).items() if len(kinds[kind]) > 1} if by_tox else {}
    return Draft(type_comments(root) + HEAD + ''.join(sessions),
                 tuple(sources), at_push)


def _by_tox(kind: str, names: Sequence[str]) -> str:
    """A session that runs these environments."""
    if len(names) == 1:
        return ENVIRONMENT.format(name=kind, title=TITLES[kind], env=names[0])
    return ENVIRONMENTS.format(
        name=kind, title=TITLES[kind],
        constant='OTHERS' if kind == 'tox' else kind.upper(),
        listed=''.join(f'    "{name}",\n' for name in names))


def _tests(root: Path) -> tuple[str, str] | None:
    """The session tests, and what it was made of."""
    document = read_pyproject(root)
    groups: dict[str, Any] = document.get('dependency-groups', {})
    extras: dict[str, Any] = document.get('project', {}).get(
        'optional-dependencies', {})
    poetry = document.get('tool', {}).get('poetry', {})
    by_poetry: dict[str, Any] = {
        'dev': poetry.get('dev-dependencies'), **poetry.get('group', {})}
    project = '"-e", ".", ' if 'project' in document else ''
    for name in ('test', 'tests', 'testing', 'dev'):
        if has := _for_tests(name, groups):
            pytest = '"pytest", ' if has == 'other' else ''
            return _session(f'{pytest}{project}*group', GROUP.format(
                name)), f'dependency-groups.{name}'
        if _for_tests(name, extras):
            return _session(f'"-e", ".[{name}]"'), f'the extra {name}'
        if _for_tests(name, by_poetry):
            return POETRY.format(group=name), f'the group {name} of poetry'
    for name in FOR_TESTS:
        if (root / name).is_file():
            return _session(f'{project}"-r", "{name}"'), name
    if [*root.glob('test*/**/test_*.py'), *root.glob('test_*.py')]:
        extra = '"-r", "requirements.txt", ' if (
            root / 'requirements.txt').is_file() else ''
        return _session(f'{project}{extra}"pytest"'), 'the tests'
    return None


def _for_tests(name: str, groups: Mapping[str, Any]) -> str:
    """How a group is for tests: 'pytest' is in it, or its name says so."""
    text = str(groups.get(name) or '')
    if 'pytest' in text:
        return 'pytest'
    return ('include' if 'include-group' in text else 'other') if (
        text and name != 'dev') else ''


def _session(install: str, before: str = '') -> str:
    return TESTS.format(install=install, before=before)
