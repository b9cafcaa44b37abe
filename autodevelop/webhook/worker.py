"""The one process that does what was delivered."""
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from autodevelop.deploy.history import History
from autodevelop.deploy.listing import live_attempt
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.git import Repository, git, resolve, try_git
from autodevelop.process import attend
from autodevelop.webhook.deliveries import Deliveries, Delivery

PAUSE = 1.0
"""Seconds between two looks at what waits."""


class Worker(NamedTuple):
    """Where the worker works.

    branch: the full name of the main branch, here and at the forge.
    prefix: the words of a command that runs another as the user who deploys:
        what is checked there sees nothing of this one.
    """

    repository: Repository
    target: Target
    branch: str
    prefix: str

    @property
    def deliveries(self) -> Deliveries:
        return Deliveries(self.target.folder)


@contextmanager
def only_one(target: Target) -> Iterator[None]:
    """Be the only worker; AutodevelopError where there is one."""
    from filelock import lock_descriptor
    with open(target.folder / 'worker.lock', 'ab') as lock:
        if not lock_descriptor(lock.fileno(), blocking=False):
            raise AutodevelopError(
                f'a worker of {target.folder} runs already',
                'stop that one first, or leave it to its work')
        yield


def work_for_ever(worker: Worker) -> None:
    """Do what waits, and wait for more."""
    with only_one(worker.target):
        while True:
            try:
                worker.deliveries.resume()
                worked = work(worker)
            except (AutodevelopError, OSError, ValueError) as error:
                # The forge may be away, or a disk full; what waits, waits.
                sys.stderr.write(f'autodevelop: {error}\n')
                worked = False
            if not worked:
                time.sleep(PAUSE)


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
    return live.release if live else None


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
    status = attend(
        # -P: what lies in the repository's folder is not to be imported.
        [*shlex.split(worker.prefix), sys.executable, '-P', '-m',
         'autodevelop', 'deploy', oid, '--newer', '--to',
         str(worker.target.folder), *front], {}, worker.repository.git_dir)
    for each in same:
        worker.deliveries.end(each.id, 'failed' if status else 'live',
                              f'exit status {status}' * bool(status))
