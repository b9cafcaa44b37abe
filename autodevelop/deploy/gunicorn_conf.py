"""How gunicorn serves an attempt: copied to its folder as gunicorn.conf.py.

It runs in the environment of the release, which lacks autodevelop: it imports
the standard library and gunicorn. The project's own gunicorn.conf.py says how
many workers there are and of which class, and has its hooks called.
"""
import fcntl
import json
import os
import runpy
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BLOCK = 2**16


def read_rest(worker: Any, request: Any, environ: Any, answer: Any) -> None:
    """Read what the application left of the body of a request.

    Closing the connection with more than 64 KB of it unread would reset it,
    and the proxy would answer 502 instead of what the application said:
    https://github.com/benoitc/gunicorn/issues/2880
    """
    # ASGI has none.
    body = environ and environ.get('wsgi.input')
    while body and body.read(BLOCK):
        pass


DEFAULTS = {'worker_class': 'gthread', 'threads': 4,
            'post_request': read_rest}

MAX_TRIES = 3
"""How often the application is loaded before it ever was."""


def configure(folder: Path) -> dict[str, Any]:
    """The settings of gunicorn for the attempt in this folder."""
    given = json.loads((folder / 'settings.json').read_text('utf-8'))
    os.environ.update(_read_variables(Path(given['variables'])))
    os.environ['AUTODEVELOP_RELEASE'] = given['release']
    # By this, what the application starts is found when the attempt ends.
    os.environ['AUTODEVELOP_RUN'] = str(folder)
    # What an application prints is in the log at once.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    os.chdir(given['chdir'])
    sys.path.insert(0, given['chdir'])
    own = Path(given['chdir'], 'gunicorn.conf.py')
    project = runpy.run_path(str(own)) if own.is_file() else {}
    hooks = _Hooks(folder, project)
    return {
        **DEFAULTS, **given['defaults'],
        **{name: value for name, value in project.items()
           if not name.startswith('_')},
        **given['gunicorn'], 'chdir': given['chdir'],
        'when_ready': hooks.when_ready, 'post_fork': hooks.post_fork,
        'post_worker_init': hooks.post_worker_init,
        'child_exit': hooks.child_exit}


def _read_variables(path: Path) -> dict[str, str]:
    return json.loads(path.read_text('utf-8')) if path.exists() else {}


def _accepted_host() -> str:
    """A name that a Django application accepts, if it is not localhost.

    https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts
    """
    django = sys.modules.get('django.conf')
    hosts = [host.lstrip('.') for host in django.settings.ALLOWED_HOSTS
             ] if django and django.settings.configured else []
    return '' if {'*', 'localhost'} & {*hosts} else ''.join(hosts[:1])


class _Hooks:
    """Each worker listens on a socket of its own, too, to be asked there.

    On the common one, any worker answers for all of them.
    """

    def __init__(self, folder: Path, project: dict[str, Any]) -> None:
        self._folder = folder
        self._project = project
        self._booting = -1

    def _call(self, name: str, *arguments: Any) -> None:
        hook: Callable[..., None] | None = self._project.get(name)
        if hook:
            hook(*arguments)

    def when_ready(self, server: Any) -> None:
        """Record what the project's settings made of ours."""
        new = self._folder / 'ready.new'
        new.write_text(json.dumps({
            'workers': server.cfg.workers,
            'graceful_timeout': server.cfg.graceful_timeout}), 'utf-8')
        new.replace(self._folder / 'ready')
        self._call('when_ready', server)

    def post_fork(self, server: Any, worker: Any) -> None:
        from gunicorn.sock import UnixSocket
        worker.sockets = [*worker.sockets, UnixSocket(
            str(self._folder / f'w{os.getpid()}'), server.cfg, server.log)]
        self._wait_for_the_first(server, worker)
        self._call('post_fork', server, worker)

    def _wait_for_the_first(self, server: Any, worker: Any) -> None:
        """Let one worker load the application before the others do.

        Applications that create their schema when they are imported fail in
        all but one of several workers that do so at the same time.
        """
        # It has a byte for each worker that began to load it.
        self._booting = os.open(self._folder / 'booting', os.O_CREAT
                                | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC,
                                0o600)
        kind = fcntl.LOCK_EX
        while True:
            try:
                fcntl.flock(self._booting, kind | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                kind = fcntl.LOCK_SH
            # gunicorn kills workers that show no sign of life.
            worker.notify()
            time.sleep(0.02)
        if (self._folder / 'host').exists():
            return
        if kind == fcntl.LOCK_SH:
            # The first has exited. gunicorn starts another, or ends.
            os.close(self._booting)
            sys.exit()
        if os.fstat(self._booting).st_size >= MAX_TRIES:
            # gunicorn ends by itself only when the application raises.
            sys.exit(server.WORKER_BOOT_ERROR)
        os.write(self._booting, b'.')

    def post_worker_init(self, worker: Any) -> None:
        (self._folder / 'host').write_text(_accepted_host(), 'utf-8')
        os.close(self._booting)
        self._call('post_worker_init', worker)

    def child_exit(self, server: Any, worker: Any) -> None:
        (self._folder / f'w{worker.pid}').unlink(missing_ok=True)
        self._call('child_exit', server, worker)
