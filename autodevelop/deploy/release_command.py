"""The command that a project wants run before each new release starts."""
import re
import time
from pathlib import Path

from autodevelop.deploy.target import Target
from autodevelop.deploy.variables import application_variables
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.tables import Deploy
from autodevelop.system.files import read_text
from autodevelop.system.output import say
from autodevelop.system.process import run_foreground

LINE = re.compile(r'^([\w-]+)[ \t]*:[ \t]*(.*)', re.MULTILINE)
"""A process of a Procfile: its name and its command."""


def find_command(folder: Path, settings: Deploy) -> str:
    """The setting, or the line ``release:`` of a Procfile; empty for none.

    Says which of its other processes are not started.
    """
    lines = dict(LINE.findall(read_text(folder / 'Procfile')))
    if others := [*lines.keys() - {'release', 'web'}]:
        say(f'not started: {", ".join(sorted(others))} in the Procfile; let a '
            'systemd unit run it: autodevelop deploy exec -- COMMAND')
    return settings.release or lines.get('release', '').strip()


def run_command(command: str, target: Target, release: Path, python: Path,
                settings: Deploy) -> None:
    """Run it in the venv and the folder of a release.

    By sh, as other platforms run the lines of a Procfile.

    Raises AutodevelopError, with status 1, when it fails.
    """
    began = time.monotonic()
    status = run_foreground(
        ['/bin/sh', '-c', command], application_variables(
            target, release.name, python.parent.parent),
        release / settings.folder)
    if status:
        raise AutodevelopError(
            f'the release command failed with status {status} after '
            f'{time.monotonic() - began:.1f} s: {command}',
            'fix it and deploy again; the previous release keeps serving',
            status=1)
