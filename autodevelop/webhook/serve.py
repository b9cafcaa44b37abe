"""Serve the webhook with gunicorn, on an address of this machine."""
import os
import re
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from autodevelop.errors import AutodevelopError
from autodevelop.system.git import config_get
from autodevelop.webhook.app import Listener, create_app

SECRET_FILE = 'AUTODEVELOP_SECRET_FILE'


def serve(listener: Listener, bind: str) -> None:
    """Serve until stopped.

    bind: ``HOST:PORT`` or ``unix:PATH``, as gunicorn takes it.
    """
    class Server(BaseApplication):
        def load_config(self) -> None:
            for name, value in {
                    'bind': bind, 'workers': 2, 'worker_class': 'gthread',
                    'threads': 4, 'control_socket_disable': True,
                    'proc_name': 'autodevelop webhook'}.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return app

    # Created once, before anything listens, so that errors are seen.
    app = create_app(listener)
    Server().run()


def read_secret() -> bytes:
    """Read the secret from the file that AUTODEVELOP_SECRET_FILE names.

    Not from a variable, which every child process would see. Raises
    AutodevelopError when it cannot be read.
    """
    try:
        return Path(os.environ[SECRET_FILE]).read_bytes().strip()
    except (KeyError, OSError) as error:
        raise AutodevelopError(
            f'cannot read the secret of the webhook: {error}',
            f'write it to a file and set {SECRET_FILE} to its path'
        ) from error


def repository_name() -> str:
    """The name of the repository at the forge, ``owner/name``.

    From ``git config autodevelop.repository``, or from the URL of origin.
    """
    name = config_get('autodevelop.repository')
    if not name:
        found = re.search(r'[/:]([^/:]+/[^/]+?)(?:\.git)?/?$',
                          config_get('remote.origin.url'))
        name = found[1] if found else ''
    if not name:
        raise AutodevelopError(
            'cannot tell which repository to accept deliveries for',
            'run: git config autodevelop.repository OWNER/NAME')
    return name
