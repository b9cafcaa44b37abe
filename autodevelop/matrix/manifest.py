"""The sessions of a noxfile, as ``nox --list --json`` lists them.

It lists only selected sessions, so two processes run side by side: one for
all sessions, by a keyword expression that is always true, and one for those
that a plain ``nox`` runs:
https://nox.thea.codes/en/stable/usage.html#listing-available-sessions
"""
import json
import os
import re
import shlex
import sys
from collections.abc import Iterable
from importlib.machinery import PathFinder
from pathlib import Path
from subprocess import Popen
from typing import Any, NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.interpreters import search_path
from autodevelop.matrix.special import STAGES
from autodevelop.system.fork import MODULE
from autodevelop.system.process import Variables, start

UNSET = ('NOXSESSION', 'NOXPYTHON', 'NOXEXTRAPYTHON', 'NOXFORCEPYTHON',
         'NOX_DEFAULT_VENV_BACKEND', 'FORCE_COLOR', 'PYTHON_COLORS')
"""Variables that change what nox lists, or make it fail."""

NO_CACHE = {'PYTHONDONTWRITEBYTECODE': '1'}
"""For a noxfile that may be new: "git add ." would add its __pycache__."""

NOX = (*MODULE, 'nox')
LISTING = str(Path(__file__).with_name('listing.py'))

SCRIPT = re.compile(rb'^# /// script\s*$', re.MULTILINE)
LINE = re.compile(r'File ".*noxfile\.py", line (\d+)')
MISSING = re.compile(r"No module named '?([\w.]+)")


class Session(NamedTuple):
    """A session in nox's listing.

    session: the name after ``nox -s``: ``tests-3.13(linux)``.
    name: the name without Python and parameters: ``tests``.
    python: as in the noxfile; None is the Python that runs nox, or no virtual
        environment.
    parameters: the values of its parameters, as text.
    default: whether a plain ``nox`` runs it.
    backend: what creates its environment; of several names, separated by |,
        the first that is installed; empty if that is not known.
    """

    session: str
    name: str
    description: str
    python: str | None
    tags: tuple[str, ...]
    parameters: dict[str, str]
    default: bool
    backend: str = ''


def read_manifest(folder: Path,
                  variables: Variables | None = None) -> list[Session]:
    """List every session of the noxfile in this folder, in its order.

    variables: changes to the environment variables that the noxfile sees.

    Raises AutodevelopError with nox's own message when nox cannot list them.
    """
    if not (folder / 'noxfile.py').exists():
        raise no_noxfile()
    listings, printed = list[Popen[str]](), list[tuple[str, str]]()
    try:
        for selection in (('-k', 'True'), ()):
            listings.append(_start_listing(folder, variables or {},
                                           *selection))
            if is_script(folder):
                # nox makes an environment for it: the first of the two does.
                printed.append(listings[-1].communicate())
        printed = printed or [each.communicate() for each in listings]
    except BaseException:  # SIGTERM reaches us alone.
        for listing in listings:
            listing.kill()
        raise
    every, default = (_read_listing(listing.returncode, *texts)
                      for listing, texts in zip(listings, printed))
    by_default = {entry['session'] for entry in default}
    return [_session(entry, entry['session'] in by_default) for entry in every]


def is_script(folder: Path) -> bool:
    """Whether the noxfile has dependencies of its own.

    nox installs them beside itself: https://peps.python.org/pep-0723/
    """
    return SCRIPT.search((folder / 'noxfile.py').read_bytes()) is not None


def has_stages(sessions: Iterable[Session]) -> bool:
    """Whether the tags of the noxfile are stages."""
    return any(set(each.tags) & set(STAGES) for each in sessions)


def no_noxfile() -> AutodevelopError:
    """The error where there is no noxfile; init drafts one."""
    return AutodevelopError('there is no noxfile.py', 'run: autodevelop init')


def _session(entry: dict[str, Any], default: bool) -> Session:
    return Session(
        session=entry['session'],
        name=entry['name'],
        description=entry['description'],
        python=entry['python'] or None,
        tags=tuple(entry['tags']),
        parameters={key: str(value)
                    for key, value in entry['call_spec'].items()},
        default=default,
        backend=entry.get('backend', ''),
    )


def _start_listing(folder: Path, given: Variables,
                   *selection: str) -> Popen[str]:
    variables: dict[str, str | None] = {
        **given,
        'AUTODEVELOP_PLATFORMS': 'all',
        'PATH': search_path(),
        'NO_COLOR': '1',
        **dict.fromkeys(UNSET),
    }
    return start([sys.executable, '-P', LISTING, '--list', '--json',
                  *selection], variables, folder)


def _read_listing(status: int, output: str,
                  messages: str) -> list[dict[str, Any]]:
    if status and (missing := MISSING.search(messages)):
        raise AutodevelopError(
            f'the noxfile imports {missing[1]}, which {sys.executable} does '
            'not have', _install_hint(missing[1].partition('.')[0]))
    if status:
        lines = LINE.findall(messages)
        raise AutodevelopError(
            f'nox cannot list the sessions: {_last_line(messages)}'
            + (f' (noxfile.py, line {lines[-1]})' if lines else ''),
            'fix the noxfile; to see the whole message: '
            f'{shlex.quote(Path(sys.executable).as_posix())} -m nox --list')
    try:
        # A noxfile may print, too: the listing is the last line.
        entries: list[dict[str, Any]] = json.loads(
            output.rstrip().rpartition('\n')[2])
    except ValueError:
        raise AutodevelopError(
            'nox printed no listing; the last line of what it printed is '
            f'{_last_line(output)!r}',
            'let the noxfile print to standard error: '
            'print(..., file=sys.stderr)',
        ) from None
    return entries


def _install_hint(module: str) -> str:
    """How to install a module where autodevelop is, which runs the noxfile."""
    for name in (f'{module}.py', f'{module}/__init__.py'):
        if Path(name).exists():  # It is a file of the project.
            return f'add it to the commit: git add {name}'
    if 'CI' in os.environ:
        return ('name its package in pyproject.toml: [tool.autodevelop] with ='
                f' ["{module}"], and run: autodevelop ci')
    prefix = Path(sys.prefix)
    python = shlex.quote(Path(sys.executable).as_posix())
    if (prefix / 'pipx_metadata.json').exists():
        return f'pipx inject autodevelop {module}'
    # Not find_spec: setuptools hooks into that.
    if (prefix / 'uv-receipt.toml').exists() or (
            not PathFinder.find_spec('pip')):
        return f'uv pip install --python {python} {module}'
    return f'{python} -m pip install {module}'


def _last_line(messages: str) -> str:
    lines = [line for line in messages.splitlines() if line.strip()]
    return lines[-1].strip() if lines else 'no message'
