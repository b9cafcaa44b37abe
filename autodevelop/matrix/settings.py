"""The table ``[tool.autodevelop]`` of pyproject.toml."""
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.matrix import special
from autodevelop.matrix.tables import (
    Checkout, Deploy, check_checkout, check_deploy,
)
from autodevelop.matrix.values import (
    CHECKS, Check, check_length, check_text, suggestion, table_of, wrong,
)


class Settings(NamedTuple):
    """Every key with its default.

    ci: the providers whose files ``autodevelop ci`` writes.
    github: the path of the workflow in the repository.
    tool: where a CI job gets autodevelop from: a version, a URL, a wheel in
        the repository, or ``.`` for its own checkout. By default as this
        autodevelop was installed.
    with_: what a job installs beside nox, for the noxfile to import.
    requirements: a lock file that a job installs, with hashes; autodevelop
        is in it unless ``tool`` says where it comes from.
    upload: the command that uploads coverage to Codecov; CODECOV_TOKEN is
        set to the secret of that name, or empty.
    branch: the main branch, on which CI runs and which is deployed.
    branches: those whose pushes CI checks, as patterns; by default ``branch``,
        or else the main branch of the repository.
    environments: where CI deploys: the main branch to production, a pull
        request to staging.
    checkout: what a job checks out.
    platforms: where sessions run that have no parameter ``platform``.
    runners: labels of GitHub's runners, by patterns for names of cells.
    may_fail: patterns for cells whose failure does not fail a run.
    timeout_minutes: how long a cell may take in CI.
    metadata: whether the Pythons of ``tests`` also set the lower bound, and
        remove classifiers.
    tests: the sessions that measure coverage.
    coverage: the session that combines it, after all others.
    files: sessions that get the names of committed files, and their patterns.
    commits: which commits of a push are checked: the tip of each ref, or each.
    issue: a regular expression that commit messages must match.
    subject_length: how many characters a subject may have, which a blank line
        follows; 0 for no such rule.
    subject_full_stop: whether a subject may end with a full stop.
    needs: files that git ignores and the checks need, copied to the room.
    verbose: whether hooks print the output of sessions that passed, too.
    history: how many runs the ledger remembers; 0 for none.
    stages: sessions, or single cells of them, by stage, for a noxfile without
        stage tags.
    deploy: how a release of the project is served.
    projects: which folders with a noxfile are projects, besides the root; by
        default all.
    """

    ci: tuple[str, ...] = ('github',)
    github: str = ''
    tool: str = ''
    with_: tuple[str, ...] = ()
    requirements: str = ''
    upload: str = ''
    branch: str = 'main'
    branches: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    checkout: Checkout = Checkout()
    platforms: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    runners: Mapping[str, str] = MappingProxyType({})
    may_fail: tuple[str, ...] = ()
    timeout_minutes: int = 60
    metadata: bool = False
    tests: tuple[str, ...] = ('tests',)
    coverage: str = ''
    files: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    commits: str = 'tip'
    issue: str = ''
    subject_length: int = 0
    subject_full_stop: bool = True
    needs: tuple[str, ...] = ()
    verbose: bool = False
    history: int = 200
    stages: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    deploy: Deploy = Deploy()
    projects: tuple[str, ...] = ()


def read_settings(folder: Path, text: str | None = None) -> Settings:
    """Read the settings of the project in this folder.

    text: what its pyproject.toml is to be, if that is not written yet.
    """
    try:
        given = (folder / 'pyproject.toml').read_bytes() if (
            text is None) else text.encode('utf-8', 'surrogateescape')
        return parse_settings(given.decode())
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        raise AutodevelopError(
            f'cannot read pyproject.toml: {error}', 'fix the file',
        ) from error


def parse_settings(text: str) -> Settings:
    """The same, of the text of a file; ValueError for invalid TOML."""
    if 'autodevelop' not in text:
        return Settings()
    import tomllib
    table: Any = tomllib.loads(text)
    for name in ('tool', 'autodevelop'):
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise wrong('is not a table', 'write [tool.autodevelop]')
    table = _with_branches(table)
    return Settings(**{FIELDS.get(key, key): _value(key, table[key])
                       for key in table})


def _with_branches(table: dict[str, Any]) -> dict[str, Any]:
    """The table where the main branch, or the first of a list, is both."""
    given = table.get('branch')
    if isinstance(given, list):
        several = _value('branches', given)
        return {'branches': given, **table, 'branch': ''.join(several[:1])}
    if isinstance(given, str):
        return {**table, 'branches': table.get('branches', [given])}
    return table


def _value(key: str, value: Any) -> Any:
    field = FIELDS.get(key, key)
    if field not in Settings._fields or key in FIELDS.values():
        raise wrong(f'has no key {key!r}', suggestion(key, KEYS))
    if key == 'tests' and isinstance(value, str):
        value = [value]
    check = SPECIAL.get(key) or CHECKS[type(Settings._field_defaults[field])]
    return check(key, value)


SPECIAL: Mapping[str, Check] = {
    'branch': special.check_branch, 'branches': special.check_branches,
    'checkout': check_checkout, 'commits': special.check_commits,
    'deploy': check_deploy, 'environments': special.check_environments,
    'files': special.check_files, 'history': check_length,
    'github': special.check_workflow, 'platforms': special.check_platforms,
    'projects': special.check_projects, 'runners': table_of(check_text),
    'stages': special.check_stages, 'subject_length': check_length,
    'tool': special.check_tool, 'with': special.check_requirements}
"""How the other keys are checked."""

FIELDS = {'with': 'with_'}
"""The fields of keys that are words of Python."""

KEYS = ['with' if name == 'with_' else name for name in Settings._fields]
