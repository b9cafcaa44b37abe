"""The worker: one process that deploys what was delivered."""
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import NamedTuple

from autodevelop.deploy.history import History
from autodevelop.deploy.signed import NOTES
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import Repository, git, is_ancestor, resolve
from autodevelop.system.locks import lock
from autodevelop.system.output import say
from autodevelop.system.process import run_foreground
from autodevelop.webhook.deliveries import Deliveries, Delivery
from autodevelop.webhook.message import is_oid

POLL_SECONDS = 1.0
"""Time between two looks at the queue; doubled after each error."""

MAX_POLL_SECONDS = 60.0

STATEMENTS = f'+{NOTES}*:{NOTES}*'
"""Fetches what CI signed, if there is anything: a pattern may match no ref.
"""

FALSE = '^(false|no|off|0)$'
"""The values of a setting of git that mean false."""


class Worker(NamedTuple):
    """What the worker needs to know.

    repository: a bare one, into which it fetches.
    branch: the full name of the main branch, here and at the forge.
    deploy_command: runs a command as the user who deploys, as ``sudo -u``
        does, so that what is deployed sees nothing of this user.
    deploy_repository: the bare repository of that user, or the one above.
    """

    repository: Repository
    target: Target
    deliveries: Deliveries
    branch: str
    deploy_command: str
    deploy_repository: Path


def work_on(worker: Worker, stop: Event) -> None:
    """Deploy what is queued, as the only worker, until the event is set.

    A deploy that runs then is finished first.
    """
    pause = POLL_SECONDS
    with lock(worker.deliveries.folder, 'the deliveries',
              f'process {os.getpid()} is working on them'):
        while not stop.is_set():
            try:
                worker.deliveries.requeue()
                worked, pause = work(worker), POLL_SECONDS
            except (AutodevelopError, OSError, ValueError) as error:
                # The forge may be down or a disk full; the queue stays.
                say(str(error))
                worked, pause = False, min(2 * pause, MAX_POLL_SECONDS)
            if not worked:
                stop.wait(pause)


def work(worker: Worker) -> bool:
    """Deploy the newest commit in the queue; False if the queue is empty.

    Older ones are superseded by it, or by the live release: deliveries arrive
    in any order, and a late one must not deploy an older commit.
    """
    waiting = worker.deliveries.waiting()
    if not waiting:
        return False
    git(worker.repository, 'fetch', '--quiet', '--no-tags', 'origin',
        f'+{worker.branch}:{worker.branch}', STATEMENTS)
    newer = _newer(worker)
    wanted = {each.oid for each in waiting}
    newest = next((oid for oid in newer if oid in wanted), None)
    for each in waiting:
        if each.oid != newest:
            _skip(worker, each)
    if newest:
        _deploy(worker, newest, [
            each for each in waiting if each.oid == newest])
    return True


def _newer(worker: Worker) -> list[str]:
    """The commits of the branch that the live release lacks, newest first."""
    live = _live(worker)
    known, = resolve(worker.repository, f'{live}^{{commit}}')
    listed = git(worker.repository, 'rev-list', '--topo-order', worker.branch,
                 *([f'^{known}'] if known else []))
    return listed.decode().split()


def _live(worker: Worker) -> str | None:
    live = History(worker.target).live()
    # The user who deploys could have written anything there.
    return live.release if live and is_oid(live.release) else None


def _skip(worker: Worker, delivery: Delivery) -> None:
    if delivery.oid == _live(worker):
        worker.deliveries.finish(delivery.id, 'live')
    elif is_ancestor(worker.repository, delivery.oid, worker.branch):
        worker.deliveries.finish(delivery.id, 'superseded')
    else:
        worker.deliveries.finish(delivery.id, 'failed',
                                 f'not on {worker.branch}')


def _deploy(worker: Worker, oid: str, same: Sequence[Delivery]) -> None:
    """Deploy as the user who does that, and record how it ended."""
    for each in same:
        worker.deliveries.mark_running(each.id)
    proxy = (['--proxy-url', worker.target.proxy_url]
             if worker.target.proxy_url else [])
    if _fetch_for_deploy(worker):
        state = 'failed'
        detail = (f'git fetch into {worker.deploy_repository} failed; if '
                  f'{worker.branch} was rewritten: git config '
                  'receive.denyNonFastForwards false')
    elif status := _run(
            # -P: import nothing from the current folder.
            worker, sys.executable, '-P', '-m', 'autodevelop', 'deploy', oid,
            '--if-newer', '--to', str(worker.target.folder), *proxy):
        state, detail = 'failed', f'exit status {status}'
    else:
        state, detail = 'live' if oid == _live(worker) else 'superseded', ''
    for each in same:
        worker.deliveries.finish(each.id, state, detail)


def _fetch_for_deploy(worker: Worker) -> int:
    """Let the user who deploys fetch the branch from here; the exit status.

    Only that user then runs what its repository has in hooks and settings.
    Commits that are there and not here stay: somebody has pushed them. Git's
    setting for forced pushes allows removing them.
    """
    own = worker.repository.git_dir
    if worker.deploy_repository == own:
        return 0

    def fetch(forced: str) -> int:
        return _run(worker, 'git', 'fetch', '--no-tags', str(own),
                    f'{forced}{worker.branch}:{worker.branch}', STATEMENTS)

    status = fetch('')
    if status and not _run(worker, 'git', 'config', '--get',
                           'receive.denyNonFastForwards', FALSE):
        return fetch('+')
    return status


def _run(worker: Worker, *command: str) -> int:
    return run_foreground([*shlex.split(worker.deploy_command), *command], {},
                          worker.deploy_repository)
