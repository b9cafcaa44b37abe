"""A noxfile's sessions, read from nox's own listing.

nox is run as a program: ``nox --list --json`` is its documented output.
It shows the selected sessions only, so it is asked twice, side by side: for
all of them, by a keyword expression that is always true, and for those that
a plain ``nox`` runs.
"""
import json
import os
import sys
from pathlib import Path
from subprocess import Popen
from typing import Any, NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.interpreters import search_path
from autodevelop.process import Environment, start

UNSET = ('NOXSESSION', 'NOXPYTHON', 'NOXEXTRAPYTHON', 'NOXFORCEPYTHON',
         'NOX_DEFAULT_VENV_BACKEND', 'FORCE_COLOR', 'PYTHON_COLORS')
"""Variables that change what nox lists, or make it refuse."""


class Session(NamedTuple):
    """One line of nox's listing.

    session: the name after ``nox -s``: ``tests-3.13(linux)``.
    name: the name without Python and parameters: ``tests``.
    python: as nox was told; None is the Python that runs nox, False no
        environment at all.
    parameters: what the session is parametrised with, as text.
    default: whether a plain ``nox`` runs it.
    """

    session: str
    name: str
    description: str
    python: str | bool | None
    tags: tuple[str, ...]
    parameters: dict[str, str]
    default: bool


def read_manifest(folder: Path,
                  environment: Environment | None = None) -> list[Session]:
    """List every session of the noxfile in this folder, in its order.

    environment: what else the noxfile must or must not see.

    Raises AutodevelopError with nox's own message when nox cannot list them.
    """
    listings = [_start_listing(folder, environment or {}, *selection)
                for selection in (('-k', 'True'), ())]
    printed = [listing.communicate() for listing in listings]
    every, default = (_read_listing(listing.returncode, *texts)
                      for listing, texts in zip(listings, printed))
    by_default = {entry['session'] for entry in default}
    return [_session(entry, entry['session'] in by_default) for entry in every]


def _session(entry: dict[str, Any], default: bool) -> Session:
    return Session(
        session=entry['session'],
        name=entry['name'],
        description=entry['description'],
        python=entry['python'],
        tags=tuple(entry['tags']),
        parameters={key: str(value)
                    for key, value in entry['call_spec'].items()},
        default=default,
    )


def _start_listing(folder: Path, given: Environment,
                   *selection: str) -> Popen[str]:
    environment: dict[str, str | None] = {
        **given,
        'AUTODEVELOP_PLATFORMS': 'all',
        'PATH': search_path(),
        # A noxfile that is a script (PEP 723) would have its needs installed.
        'NOX_SCRIPT_MODE': os.environ.get('NOX_SCRIPT_MODE', 'none'),
        'NO_COLOR': '1',
        **dict.fromkeys(UNSET),
    }
    return start([sys.executable, '-m', 'nox', '--list', '--json', *selection],
                 environment, folder)


def _read_listing(status: int, output: str,
                  messages: str) -> list[dict[str, Any]]:
    if status:
        raise AutodevelopError(
            f'nox cannot list the sessions: {_last_line(messages)}',
            'mend the noxfile; python -m nox --list shows the whole message',
        )
    try:
        entries: list[dict[str, Any]] = json.loads(output)
    except ValueError:
        printed = output.partition('\n')[0]
        raise AutodevelopError(
            f'the noxfile prints to standard output: {printed!r}',
            'print to standard error there: file=sys.stderr',
        ) from None
    return entries


def _last_line(messages: str) -> str:
    lines = [line for line in messages.splitlines() if line.strip()]
    return lines[-1].strip() if lines else 'it says nothing'
