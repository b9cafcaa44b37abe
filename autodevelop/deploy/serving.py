"""The processes that serve a release: start them, find them, stop them.

gunicorn supervises its workers. systemd supervises gunicorn where its unit is
installed; otherwise gunicorn runs as a daemon.
"""
import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from autodevelop.deploy import systemd
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.settings import Deploy
from autodevelop.system.git import hook_variables_unset, reason
from autodevelop.system.process import run

GRACEFUL_TIMEOUT = 30
"""Seconds that gunicorn gives requests to finish when it stops."""

LOOKS_PER_SCAN = 8
"""How many checks of a pid file there are per scan of all processes."""

CONFIGURATION = """\
# Written by: autodevelop deploy
bind = {socket!r}
wsgi_app = {application!r}
chdir = {release!r}
raw_env = {variables!r}
workers = {workers}
worker_class = 'gthread'
threads = 4
graceful_timeout = {finishes}
pidfile = {pid!r}
errorlog = {log!r}
capture_output = True
proc_name = {folder!r}
control_socket_disable = True
"""


class Process(NamedTuple):
    """A process of gunicorn that serves an attempt, or starts to."""

    pid: int
    parent: int
    number: int


def start(target: Target, number: int, release: Path, python: Path,
          deploy: Deploy) -> None:
    """Start gunicorn on the socket of an attempt.

    python: ``bin/python`` of the venv of the release.

    Raises AutodevelopError when it does not start. Whether it answers is for
    the caller to find out.
    """
    folder = target.run(number)
    configuration = folder / 'gunicorn.conf.py'
    configuration.write_text(CONFIGURATION.format(
        socket=f'unix:{folder / "sock"}', application=deploy.application,
        release=str(release),
        variables=[f'AUTODEVELOP_RELEASE={release.name}'],
        workers=deploy.workers, finishes=GRACEFUL_TIMEOUT, pid=str(
            folder / 'pid'),
        log=str(folder / 'log'), folder=str(folder)), encoding='utf-8')
    # A fixed name, for the systemd unit.
    environment = folder / 'environment'
    environment.symlink_to(python.parent.parent)
    if systemd.is_managed(target):
        done = systemd.start(target, number)
    else:
        done = run([str(environment / 'bin/python'), '-P', '-m', 'gunicorn',
                    '--config', str(configuration), '--daemon'],
                   hook_variables_unset(), release)
    if done.status:
        raise AutodevelopError(
            f'gunicorn did not start: {reason(done.messages)}',
            'as root: loginctl enable-linger USER'
            if b' to bus' in done.messages else
            'fix the application, commit, and deploy that', status=1)


def find_processes(target: Target, numbers: Sequence[int]) -> list[Process]:
    """The processes of these attempts, with or without their pid files.

    They are recognised by the folder of the attempt on the command line, or
    in the title that gunicorn sets when setproctitle is installed.
    """
    own = re.compile(
        r' *(\d+) +(\d+) .*(?: --config |gunicorn: \w+ \[)'
        rf'{re.escape(str(target.folder))}/run/(\d+)[/\]].*')
    # Another user's process may look the same; it is not ours to stop.
    whose = ['-A'] if os.getuid() == 0 else ['-U', str(os.getuid())]
    listed = run(['ps', *whose, '-ww', '-o', 'pid=,ppid=,command='], {})
    found = (own.fullmatch(line) for line in
             listed.output.decode(errors='replace').splitlines())
    every = [Process(*map(int, each.groups())) for each in found if each]
    return [each for each in every
            if each.number in numbers and each.pid != os.getpid()]


def has_exited(target: Target, number: int) -> Callable[[], bool]:
    """Return a function that tells whether the gunicorn of an attempt exited.

    It looks for the pid file, and every 8th time through all processes, since
    gunicorn may exit before its pid file was ever seen.
    """
    path, asked, seen = target.run(number) / 'pid', 0, False

    def ask() -> bool:
        nonlocal asked, seen
        asked += 1
        try:
            os.kill(int(path.read_text()), 0)
        except PermissionError:
            pass  # It runs, as another user.
        except (OSError, ValueError):
            return seen or (not asked % LOOKS_PER_SCAN
                            and not find_processes(target, [number]))
        seen = True
        return False

    return ask


def send_signal(target: Target, numbers: Sequence[int],
                number: signal.Signals) -> bool:
    """Send a signal to the gunicorns of these attempts; False without any.

    SIGKILL is sent to their workers as well, which would run on for a moment.
    """
    found = find_processes(target, numbers)
    workers = {each.pid for each in found
               if each.parent in {other.pid for other in found}}
    for each in found:
        if each.pid not in workers or number == signal.SIGKILL:
            with suppress(ProcessLookupError):  # It has exited meanwhile.
                os.kill(each.pid, number)
    return bool(found)


def stop(target: Target, numbers: Sequence[int], timeout: float) -> None:
    """Let attempts finish their requests and exit; then remove their folders.

    timeout: seconds until those that still run are killed; with 0 they are
        killed right away.
    """
    until = time.monotonic() + timeout
    if systemd.is_managed(target):
        systemd.stop(target, numbers)
    # A second SIGTERM changes nothing for gunicorn.
    while send_signal(target, numbers, signal.SIGTERM if (
            time.monotonic() < until) else signal.SIGKILL):
        # Each scan of all processes takes CPU that requests may need.
        time.sleep(0.5 if timeout else 0.02)
    for number in numbers:
        shutil.rmtree(target.run(number), ignore_errors=True)
