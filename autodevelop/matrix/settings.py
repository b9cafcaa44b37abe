"""The table ``[tool.autodevelop]`` of pyproject.toml."""
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.values import (
    check_boolean, check_count, check_names, check_table, check_text, wrong,
    wrong_type,
)

STAGES = ('pre-commit', 'pre-push', 'ci', 'deploy')
ENVIRONMENTS = ('production', 'staging')

BRANCH = re.compile(r'\w[\w./-]*')

REPLACED = {'file_names': 'write [tool.autodevelop.files] lint = ["*.py"]'}


class Deploy(NamedTuple):
    """The keys of ``[tool.autodevelop.deploy]``.

    application: the WSGI application, as gunicorn names it.
    folder: the folder of the application; empty for the root.
    health: the path that answers 200 and, in JSON, the release.
    health_host: the name that the health is asked by; empty for localhost.
    workers: the number of gunicorn's worker processes.
    keep: how many releases stay on the server, for a rollback.
    requirements: the lock file of a release, with hashes; or uv.lock.
    install: whether the project itself is installed, too.
    patience: seconds for a release to start and become healthy.
    graceful_timeout: seconds for requests to finish when a release stops.
    check_limit: seconds for the sessions of the stage.
    unchecked: whether a commit goes live of which no session can run here.
    release: a command that is run before each new release starts.
    shared: files and folders that stay when releases change.
    access_log: whether requests are logged.
    """

    application: str = ''
    folder: str = ''
    health: str = '/healthz'
    health_host: str = ''
    workers: int = 2
    keep: int = 5
    requirements: str = ''
    install: bool = False
    patience: int = 30
    graceful_timeout: int = 30
    check_limit: int = 1800
    unchecked: bool = False
    release: str = ''
    shared: tuple[str, ...] = ()
    access_log: bool = False


class Settings(NamedTuple):
    """Every key with its default.

    ci: the providers whose files ``autodevelop ci`` writes.
    requirements: the lock file from which a CI job installs nox and
        autodevelop; without it they come from the package index.
    upload: the command that uploads coverage to Codecov; CODECOV_TOKEN is
        set to the secret of that name, or empty.
    branch: the main branch, on which CI runs and which is deployed.
    environments: where CI deploys: the main branch to production, a pull
        request to staging.
    tests: the sessions that measure coverage.
    coverage: the session that combines it.
    files: sessions that get the names of committed files, and their patterns.
    commits: which commits of a push are checked: the tip of each ref, or each.
    issue: a regular expression that commit messages must match.
    subject_length: the most characters of a subject, which a blank line
        follows; 0 for no such rule.
    subject_full_stop: whether a subject may end with a full stop.
    needs: files that git ignores and the checks need, copied to the room.
    verbose: whether hooks print the output of sessions that passed, too.
    stages: sessions by stage, for a noxfile without stage tags.
    deploy: how a release of the project is served.
    projects: which folders with a noxfile are projects, besides the root; all
        without it.
    """

    ci: tuple[str, ...] = ('github',)
    requirements: str = ''
    upload: str = ''
    branch: str = 'main'
    environments: tuple[str, ...] = ()
    tests: tuple[str, ...] = ('tests',)
    coverage: str = 'coverage'
    files: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    commits: str = 'tip'
    issue: str = ''
    subject_length: int = 0
    subject_full_stop: bool = True
    needs: tuple[str, ...] = ()
    verbose: bool = False
    stages: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    deploy: Deploy = Deploy()
    projects: tuple[str, ...] = ()


def read_settings(folder: Path) -> Settings:
    """Read the settings of the project in this folder.

    Raises AutodevelopError for invalid TOML, an unknown key or stage, and a
    value of the wrong type.
    """
    try:
        return parse_settings((folder / 'pyproject.toml').read_text('utf-8'))
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
    return Settings(**{key: _value(key, table[key]) for key in table})


def _value(key: str, value: Any) -> Any:
    if key not in Settings._fields:
        raise wrong(f'has no key {key!r}', REPLACED.get(
            key, f'the keys are {", ".join(Settings._fields)}'))
    if key == 'tests' and isinstance(value, str):
        value = [value]
    check: Callable[[str, Any], Any] = SPECIAL.get(key) or CHECKS[
        type(Settings._field_defaults[key])]
    return check(key, value)


def _branch(key: str, value: Any) -> str:
    if not BRANCH.fullmatch(check_text(key, value)):
        raise wrong(f'needs a plain name for {key}, not {value!r}',
                    'use only letters, digits and ./_-')
    return str(value)


def _environments(key: str, value: Any) -> tuple[str, ...]:
    names = check_names(key, value)
    if unknown := set(names) - set(ENVIRONMENTS):
        raise wrong(f'has no environment {unknown.pop()!r}',
                    f'the environments are {", ".join(ENVIRONMENTS)}')
    return names


def _commits(key: str, value: Any) -> str:
    if value in ('tip', 'each'):
        return str(value)
    raise wrong_type(key, value, 'tip or each', '"each"')


def _length(key: str, value: Any) -> int:
    return 0 if value == 0 and value is not False else check_count(key, value)


def _files(key: str, value: Any) -> dict[str, tuple[str, ...]]:
    return {session: _patterns(f'{key}.{session}', patterns,
                               f'write {session} = ["*.py"]')
            for session, patterns in check_table(key, value).items()}


def _projects(key: str, value: Any) -> tuple[str, ...]:
    return _patterns(key, value, f'write {key} = ["packages/*"]')


def _patterns(key: str, value: Any, hint: str) -> tuple[str, ...]:
    from autodevelop.matrix.patterns import find_defect  # Few projects need it
    patterns = check_names(key, value)
    if defect := find_defect(patterns):
        raise wrong(f'has {defect} in {key}', hint)
    return patterns


def _stages(key: str, value: Any) -> dict[str, tuple[str, ...]]:
    return {stage: check_names(f'{key}.{stage}', names)
            for stage, names in check_table(key, value, STAGES).items()}


def _deploy(key: str, value: Any) -> Deploy:
    table = check_table(key, value, Deploy._fields)
    deploy = Deploy(**{
        name: CHECKS[type(Deploy._field_defaults[name])](
            f'{key}.{name}', each) for name, each in table.items()})
    if not deploy.health.startswith('/'):
        raise wrong(f'needs a path for deploy.health, not {deploy.health!r}',
                    'write health = "/..."')
    for path in (deploy.folder, *deploy.shared):
        if path.startswith('/') or {'..', '.git'} & {*path.split('/')}:
            raise wrong(f'needs paths in the project, not {path!r}',
                        'name it from the root of the project')
    return deploy


CHECKS: Mapping[type, Callable[[str, Any], Any]] = {
    str: check_text, tuple: check_names, bool: check_boolean,
    int: check_count}
"""How a value is checked, by the type of the default."""

SPECIAL: Mapping[str, Callable[[str, Any], Any]] = {
    'branch': _branch, 'environments': _environments, 'stages': _stages,
    'deploy': _deploy, 'files': _files, 'commits': _commits,
    'projects': _projects, 'subject_length': _length}
"""How the other keys are checked."""
