"""The user's systemd, where it supervises what serves.

It does so when the user unit NAME@.service is installed (NAME is the target's
folder), with one instance per attempt.
"""
import os
from collections.abc import Sequence
from pathlib import Path

from autodevelop.deploy.target import Target
from autodevelop.system.process import Completed, run

SYSTEM = Path('/etc/systemd/user')


def is_managed(target: Target) -> bool:
    """Whether the unit of this very target is installed."""
    own = os.environ.get('XDG_CONFIG_HOME') or os.path.expanduser('~/.config')
    for folder in (Path(own, 'systemd/user'), SYSTEM):
        try:
            text = (folder / f'{target.folder.name}@.service').read_text()
        except OSError:
            continue
        if f'{target.folder}/run/%i/' in text:
            return True
    return False


def start(target: Target, number: int) -> Completed:
    """Start the unit of an attempt."""
    done = _control(target, [number], 'start')
    # The lines after the first only name the journal.
    return done._replace(messages=done.messages.partition(b'\n')[0])


def stop(target: Target, numbers: Sequence[int]) -> None:
    """Stop the units of attempts without waiting for them."""
    _control(target, numbers, '--no-block', 'stop')


def _control(target: Target, numbers: Sequence[int],
             *what: str) -> Completed:
    units = [f'{target.folder.name}@{number}.service' for number in numbers]
    # sudo and su may leave these variables of another user.
    return run(['systemctl', '--user', *what, *units],
               {'XDG_RUNTIME_DIR': f'/run/user/{os.getuid()}',
                'DBUS_SESSION_BUS_ADDRESS': None})
