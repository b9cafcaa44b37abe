"""autodevelop hook: run a git hook, for the scripts that git calls.

Git waits for it: each hook imports only what it needs.
"""
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autodevelop.git_hooks.chained import push_lfs, run_kept_hook
from autodevelop.system.git import Repository, find_repository
from autodevelop.system.output import say
from autodevelop.system.signals import interrupt_on_signals

if TYPE_CHECKING:
    import argparse

EXAMPLE = 'autodevelop hook pre-commit'
READS_INPUT = ('pre-push', 'post-rewrite', 'reference-transaction',
               'pre-receive', 'post-receive')
"""The hooks that git writes to on standard input: see githooks(5)."""

SERVER = ('pre-receive', 'post-receive', 'reference-transaction')
"""The hooks of a repository on a server, which nobody can turn off."""


def add_options(parser: 'argparse.ArgumentParser') -> None:
    parser.add_argument('name', metavar='NAME')
    parser.add_argument('arguments', nargs='*', metavar='ARGUMENT')


def run(options: 'argparse.Namespace') -> int:
    return run_hook(options.name, options.arguments)


def run_hook(name: str, arguments: Sequence[str]) -> int:
    """Run a hook; any status but 0 refuses what git is about to do."""
    interrupt_on_signals()
    repository = find_repository()
    given = sys.stdin.buffer.read() if name in READS_INPUT else b''
    if status := run_kept_hook(repository, name, arguments, given):
        return status
    if off := _turned_off(name):
        say(f'{name} is turned off by {off}')
    else:
        _check(repository, name, arguments, given)
    if name == 'pre-push':
        return push_lfs(repository, arguments, given)
    return 0


def _turned_off(name: str) -> str:
    """The variable that turns this hook off for one command; '' for none.

    A session of the name all is skipped by ``AUTODEVELOP_SKIP=all,``.
    """
    # Whoever pushes to a folder sets the variables of the hooks there, too.
    if name in SERVER:
        return ''
    off = {'AUTODEVELOP': '0', 'AUTODEVELOP_SKIP': 'all'}
    return ' '.join(f'{variable}={value}' for variable, value in off.items()
                    if os.environ.get(variable) == value)


def _check(repository: Repository, name: str, arguments: Sequence[str],
           given: bytes) -> None:
    if name in ('pre-commit', 'pre-merge-commit'):
        from autodevelop.git_hooks.pre_commit import pre_commit
        pre_commit(repository, name)
    elif name == 'commit-msg':
        from autodevelop.git_hooks.commit_msg import check_message
        from autodevelop.matrix.projects import repository_settings
        check_message(Path(arguments[0]), repository,
                      repository_settings(repository))
    elif name == 'pre-push':
        from autodevelop.git_hooks.pre_push import pre_push
        pre_push(repository, arguments[0], os.fsdecode(given).split('\n'))
    elif name in SERVER:
        from autodevelop.deploy import receive
        receive.HOOKS[name](repository, os.fsdecode(given))
