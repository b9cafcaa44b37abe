"""The one process that does what was delivered."""
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import NamedTuple

from autodevelop.deploy.history import History
from autodevelop.deploy.listing import live_attempt
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.git import Repository, git, resolve, try_git
from autodevelop.locks import held
from autodevelop.process import attend
from autodevelop.webhook.deliveries import Deliveries, Delivery
from autodevelop.webhook.message import is_oid

PAUSE = 1.0
"""Seconds between two looks at what waits; twice as many after an error."""

LONGEST_PAUSE = 60.0


class Worker(NamedTuple):
    """Where the worker works.

    repository: a bare one, into which it fetches.
    branch: the full name of the main branch, here and at the forge.
    prefix: the words of a command that runs another as the user who deploys:
        what is checked there sees nothing of this one.
    deploys: the bare repository of that user; or the one above.
    """

    repository: Repository
    target: Target
    deliveries: Deliveries
    branch: str
    prefix: str
    deploys: Path


def work_on(worker: Worker, told: Event) -> None:
    """Do what waits, as the only one who does, until told to end.

    What goes on then is brought to its end.
    """
    pause = PAUSE
    with held(worker.deliveries.folder, 'the deliveries',
              f'process {os.getpid()} works on'):
        while not told.is_set():
            try:
                worker.deliveries.resume()
                worked, pause = work(worker), PAUSE
            except (AutodevelopError, OSError, ValueError) as error:
                # The forge may be away, or a disk full; what waits, waits.
                sys.stderr.write(f'autodevelop: {error}\n')
                worked, pause = False, min(2 * pause, LONGEST_PAUSE)
            if not worked:
                told.wait(pause)


def work(worker: Worker) -> bool:
    """Have the newest commit that waits live; whether there was one.

    Others that wait are superseded by it, or by what is live: deliveries
    come in any order, and a release never goes back to an older commit
    because of one that was late.

    Raises AutodevelopError when the forge does not answer.
    """
    waiting = worker.deliveries.waiting()
    if not waiting:
        return False
    git(worker.repository, 'fetch', '--quiet', '--no-tags', 'origin',
        f'+{worker.branch}:{worker.branch}')
    newer = _newer(worker)
    wanted = {each.oid for each in waiting}
    newest = next((oid for oid in newer if oid in wanted), None)
    for each in waiting:
        if each.oid != newest:
            _pass_over(worker, each)
    if newest:
        _deploy(worker, newest, [
            each for each in waiting if each.oid == newest])
    return True


def _newer(worker: Worker) -> list[str]:
    """The commits of the branch that are not in what is live, newest first."""
    live = _live(worker)
    known, = resolve(worker.repository, f'{live}^{{commit}}')
    listed = git(worker.repository, 'rev-list', '--topo-order', worker.branch,
                 *[f'^{known}'] * bool(known))
    return listed.decode().split()


def _live(worker: Worker) -> str | None:
    live = live_attempt(worker.target, History(worker.target).attempts())
    # Who deploys may be another, who could have written anything.
    return live.release if live and is_oid(live.release) else None


def _pass_over(worker: Worker, delivery: Delivery) -> None:
    """Say why a commit is not the one to go live."""
    if delivery.oid == _live(worker):
        worker.deliveries.end(delivery.id, 'live')
    elif try_git(worker.repository, 'merge-base', '--is-ancestor',
                 delivery.oid, worker.branch).status:
        worker.deliveries.end(delivery.id, 'failed',
                              f'it is not on {worker.branch}')
    else:
        worker.deliveries.end(delivery.id, 'superseded')


def _deploy(worker: Worker, oid: str, same: Sequence[Delivery]) -> None:
    """Deploy as the user who does that, and keep how it ended."""
    for each in same:
        worker.deliveries.run(each.id)
    front = ['--front', worker.target.front] * bool(worker.target.front)
    if _hand_over(worker):
        state, detail = 'failed', f'{worker.deploys} does not take it'
    elif status := _run(
            # -P: what lies in the repository's folder is not to be imported.
            worker, sys.executable, '-P', '-m', 'autodevelop', 'deploy', oid,
            '--newer', '--to', str(worker.target.folder), *front):
        state, detail = 'failed', f'exit status {status}'
    else:
        state, detail = 'live' if oid == _live(worker) else 'superseded', ''
    for each in same:
        worker.deliveries.end(each.id, state, detail)


def _hand_over(worker: Worker) -> int:
    """Have who deploys fetch the branch from here; the exit status.

    What that user could have written into its repository, its configuration
    and hooks, is then run by nobody else. Commits that are there and not here
    stay: somebody has pushed them to go live.
    """
    own = worker.repository.git_dir
    if worker.deploys == own:
        return 0
    return _run(worker, 'git', 'fetch', '--quiet', '--no-tags', str(own),
                f'{worker.branch}:{worker.branch}')


def _run(worker: Worker, *command: str) -> int:
    return attend([*shlex.split(worker.prefix), *command], {}, worker.deploys)
