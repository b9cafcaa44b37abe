"""Processes that serve a release: started, looked for, told to stop.

gunicorn keeps its workers. systemd keeps gunicorn, where it is told to; else
that is a daemon of its own.
"""
import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from autodevelop.deploy import systemd
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.git import git_variables, reason
from autodevelop.process import run
from autodevelop.settings import Deploy

FINISHES = 30
"""Seconds that gunicorn gives requests to finish when it is told to stop."""

LOOKS = 8
"""After how many questions for a pid file all processes are looked through."""

CONFIGURATION = """\
# Written by: autodevelop deploy
import time

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


def worker_exit(arbiter, worker):
    time.sleep(worker.age % {workers} / 10)
"""
"""To end takes a Python some 50 ms of work. When all workers do that at once,
those who ask the next release wait for a processor: here each has its time."""


class Process(NamedTuple):
    """A process of gunicorn that serves an attempt, or starts to."""

    pid: int
    parent: int
    number: int


def start(target: Target, number: int, release: Path, python: Path,
          deploy: Deploy) -> None:
    """Have gunicorn serve a release on the socket of an attempt.

    python: of the environment to serve it in, in its folder ``bin``.

    Raises AutodevelopError if it does not even start; whether it answers is
    another question.
    """
    folder = target.run(number)
    configuration = folder / 'gunicorn.conf.py'
    configuration.write_text(CONFIGURATION.format(
        socket=f'unix:{folder / "sock"}', application=deploy.application,
        release=str(release),
        variables=[f'AUTODEVELOP_RELEASE={release.name}'],
        workers=deploy.workers, finishes=FINISHES, pid=str(folder / 'pid'),
        log=str(folder / 'log'), folder=str(folder)), encoding='utf-8')
    # As a unit of systemd can name it.
    environment = folder / 'environment'
    environment.symlink_to(python.parent.parent)
    done = systemd.start(target, number) if systemd.keeps(target) else run(
        [str(environment / 'bin/python'), '-P', '-m', 'gunicorn', '--config',
         str(configuration), '--daemon'], git_variables(), release)
    if done.status:
        raise AutodevelopError(
            f'gunicorn does not start: {reason(done.messages)}',
            'have its user have a systemd: loginctl enable-linger'
            if b' to bus' in done.messages else
            'mend the application, commit, and deploy that', status=1)


def processes(target: Target, numbers: Sequence[int]) -> list[Process]:
    """The processes of these attempts, whatever became of their pid files.

    Each names the folder of its attempt on its command line, or in the title
    that gunicorn gives it where setproctitle is installed.
    """
    own = re.compile(
        r' *(\d+) +(\d+) .*(?: --config |gunicorn: \w+ \[)'
        rf'{re.escape(str(target.folder))}/run/(\d+)[/\]].*')
    # Another user's may look the same, and is not ours to end.
    whose = ['-A'] if os.getuid() == 0 else ['-U', str(os.getuid())]
    listed = run(['ps', *whose, '-ww', '-o', 'pid=,ppid=,command='], {})
    found = (own.fullmatch(line) for line in
             listed.output.decode(errors='replace').splitlines())
    every = [Process(*map(int, each.groups())) for each in found if each]
    return [each for each in every
            if each.number in numbers and each.pid != os.getpid()]


def ended(target: Target, number: int) -> Callable[[], bool]:
    """Ask, again and again, whether the master of an attempt is no more.

    It has a pid file while it runs, and may end before that is ever looked
    at: now and then, all processes are.
    """
    path, asked, seen = target.run(number) / 'pid', 0, False

    def ask() -> bool:
        nonlocal asked, seen
        asked += 1
        try:
            os.kill(int(path.read_text()), 0)
        except PermissionError:
            pass  # It is another user's.
        except (OSError, ValueError):
            return seen or (not asked % LOOKS and not processes(
                target, [number]))
        seen = True
        return False

    return ask


def tell(target: Target, numbers: Sequence[int], what: signal.Signals) -> bool:
    """Send a signal to the masters of these attempts; whether there are any.

    SIGKILL goes to their workers as well, who would go on for a moment.
    """
    found = processes(target, numbers)
    workers = {each.pid for each in found
               if each.parent in {other.pid for other in found}}
    for each in found:
        if each.pid not in workers or what == signal.SIGKILL:
            try:
                os.kill(each.pid, what)
            except ProcessLookupError:
                pass  # It has ended meanwhile.
    return bool(found)


def end(target: Target, numbers: Sequence[int], patience: float) -> None:
    """Have attempts finish their requests and end, or kill them; tidy up.

    patience: seconds until those that have not ended are killed; with 0 they
        are not even asked.
    """
    until = time.monotonic() + patience
    if systemd.keeps(target):
        systemd.stop(target, numbers)
    # Told again, gunicorn does no more than it does already.
    while tell(target, numbers, signal.SIGTERM if time.monotonic() < until
               else signal.SIGKILL):
        # To look costs what requests may need.
        time.sleep(0.5 if patience else 0.02)
    for number in numbers:
        shutil.rmtree(target.run(number), ignore_errors=True)
