"""The systemd of the user who deploys, where that keeps what serves.

It does so by a unit of the user's, ``NAME@.service``, named as the target's
folder is: an instance for each attempt. Who installed the unit wants that.
"""
import os
from collections.abc import Sequence
from pathlib import Path

from autodevelop.deploy.target import Target
from autodevelop.process import Completed, run

SYSTEM = Path('/etc/systemd/user')


def keeps(target: Target) -> bool:
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
    """Have it keep an attempt; whether that could be started."""
    done = _control(target, [number], 'start')
    # The lines after it say where it says more.
    return done._replace(messages=done.messages.partition(b'\n')[0])


def stop(target: Target, numbers: Sequence[int]) -> None:
    """Have it ask attempts to end, and not start them again."""
    _control(target, numbers, '--no-block', 'stop')


def _control(target: Target, numbers: Sequence[int],
             *what: str) -> Completed:
    units = [f'{target.folder.name}@{number}.service' for number in numbers]
    # Of who deploys: sudo and su may leave another's in the environment.
    return run(['systemctl', '--user', *what, *units],
               {'XDG_RUNTIME_DIR': f'/run/user/{os.getuid()}',
                'DBUS_SESSION_BUS_ADDRESS': None})
