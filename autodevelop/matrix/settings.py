"""The table ``[tool.autodevelop]`` of pyproject.toml."""
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from autodevelop.errors import AutodevelopError

STAGES = ('pre-commit', 'pre-push', 'ci', 'deploy')
ENVIRONMENTS = ('production', 'staging')

BRANCH = re.compile(r'\w[\w./-]*')


class Deploy(NamedTuple):
    """The keys of ``[tool.autodevelop.deploy]``; the defaults fit the service.

    application: the WSGI application, as gunicorn names it.
    health: the path that answers 200 and, in JSON, the release.
    workers: the number of gunicorn's worker processes.
    keep: how many releases stay on the server, for a rollback.
    requirements: the lock file of a release, with hashes.
    patience: seconds for a release to start and become healthy.
    """

    application: str = 'autodevelop.service:create_app()'
    health: str = '/healthz'
    workers: int = 2
    keep: int = 5
    requirements: str = 'requirements.txt'
    patience: int = 30


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
    file_names: whether the sessions of the stage pre-commit get the names of
        the committed files as positional arguments.
    issue: a regular expression that commit messages must match.
    needs: files that git ignores and the checks need, copied to the room.
    verbose: whether hooks print the output of sessions that passed, too.
    stages: sessions by stage, for a noxfile without stage tags.
    deploy: how a release of the project is served.
    """

    ci: tuple[str, ...] = ('github',)
    requirements: str = ''
    upload: str = ''
    branch: str = 'main'
    environments: tuple[str, ...] = ()
    tests: tuple[str, ...] = ('tests',)
    coverage: str = 'coverage'
    file_names: bool = True
    issue: str = ''
    needs: tuple[str, ...] = ()
    verbose: bool = False
    stages: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    deploy: Deploy = Deploy()


def read_settings(folder: Path) -> Settings:
    """Read the settings of the project in this folder.

    Raises AutodevelopError for invalid TOML, an unknown key or stage, and a
    value of the wrong type.
    """
    path = folder / 'pyproject.toml'
    try:
        text = path.read_text(encoding='utf-8')
        if 'autodevelop' not in text:
            return Settings()
        import tomllib
        document = tomllib.loads(text)
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        raise AutodevelopError(
            f'cannot read pyproject.toml: {error}', 'fix the file',
        ) from error
    table: Any = document
    for name in ('tool', 'autodevelop'):
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise _wrong('is not a table', 'write [tool.autodevelop]')
    return Settings(**{key: _value(key, table[key]) for key in table})


def _value(key: str, value: Any) -> Any:
    if key not in Settings._fields:
        raise _wrong(f'has no key {key!r}',
                     f'the keys are {", ".join(Settings._fields)}')
    if key == 'tests' and isinstance(value, str):
        value = [value]
    check: Callable[[str, Any], Any] = SPECIAL.get(key) or CHECKS[
        type(Settings._field_defaults[key])]
    return check(key, value)


def _text(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise _wrong_type(key, value, 'a string', '"..."')


def _names(key: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(n, str) for n in value):
        return tuple(value)
    raise _wrong_type(key, value, 'a list of names', '["...", "..."]')


def _boolean(key: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise _wrong_type(key, value, 'true or false', 'true')


def _count(key: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise _wrong_type(key, value, 'a positive number', '2')


def _table(key: str, value: Any, keys: Sequence[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(f'needs a table for {key}, not {value!r}',
                     f'write [tool.autodevelop.{key}]')
    if unknown := [name for name in value if name not in keys]:
        raise _wrong(f'has no key {key}.{unknown[0]}',
                     f'the keys are {", ".join(keys)}')
    return value


def _branch(key: str, value: Any) -> str:
    if not BRANCH.fullmatch(_text(key, value)):
        raise _wrong(f'needs a plain name for {key}, not {value!r}',
                     'use only letters, digits and ./_-')
    return str(value)


def _environments(key: str, value: Any) -> tuple[str, ...]:
    names = _names(key, value)
    if unknown := set(names) - set(ENVIRONMENTS):
        raise _wrong(f'has no environment {unknown.pop()!r}',
                     f'the environments are {", ".join(ENVIRONMENTS)}')
    return names


def _stages(key: str, value: Any) -> dict[str, tuple[str, ...]]:
    return {stage: _names(f'{key}.{stage}', names)
            for stage, names in _table(key, value, STAGES).items()}


def _deploy(key: str, value: Any) -> Deploy:
    table = _table(key, value, Deploy._fields)
    deploy = Deploy(**{
        name: CHECKS[type(Deploy._field_defaults[name])](
            f'{key}.{name}', each) for name, each in table.items()})
    if not deploy.health.startswith('/'):
        raise _wrong(f'needs a path for deploy.health, not {deploy.health!r}',
                     'write health = "/..."')
    return deploy


CHECKS: Mapping[type, Callable[[str, Any], Any]] = {
    str: _text, tuple: _names, bool: _boolean, int: _count}
"""How a value is checked, by the type of the default."""

SPECIAL: Mapping[str, Callable[[str, Any], Any]] = {
    'branch': _branch, 'environments': _environments, 'stages': _stages,
    'deploy': _deploy}
"""How the other keys are checked."""


def _wrong_type(key: str, value: Any, wanted: str,
                example: str) -> AutodevelopError:
    return _wrong(f'needs {wanted} for {key}, not {value!r}',
                  f'write {key.rpartition(".")[2]} = {example}')


def _wrong(problem: str, hint: str) -> AutodevelopError:
    return AutodevelopError(f'[tool.autodevelop] in pyproject.toml {problem}',
                            hint)
