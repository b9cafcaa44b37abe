"""The webhook under gunicorn, on an address of this machine."""
import os
import re
from pathlib import Path
from typing import Any

from autodevelop.errors import AutodevelopError
from autodevelop.git import configured
from autodevelop.webhook.app import Listener, create_app

SECRET_FILE = 'AUTODEVELOP_SECRET_FILE'


def serve(listener: Listener, bind: str) -> None:
    """Listen until stopped.

    bind: ``HOST:PORT`` or ``unix:PATH``, as gunicorn takes it.
    """
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        def load_config(self) -> None:
            for name, value in {
                    'bind': bind, 'workers': 2, 'worker_class': 'gthread',
                    'threads': 4, 'control_socket_disable': True,
                    'proc_name': 'autodevelop webhook'}.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return app

    # Made here once, so that what is wrong is said before anything listens.
    app = create_app(listener)
    Server().run()


def read_secret() -> bytes:
    """Read the secret from the file that a variable names.

    Raises AutodevelopError without one: a secret that is itself in a variable
    is seen by every program that is started.
    """
    try:
        return Path(os.environ[SECRET_FILE]).read_bytes().strip()
    except (KeyError, OSError) as error:
        raise AutodevelopError(
            f'the secret of the webhook cannot be read: {error}',
            f'write it into a file, and name that: {SECRET_FILE}=FILE'
        ) from error


def repository_name() -> str:
    """The forge's name of the repository, ``owner/name``.

    ``git config autodevelop.repository`` says it; without that, it is what
    the address of origin ends in.
    """
    name = configured('autodevelop.repository')
    if not name:
        found = re.search(r'[/:]([^/:]+/[^/]+?)(?:\.git)?/?$',
                          configured('remote.origin.url'))
        name = found[1] if found else ''
    if not name:
        raise AutodevelopError(
            'whose deliveries count is not known',
            'say it: git config autodevelop.repository OWNER/NAME')
    return name
