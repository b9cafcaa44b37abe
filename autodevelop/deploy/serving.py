"""Start the processes that serve a release, and stop them.

gunicorn supervises its workers. systemd supervises gunicorn where its unit is
installed; otherwise gunicorn runs as a daemon.
"""
import json
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from autodevelop.deploy import systemd
from autodevelop.deploy.logs import last_lines, open_log
from autodevelop.deploy.processes import kill_marked, send_signal
from autodevelop.deploy.target import Target
from autodevelop.deploy.variables import application_variables, variables_file
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.tables import Deploy
from autodevelop.system.git import reason
from autodevelop.system.process import run

CONFIGURATION = Path(__file__).with_name('gunicorn_conf.py')

LOG_LINES = 100
"""Lines of a release's log that are shown when it does not start."""

CALL = """

# Written by: autodevelop deploy
globals().update(configure(Path(__file__).parent))
"""


def start(target: Target, number: int, release: Path, python: Path,
          deploy: Deploy) -> None:
    """Start gunicorn on the socket of an attempt; it may not answer yet.

    python: ``bin/python`` of the venv of the release.
    """
    if not deploy.application:
        raise AutodevelopError(
            'the project does not say what to serve',
            'add to pyproject.toml: [tool.autodevelop.deploy] application = '
            '"MODULE:NAME"', status=1)
    folder = target.run(number)
    configuration = write_configuration(target, number, release, deploy)
    # Fixed names, for systemd units.
    environment = folder / 'environment'
    environment.symlink_to(python.parent.parent)
    (folder / 'release').symlink_to(release / deploy.folder)
    if systemd.is_managed(target):
        done = systemd.start(target, number)
    else:
        done = run([str(environment / 'bin/python'), '-P', '-m', 'gunicorn',
                    '--config', str(configuration), '--daemon'],
                   application_variables(target, release.name,
                                         python.parent.parent),
                   release / deploy.folder)
    if done.status:
        raise AutodevelopError(
            f'gunicorn did not start: {reason(done.messages)}',
            _hint(done.messages), status=1)


@contextmanager
def stopped_on_error(target: Target, number: int) -> Iterator[None]:
    """Show the log of an attempt that fails meanwhile, and kill it."""
    try:
        yield
    except BaseException:
        sys.stderr.write(last_lines(target, number, LOG_LINES))
        stop(target, [number], 0)
        raise


def write_configuration(target: Target, number: int, release: Path,
                        deploy: Deploy) -> Path:
    """Write how gunicorn serves an attempt into the attempt's folder."""
    folder = target.run(number)
    log = open_log(target, number)
    (folder / 'settings.json').write_text(json.dumps({
        'variables': str(variables_file(target)), 'release': release.name,
        'chdir': str(release / deploy.folder),
        # gunicorn kills a worker that takes longer to load the application.
        'defaults': {'workers': deploy.workers,
                     'timeout': max(30, deploy.patience),
                     'graceful_timeout': deploy.graceful_timeout},
        'gunicorn': {
            'bind': f'unix:{folder / "sock"}',
            'wsgi_app': deploy.application, 'pidfile': str(folder / 'pid'),
            'errorlog': str(log), 'capture_output': True,
            'accesslog': str(log) if deploy.access_log else None,
            'proc_name': str(folder), 'control_socket_disable': True,
            'reload': False, 'daemon': False, 'umask': 0,
        }}), encoding='utf-8')
    path = folder / 'gunicorn.conf.py'
    path.write_text(CONFIGURATION.read_text('utf-8') + CALL, 'utf-8')
    return path


def _hint(messages: bytes) -> str:
    if b' to bus' in messages:
        return 'as root: loginctl enable-linger USER'
    if b'No module named gunicorn' in messages:
        return 'add gunicorn to the lock file, commit, and deploy that'
    return 'fix the application, commit, and deploy that'


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
        # What the application started and left; systemd kills that, too.
        kill_marked(f'AUTODEVELOP_RUN={target.run(number)}')
        shutil.rmtree(target.run(number), ignore_errors=True)
