"""The mark of a push that switches: which git waits, and for what.

It is ``switching`` in Repository.home, with the process of the git that has
locked the branch. What follows is printed by the script of the hook
post-receive, if it runs for the same git.
"""
import os
from pathlib import Path

from autodevelop.deploy.processes import is_running
from autodevelop.system.files import write_file
from autodevelop.system.git import Repository


def mark_switch(repository: Repository, said: str) -> None:
    """Mark that the git which runs this hook switches.

    said: what to print when it has, or nothing. Nobody reads that of a switch
        that fails, since git runs no hook then.
    """
    write_file(_mark(repository), f'{os.getppid()} {said}\n'.encode())


def unmark(repository: Repository) -> None:
    """Forget the last switch, as it is over."""
    _mark(repository).unlink(missing_ok=True)


def unmark_own(repository: Repository) -> None:
    """Forget a switch of an earlier process with the number of this git's."""
    if _git(repository) == os.getppid():
        unmark(repository)


def remove_stale_lock(repository: Repository, branch: str) -> None:
    """Remove the locks of a git that was killed while it waited for a switch.

    Called with the target locked, so no switch is under way.
    """
    mark, git = _mark(repository), _git(repository)
    if git and not is_running(git):
        for name in ('HEAD', branch, 'reftable/tables.list'):
            lock = repository.common / f'{name}.lock'
            # A later one is another git's.
            if lock.exists() and (
                    lock.stat().st_mtime <= mark.stat().st_mtime):
                lock.unlink()
        mark.unlink()


def _mark(repository: Repository) -> Path:
    return repository.home / 'switching'


def _git(repository: Repository) -> int:
    try:
        return int(_mark(repository).read_text().split()[0])
    except FileNotFoundError:
        return 0
