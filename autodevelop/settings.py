"""The table ``[tool.autodevelop]`` of pyproject.toml."""
import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from autodevelop.errors import AutodevelopError

STAGES = ('pre-commit', 'pre-push', 'ci', 'deploy')
ENVIRONMENTS = ('production', 'staging')

BRANCH = re.compile(r'\w[\w./-]*')


class Deploy(NamedTuple):
    """The keys of ``[tool.autodevelop.deploy]``, fit for the service here.

    application: what gunicorn serves, as it names it.
    health: the path that answers 200 and the release, in JSON.
    workers: how many processes of gunicorn answer.
    keep: how many releases stay on the server, to go back to.
    requirements: the lock file, with hashes, of what a release runs on.
    patience: seconds for a release to start and be well.
    """

    application: str = 'autodevelop.service:create_app()'
    health: str = '/healthz'
    workers: int = 2
    keep: int = 5
    requirements: str = 'requirements.txt'
    patience: int = 30


class Settings(NamedTuple):
    """Every key with its default.

    ci: the providers whose files ``autodevelop ci`` keeps.
    requirements: the lock file that brings nox and autodevelop to a CI job;
        without it they come from the package index.
    upload: the command that sends coverage to Codecov; the variable
        CODECOV_TOKEN is the secret of that name, or empty.
    branch: the main branch, on which CI runs and from which is deployed.
    environments: where CI deploys to, of ENVIRONMENTS: the main branch to
        production, a pull request to staging.
    tests: the sessions whose cells measure coverage.
    coverage: the session that combines what they measured.
    file_names: whether the sessions of the stage pre-commit get the names of
        the files of the commit as positional arguments.
    issue: a regular expression that commit messages must match somewhere.
    stages: sessions by stage, for a noxfile whose tags are no stages.
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
    stages: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    deploy: Deploy = Deploy()


def read_settings(folder: Path) -> Settings:
    """Read the settings of the project in this folder.

    Raises AutodevelopError for a file that is no TOML, an unknown key or
    stage, and a value of the wrong type.
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
            f'pyproject.toml cannot be read: {error}', 'mend the file',
        ) from error
    table: Any = document
    for name in ('tool', 'autodevelop'):
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise _wrong('wants a table', 'write [tool.autodevelop]')
    return Settings(**{key: _value(key, table[key]) for key in table})


def skipped_by_name() -> frozenset[str]:
    """The sessions that AUTODEVELOP_SKIP names, separated by commas."""
    names = os.environ.get('AUTODEVELOP_SKIP', '').split(',')
    return frozenset(name.strip() for name in names if name.strip())


def _value(key: str, value: Any) -> Any:
    if key not in Settings._fields:
        raise _wrong(f'has no key {key!r}',
                     f'the keys are {", ".join(Settings._fields)}')
    if key == 'stages':
        return _stages(value)
    if key == 'deploy':
        return _deploy(value)
    if key == 'file_names':
        return _boolean(key, value)
    if key == 'environments':
        return _environments(_names(key, value))
    if key == 'branch' and not BRANCH.fullmatch(_text(key, value)):
        raise _wrong(f'wants a plain name for branch, not {value!r}',
                     'use letters, digits and ./_- alone')
    if key == 'tests' and isinstance(value, str):
        return (value,)
    return _names(key, value) if key in ('ci', 'tests') else _text(key, value)


def _environments(names: tuple[str, ...]) -> tuple[str, ...]:
    if unknown := set(names) - set(ENVIRONMENTS):
        raise _wrong(f'has no environment {unknown.pop()!r}',
                     f'the environments are {", ".join(ENVIRONMENTS)}')
    return names


def _stages(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise _wrong(f'wants a table for stages, not {value!r}',
                     'write [tool.autodevelop.stages]')
    if unknown := set(value) - set(STAGES):
        raise _wrong(f'has no stage {unknown.pop()!r}',
                     f'the stages are {", ".join(STAGES)}')
    return {stage: _names(f'stages.{stage}', value[stage]) for stage in value}


def _deploy(value: Any) -> Deploy:
    if not isinstance(value, dict):
        raise _wrong(f'wants a table for deploy, not {value!r}',
                     'write [tool.autodevelop.deploy]')
    if unknown := set(value) - set(Deploy._fields):
        raise _wrong(f'has no key deploy.{unknown.pop()}',
                     f'the keys are {", ".join(Deploy._fields)}')
    values: dict[str, Any] = {
        key: (_text if isinstance(default, str) else _count)(
            f'deploy.{key}', value.get(key, default))
        for key, default in Deploy._field_defaults.items()}
    deploy = Deploy(**values)
    if not deploy.health.startswith('/'):
        raise _wrong(f'wants a path for deploy.health, not {deploy.health!r}',
                     'write health = "/..."')
    return deploy


def _count(key: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise _wrong(f'wants a number from 1 on for {key!r}, not {value!r}',
                 f'write {key.rpartition(".")[2]} = 2')


def _names(key: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(n, str) for n in value):
        return tuple(value)
    raise _wrong(f'wants a list of names for {key!r}, not {value!r}',
                 f'write {key} = ["...", "..."]')


def _boolean(key: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise _wrong(f'wants true or false for {key!r}, not {value!r}',
                 f'write {key} = true')


def _text(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise _wrong(f'wants a text for {key!r}, not {value!r}',
                 f'write {key} = "..."')


def _wrong(what: str, what_to_do: str) -> AutodevelopError:
    return AutodevelopError(f'[tool.autodevelop] in pyproject.toml {what}',
                            what_to_do)
