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
    tests: the session whose cells measure coverage.
    coverage: the session that combines what they measured.
    file_names: whether the sessions of the stage pre-commit get the names of
        the files of the commit as positional arguments.
    issue: a regular expression that commit messages must match somewhere.
    stages: sessions by stage, for a noxfile whose tags are no stages.
    """

    ci: tuple[str, ...] = ('github',)
    requirements: str = ''
    upload: str = ''
    branch: str = 'main'
    environments: tuple[str, ...] = ()
    tests: str = 'tests'
    coverage: str = 'coverage'
    file_names: bool = True
    issue: str = ''
    stages: Mapping[str, tuple[str, ...]] = MappingProxyType({})


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
    if key == 'file_names':
        return _boolean(key, value)
    if key == 'environments':
        return _environments(_names(key, value))
    if key == 'branch' and not BRANCH.fullmatch(_text(key, value)):
        raise _wrong(f'wants a plain name for branch, not {value!r}',
                     'use letters, digits and ./_- alone')
    return _names(key, value) if key == 'ci' else _text(key, value)


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
