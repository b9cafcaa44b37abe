"""A first noxfile, made of what a repository has instead of one."""
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from autodevelop.adopt.linters import (
    draft_lint, read_pyproject, type_comments,
)
from autodevelop.adopt.packages import draft_packages
from autodevelop.adopt.testing import draft_tests, find_needs
from autodevelop.adopt.tox import (
    by_kind, is_apart, newest_here, tox_environments,
)
from autodevelop.adopt.workflows import workflow_texts
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.interpreters import Interpreter
from autodevelop.system.files import read_text

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
    session.run({arguments})
'''
HOOKS = '"pre-commit", "run", "--all-files", *session.posargs'
ON_A_BRANCH = 'no-commit-to-branch'
"""A hook that checks no files, and fails where CI runs on the main branch:
https://github.com/pre-commit/pre-commit-hooks#no-commit-to-branch
"""


class NothingToDraft(AutodevelopError):
    """A repository has nothing that a noxfile could run."""


class Draft(NamedTuple):
    """A noxfile, and what it was made of.

    at_push: of these sessions a push runs these cells alone.
    """

    text: str
    sources: tuple[str, ...]
    at_push: Mapping[str, Sequence[str]] = MappingProxyType({})


def draft_noxfile(root: Path, found: Collection[Interpreter]) -> Draft:
    """Draft a noxfile.

    found: the Pythons of this machine.
    """
    sessions, sources = list[str](), list[str]()
    environments = tox_environments(root) if _runs_tox(root) else []
    apart = [name for name in environments if is_apart(name)]
    kinds = by_kind(name for name in environments if name not in apart)
    if (root / '.pre-commit-config.yaml').is_file():
        # It is what style environments of tox run, too.
        kinds['tox'] += kinds.pop('lint')
        sessions.append(_by_pre_commit(root))
        sources.append('.pre-commit-config.yaml')
    elif not kinds['lint'] and (lint := draft_lint(root)):
        sessions.append(lint[0])
        sources.append(lint[1])
    by_tox = [_by_tox(kind, names) for kind, names in kinds.items() if names]
    if by_tox:
        sessions += [TOX, *by_tox]
        sources.append('the environments of tox' + (
            f' without {" and ".join(apart)}' if apart else ''))
    elif tests := draft_tests(root) or draft_packages(root):
        sessions.append(tests[0])
        sources.append(tests[1])
    if not sessions:
        raise NothingToDraft(
            'there is no noxfile.py, and nothing to draft one from',
            'write one: https://nox.thea.codes/en/stable/tutorial.html')
    at_push = {kind: [f'{kind}({name})'] for kind, name in newest_here(
        kinds, found).items() if len(kinds[kind]) > 1} if by_tox else {}
    return Draft(type_comments(root) + HEAD + ''.join(sessions),
                 tuple(sources), at_push)


def _runs_tox(root: Path) -> bool:
    """Whether tox still runs the checks, where workflows show what does."""
    texts = workflow_texts(root)
    return not texts or 'tox' in texts or not find_needs(
        root, read_pyproject(root)).kind


def _by_pre_commit(root: Path) -> str:
    """A session that runs the hooks, but none that depends on the branch."""
    arguments = HOOKS
    if ON_A_BRANCH in read_text(root / '.pre-commit-config.yaml'):
        arguments = ''.join(f'\n        {each},' for each in (
            *HOOKS.split(', '), f'env={{"SKIP": "{ON_A_BRANCH}"}}')) + '\n    '
    return PRE_COMMIT.format(arguments=arguments)


def _by_tox(kind: str, names: Sequence[str]) -> str:
    """A session that runs these environments."""
    if len(names) == 1:
        return ENVIRONMENT.format(name=kind, title=TITLES[kind], env=names[0])
    return ENVIRONMENTS.format(
        name=kind, title=TITLES[kind],
        constant='OTHERS' if kind == 'tox' else kind.upper(),
        listed=''.join(f'    "{name}",\n' for name in names))
