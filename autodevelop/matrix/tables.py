"""Tables below ``[tool.autodevelop]`` whose keys have types of their own."""
from typing import Any, NamedTuple

from autodevelop.matrix.values import check_fields, check_length, wrong


class Deploy(NamedTuple):
    """The keys of ``[tool.autodevelop.deploy]``.

    application: the WSGI application, as gunicorn names it.
    folder: the folder of the application; empty for the root.
    health: the path that answers 200 and, in JSON, the release.
    health_host: the Host of a request for the health; empty for localhost.
    workers: the number of gunicorn's worker processes.
    keep: how many releases stay on the server, for a rollback.
    requirements: the lock file of a release, with hashes; or uv.lock.
    install: whether the project itself is installed, too.
    patience: seconds for a release to start and become healthy.
    graceful_timeout: seconds for requests to finish when a release stops.
    check_limit: seconds for the sessions of the stage.
    unchecked: whether a commit goes live when no session can run here.
    release: a command that is run before each new release starts.
    shared: files and folders that stay when releases change.
    access_log: whether requests are logged.
    """

    application: str = ''
    folder: str = ''
    health: str = '/healthz'
    health_host: str = ''
    workers: int = 2
    keep: int = 5
    requirements: str = ''
    install: bool = False
    patience: int = 30
    graceful_timeout: int = 60
    check_limit: int = 1800
    unchecked: bool = False
    release: str = ''
    shared: tuple[str, ...] = ()
    access_log: bool = False


class Checkout(NamedTuple):
    """What a CI job checks out, by the names of actions/checkout.

    https://github.com/actions/checkout#usage

    fetch_depth: how many commits; 0 is the whole history. Versions that are
        made from tags need it.
    submodules: whether submodules, too.
    lfs: whether the content of git-lfs files, too.
    """

    fetch_depth: int = 0
    submodules: bool = False
    lfs: bool = False


def check_deploy(key: str, value: Any) -> Deploy:
    deploy = Deploy(**check_fields(key, value, Deploy._field_defaults, {}))
    if not deploy.health.startswith('/'):
        raise wrong(f'needs a path for deploy.health, not {deploy.health!r}',
                    'write health = "/..."')
    for path in (deploy.folder, *deploy.shared):
        if path.startswith('/') or {'..', '.git'} & {*path.split('/')}:
            raise wrong(f'needs paths in the project, not {path!r}',
                        'name it from the root of the project')
    return deploy


def check_checkout(key: str, value: Any) -> Checkout:
    defaults = {name.replace('_', '-'): default
                for name, default in Checkout._field_defaults.items()}
    checked = check_fields(key, value, defaults, {'fetch-depth': check_length})
    return Checkout(**{name.replace('-', '_'): each
                       for name, each in checked.items()})
