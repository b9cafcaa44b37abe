"""Settings whose values are more than text: each is checked."""
import re
from typing import Any

from autodevelop.matrix.values import (
    check_count, check_names, check_table, check_text, wrong, wrong_type,
)

STAGES = ('pre-commit', 'pre-push', 'ci', 'deploy')
PLATFORMS = ('linux', 'macos', 'windows')
ENVIRONMENTS = ('production', 'staging')

BRANCH = re.compile(r'[\w*][\w./*?+-]*')
WORKFLOW = re.compile(r'\.github/workflows/[\w.-]+\.ya?ml')
# They are written into shell commands, in double quotes.
REQUIREMENT = re.compile(r'[\w.,\[\]<>=!~ -]+')
TOOL = re.compile(
    r'\.|\d[\w.+!]*|[\w./-]+\.whl|(git\+)?(https|ssh|file)://[\w.@:/#=&%+~-]+')


def check_branch(key: str, value: Any) -> str:
    if not BRANCH.fullmatch(check_text(key, value)):
        raise wrong(f'needs a plain name for {key}, not {value!r}',
                    'use only letters, digits, the wildcards * and ? and '
                    './_+-')
    return str(value)


def check_branches(key: str, value: Any) -> tuple[str, ...]:
    return tuple(check_branch(key, name) for name in check_names(key, value))


def check_tool(key: str, value: Any) -> str:
    if TOOL.fullmatch(check_text(key, value)):
        return str(value)
    raise wrong(f'needs a version, a URL or a wheel for {key}, not {value!r}',
                f'write {key} = "git+https://example.org/autodevelop@COMMIT"')


def check_requirements(key: str, value: Any) -> tuple[str, ...]:
    names = check_names(key, value)
    if unsafe := [name for name in names if not REQUIREMENT.fullmatch(name)]:
        raise wrong(f'needs names of packages for {key}, not {unsafe[0]!r}',
                    f'write {key} = ["nox-poetry"]')
    return names


def check_workflow(key: str, value: Any) -> str:
    if WORKFLOW.fullmatch(check_text(key, value)):
        return str(value)
    raise wrong(f'needs the path of a workflow for {key}, not {value!r}',
                f'write {key} = ".github/workflows/nox.yml"')


def check_platforms(key: str, value: Any) -> dict[str, tuple[str, ...]]:
    table = {name: check_names(f'{key}.{name}', each)
             for name, each in check_table(key, value).items()}
    for names in table.values():
        if unknown := set(names) - set(PLATFORMS):
            raise wrong(f'has no platform {unknown.pop()!r}',
                        f'the platforms are {", ".join(PLATFORMS)}')
    return table


def check_runners(key: str, value: Any) -> dict[str, str]:
    return {name: check_text(f'{key}.{name}', label)
            for name, label in check_table(key, value).items()}


def check_environments(key: str, value: Any) -> tuple[str, ...]:
    names = check_names(key, value)
    if unknown := set(names) - set(ENVIRONMENTS):
        raise wrong(f'has no environment {unknown.pop()!r}',
                    f'the environments are {", ".join(ENVIRONMENTS)}')
    return names


def check_commits(key: str, value: Any) -> str:
    if value in ('tip', 'each'):
        return str(value)
    raise wrong_type(key, value, 'tip or each', '"each"')


def check_length(key: str, value: Any) -> int:
    return 0 if value == 0 and value is not False else check_count(key, value)


def check_files(key: str, value: Any) -> dict[str, tuple[str, ...]]:
    return {session: _patterns(f'{key}.{session}', patterns,
                               f'write {session} = ["*.py"]')
            for session, patterns in check_table(key, value).items()}


def check_projects(key: str, value: Any) -> tuple[str, ...]:
    return _patterns(key, value, f'write {key} = ["packages/*"]')


def _patterns(key: str, value: Any, hint: str) -> tuple[str, ...]:
    from autodevelop.matrix.patterns import find_defect  # Few projects need it
    patterns = check_names(key, value)
    if defect := find_defect(patterns):
        raise wrong(f'has {defect} in {key}', hint)
    return patterns


def check_stages(key: str, value: Any) -> dict[str, tuple[str, ...]]:
    return {stage: check_names(f'{key}.{stage}', names)
            for stage, names in check_table(key, value, STAGES).items()}
