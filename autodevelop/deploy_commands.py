"""What puts releases live, as commands; each imports what it needs."""
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from autodevelop.errors import AutodevelopError

if TYPE_CHECKING:
    from autodevelop.deploy.target import Target
    from autodevelop.git import Repository
    from autodevelop.webhook.deliveries import Deliveries


def deploy(revision: str, newer: bool, to: Path | None,
           front: str | None) -> int:
    """Put a commit of the main branch live.

    newer: unless what is live by then has the commit in it.
    """
    from autodevelop.deploy import going_live
    from autodevelop.deploy.branch import commit_of_branch
    from autodevelop.deploy.history import History
    from autodevelop.deploy.listing import live_attempt
    from autodevelop.git import find_repository, try_git
    from autodevelop.process import interrupt_on_signals
    interrupt_on_signals()
    target = _target(to, front)
    repository = find_repository()
    commit = commit_of_branch(repository, revision)

    def wanted() -> bool:
        live = live_attempt(target, History(target).attempts())
        if not (newer and live):
            return True
        done = try_git(repository, 'merge-base', '--is-ancestor', commit,
                       live.release)
        return done.status != 0

    went = going_live.deploy(repository, target, commit, _who(), wanted)
    print(f'{commit} is live' if went else f'what is live has {commit} in it')
    return 0


def show(name: str, to: Path | None) -> int:
    """Print what an administrator installs for a target."""
    from autodevelop.deploy.printed import printed
    sys.stdout.write(printed(name, _target(to, None)))
    return 0


def start(to: Path | None, front: str | None) -> int:
    """Serve what is live again, if it does not answer: after a boot."""
    from autodevelop.deploy import going_live
    from autodevelop.deploy.history import History
    from autodevelop.deploy.listing import live_attempt, state
    from autodevelop.process import interrupt_on_signals
    interrupt_on_signals()
    target = _target(to, front)
    attempts = History(target).attempts()
    live = live_attempt(target, attempts)
    if not live:
        raise AutodevelopError(f'nothing is live in {target.folder}',
                               'put a commit live: autodevelop deploy REV')
    # The front may not be up yet, and another may be deploying.
    target = target._replace(front='')
    line, well = state(target, attempts)
    if not well:
        going_live.go_back(
            target, live.release, _who(),
            lambda: target.live() == live.number
            and not state(target, attempts)[1])
        line, well = state(target, History(target).attempts())
    print(line)
    return 0 if well else 1


def rollback(name: str | None, to: Path | None, front: str | None) -> int:
    """Put a release live that was live before."""
    from autodevelop.deploy import going_live
    from autodevelop.deploy.history import History
    from autodevelop.deploy.listing import live_attempt
    from autodevelop.process import interrupt_on_signals
    interrupt_on_signals()
    target = _target(to, front)
    attempts, number = History(target).attempts(), target.live()
    live = live_attempt(target, attempts)
    now = live.release if live else None
    release = next((each.release for each in attempts
                    if each.outcome == 'live' and (
                        each.release.startswith(name) if name
                        else each.release != now)), None)
    if not release:
        raise AutodevelopError(
            f'no release {name} was live' if name else
            'no other release was live before',
            'autodevelop releases lists them')
    if not going_live.go_back(target, release, _who(),
                              lambda: target.live() == number):
        raise AutodevelopError(
            'another release went live meanwhile',
            'see what is live, and roll back from there: autodevelop releases',
            status=1)
    print(f'{release} is live')
    return 0


def releases(to: Path | None, front: str | None) -> int:
    """List the attempts at a target, the newest first."""
    from autodevelop.deploy.history import History
    from autodevelop.deploy.listing import listing
    target = _target(to, front)
    sys.stdout.write(listing(History(target).attempts(), target.live()))
    return 0


def status(to: Path | None, front: str | None) -> int:
    """Say what is live in a line; 1 when it does not answer."""
    from autodevelop.deploy.history import History
    from autodevelop.deploy.listing import state
    target = _target(to, front)
    line, well = state(target, History(target).attempts())
    print(line)
    return 0 if well else 1


def receive(repository: 'Repository', hook: str, given: str) -> None:
    """Do what git asks of the hooks of a server.

    given: a line for each ref that a push changes.
    """
    from autodevelop.deploy import receive
    from autodevelop.forked import relayed
    updates = list(receive.read_updates(given))
    if hook == 'pre-receive':
        receive.pre_receive(repository, updates)
        return
    with relayed():
        receive.post_receive(repository, _target(None, None), updates, _who())


def webhook(bind: str, work: bool, to: Path | None,
            front: str | None) -> int:
    """Listen to a forge; or do what it delivered."""
    from autodevelop.deploy.branch import main_branch
    from autodevelop.git import configured, find_repository
    from autodevelop.webhook.deliveries import Deliveries
    target, repository = _target(to, front), find_repository()
    if repository.work_tree:
        raise AutodevelopError(
            'the webhook fetches into the main branch, and here that may be '
            'checked out',
            'give it a repository of its own: git clone --bare ADDRESS')
    branch = main_branch(repository)
    deliveries = Deliveries(repository.home / 'webhook')
    if work:
        import signal
        from threading import Event
        from autodevelop.webhook.worker import Worker, work_on
        told = Event()
        signal.signal(signal.SIGTERM, lambda *_: told.set())
        deploys = configured('autodevelop.deployIn') or repository.git_dir
        work_on(Worker(repository, target, deliveries, branch,
                       configured('autodevelop.deployAs'), Path(deploys)),
                told)
    else:
        _listen(target, deliveries, branch, bind)
    return 0


def _listen(target: 'Target', deliveries: 'Deliveries', branch: str,
            bind: str) -> None:
    """Serve the webhook until gunicorn exits, and this process with it."""
    try:
        from autodevelop.webhook.app import Listener
        from autodevelop.webhook.serve import (
            read_secret, repository_name, serve,
        )
    except ImportError as error:
        raise AutodevelopError(
            f'the webhook needs {error.name}',
            "run: python -m pip install 'autodevelop[service]'") from error
    serve(Listener(target, deliveries, read_secret(), repository_name(),
                   branch.removeprefix('refs/heads/')), bind)


def _target(to: Path | None, front: str | None) -> 'Target':
    from autodevelop.deploy.target import open_target
    from autodevelop.git import configured
    to = to or Path(configured('autodevelop.to'))
    if to == Path():
        raise AutodevelopError('there is no folder to deploy to',
                               'name it: --to DIR; or once for all: git '
                               'config autodevelop.to DIR')
    return open_target(to, configured('autodevelop.front')
                       if front is None else front)


def _who() -> str:
    """Who asks, and from where, as the machine knows them."""
    import getpass
    import os
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # A user without a name, as in containers.
        user = f'user {os.getuid()}'
    address = os.environ.get('SSH_CONNECTION', '').partition(' ')[0]
    return f'{user} from {address}' if address else user
