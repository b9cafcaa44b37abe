"""autodevelop webhook: receive deliveries, or deploy what was delivered."""
import argparse
import shlex
import signal
import sys
from pathlib import Path
from threading import Event

from autodevelop.cli.target_options import add_target_options, target_of
from autodevelop.deploy.branch import main_branch
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import Repository, config_get, find_repository
from autodevelop.webhook.deliveries import Deliveries
from autodevelop.webhook.worker import Worker, work_on

EXAMPLE = 'autodevelop webhook --bind 127.0.0.1:8001'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--bind', metavar='ADDRESS', default='127.0.0.1:8001',
                        help='HOST:PORT or unix:PATH; default: '
                        '127.0.0.1:8001')
    parser.add_argument('--work', action='store_true',
                        help='do not listen: fetch and deploy what was '
                        'delivered; run only one such worker')
    add_target_options(parser)


def run(options: argparse.Namespace) -> int:
    target = target_of(options)
    repository = find_repository()
    if repository.work_tree:
        raise AutodevelopError(
            'the webhook fetches into the main branch, which may be checked '
            'out here', 'use a repository of its own: git clone --bare URL')
    branch = main_branch(repository)
    deliveries = Deliveries(repository.home / 'webhook')
    if options.work:
        stop = Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        work_on(Worker(
            repository, target, deliveries, branch,
            config_get('autodevelop.deployCommand'),
            Path(config_get('autodevelop.deployRepository')
                 or repository.git_dir)), stop)
    else:
        _listen(target, deliveries, branch, options.bind, repository)
    return 0


def _listen(target: Target, deliveries: Deliveries, branch: str,
            bind: str, repository: Repository) -> None:
    """Serve the webhook until gunicorn exits, and this process with it."""
    try:
        from autodevelop.webhook import app, serve
    except ImportError as error:
        raise AutodevelopError(
            f'the webhook needs {error.name}',
            f'{shlex.quote(sys.executable)} -m pip install flask gunicorn',
        ) from error
    serve.serve(app.Listener(
        target, deliveries, serve.read_secret(), serve.repository_name(),
        branch.removeprefix('refs/heads/'), repository,
        config_get('remote.origin.url')), bind)
