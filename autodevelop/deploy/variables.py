"""The environment variables of an application, the same whoever deploys."""
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.system.files import write_file
from autodevelop.system.process import Variables

KEPT = re.compile('HOME|LANG|LC_[A-Z]+|LOGNAME|PATH|SHELL|TMPDIR|TZ|USER')
"""What an application gets of the environment of whoever deploys it."""

NAME = re.compile('[A-Za-z_][A-Za-z0-9_]*')


def variables_file(target: Target) -> Path:
    """Where they are stored, readable only by the user who deploys."""
    return target.folder / 'variables.json'


def read_variables(target: Target) -> dict[str, str]:
    """Read what was set."""
    path = variables_file(target)
    try:
        read: dict[str, str] = json.loads(path.read_text('utf-8'))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise AutodevelopError(
            f'cannot read {path}: {error.strerror}',
            f'run this as the user who deploys to {target.folder}') from error
    except ValueError as error:
        raise AutodevelopError(
            f'cannot read {path}: {error}',
            'correct it; or move it away, and set the variables again: '
            'autodevelop deploy env set NAME=VALUE') from error
    return read


def write_variables(target: Target, variables: Mapping[str, str]) -> None:
    """Store them instead of what was set before."""
    write_file(variables_file(target), json.dumps(variables).encode(), 0o600)


def check_variable(name: str, value: str) -> None:
    """Raise AutodevelopError unless a process can have such a variable."""
    if not NAME.fullmatch(name) or '\0' in value:
        raise AutodevelopError(
            f'{name!r} is not the name of a variable' if '\0' not in value
            else f'the value of {name} has a NUL character',
            'write NAME=VALUE, with letters, digits and _ in NAME')


def application_variables(target: Target, release: str,
                          venv: Path) -> Variables:
    """Changes to this process's variables for what the application runs."""
    kept = {name for name in os.environ if KEPT.fullmatch(name)}
    return {
        **dict.fromkeys(set(os.environ) - kept), **read_variables(target),
        'AUTODEVELOP_RELEASE': release, 'VIRTUAL_ENV': str(venv),
        'PATH': os.pathsep.join([str(venv / 'bin'),
                                 os.environ.get('PATH', os.defpath)])}
