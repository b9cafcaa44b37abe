"""The third user, who runs checks: neither secrets nor releases are theirs.

A check runs what was pushed before anybody knows whether it passes. This user
gets the commit in a repository of their own, by git's own protocol: nothing
of the user who deploys has to be readable, except the venv that runs this.
"""
import json
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from autodevelop.deploy.branch import main_branch
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import (
    Repository, config_get, git_unchecked, reason,
)
from autodevelop.system.output import say
from autodevelop.system.process import run, run_apart

END = 'import os, sys; os.getuid() in (0, int(sys.argv[1])) or os.kill(-1, 9)'
"""Kills all processes of the user who runs it: see NOTES in kill(2)."""

MAX_VERDICT = 10_000


class CheckUser(NamedTuple):
    """Who runs checks, and in which repository; their home is their own."""

    name: str
    repository: Path

    def command(self, *command: str) -> list[str]:
        """A command that runs another as this user."""
        return ['sudo', '-n', '-H', '-u', self.name, '--', *command]


def find_check_user(target: Target) -> CheckUser | None:
    """``git config autodevelop.checkUser``, or NAME-check if there is one.

    NAME is that of the target's folder. None for the user who deploys: a
    warning says what checks can do then, unless it is configured.
    """
    import pwd
    given = config_get('autodevelop.checkUser')
    name = given or f'{target.folder.name}-check'
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        if given:
            raise AutodevelopError(
                f'there is no user {name} to run checks',
                f'as root: useradd --create-home {name}', status=1) from None
        say(f'warning: there is no user {name} to run checks, so pushed code '
            'can read the variables and data of the application and change '
            'the live release; see docs/security.md')
        return None
    if found.pw_uid == os.getuid():
        return None
    if found.pw_uid == 0:
        raise AutodevelopError(
            'checks must not run as root', 'name another user: git config '
            f'autodevelop.checkUser {target.folder.name}-check', status=1)
    if target.folder.stat().st_mode & 0o001:
        say(f'warning: {name} can connect to the application, since everybody '
            f'can enter {target.folder}; as root: chgrp www-data '
            f'{target.folder} && chmod 750 {target.folder}')
    return CheckUser(name, Path(found.pw_dir, f'{target.folder.name}.git'))


def check_as(user: CheckUser, repository: Repository, commit: str) -> None:
    """Run the stage deploy as this user; nothing of theirs runs afterwards.

    Raises AutodevelopError, with status 1, when it does not pass.
    """
    with _alone(user):
        _hand_over(user, repository, commit)
        status, said = run_apart(user.command(
            sys.executable, '-P', '-m', 'autodevelop.deploy.checked',
            str(user.repository), commit, str(repository.common)))
    if status == 0:
        return
    try:
        error = json.loads(said[:MAX_VERDICT])
        message, hint = _printable(error['message']), _printable(error['hint'])
    except (ValueError, LookupError, TypeError):
        message = (f'the check of commit {commit[:12]} ended with status '
                   f'{status}')
        hint = f'{user.name} needs to read {sys.prefix}'
    raise AutodevelopError(message, hint, status=1)


def link_contents(origin: Path) -> None:
    """Let the current repository use what git does not push.

    Submodules and the files of git-lfs are read where the origin has them.
    """
    for name in ('modules', 'lfs'):
        if not os.path.lexists(name):
            os.symlink(origin / name, name)


@contextmanager
def _alone(user: CheckUser) -> Iterator[None]:
    """Kill all processes of this user, before and after."""
    end = user.command(sys.executable, '-I', '-c', END, str(os.getuid()))
    _require(user, end)
    try:
        yield
    finally:
        run(end, {}, Path('/'))


def _hand_over(user: CheckUser, repository: Repository, commit: str) -> None:
    """Push a commit and all tags to the repository of this user."""
    there = str(user.repository)
    _require(user, user.command(
        'git', 'init', '--quiet', '--bare', '--template=',
        f'--object-format={repository.hash_name}', there))
    done = git_unchecked(
        repository, 'push', '--quiet', '--force', '--no-verify',
        f'--receive-pack={shlex.join(user.command("git", "receive-pack"))}',
        there, f'{commit}:{main_branch(repository)}',
        'refs/tags/*:refs/tags/*')
    if done.status:
        raise AutodevelopError(
            f'cannot push the commit to {there}: {reason(done.messages)}',
            f'as root: rm -rf {shlex.quote(there)}', status=1)


def _require(user: CheckUser, command: Sequence[str]) -> None:
    try:
        done = run(command, {}, Path('/'))
    except FileNotFoundError as error:
        raise AutodevelopError(
            f'checks run as {user.name}, which needs sudo',
            'install sudo', status=1) from error
    if done.status:
        raise AutodevelopError(
            f'cannot run checks as {user.name}: {reason(done.messages)}',
            'allow it, as root: see "A user for checks" in docs/deploy.md',
            status=1)


def _printable(text: str) -> str:
    """The text without what a terminal would act on: it may be hostile."""
    return ''.join(each if each.isprintable() else '?' for each in text)
