"""autodevelop hook: run a git hook, for the scripts that git calls.

Git waits for it: each hook imports what it needs and no more.
"""
import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autodevelop.system.git import Repository

EXAMPLE = 'autodevelop hook pre-commit'
READS_INPUT = ('pre-push', 'post-rewrite', 'reference-transaction',
               'pre-receive', 'post-receive')
"""The hooks that git writes to on standard input: see githooks(5)."""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('name', metavar='NAME')
    parser.add_argument('arguments', nargs='*', metavar='ARGUMENT')


def run(options: argparse.Namespace) -> int:
    return run_hook(options.name, options.arguments)


def run_hook(name: str, arguments: Sequence[str]) -> int:
    """Run a hook; any status but 0 refuses what git is about to do."""
    from autodevelop.system.git import find_repository
    from autodevelop.system.process import interrupt_on_signals
    interrupt_on_signals()
    repository = find_repository()
    given = sys.stdin.buffer.read() if name in READS_INPUT else b''
    if status := _run_kept_hook(repository, name, arguments, given):
        return status
    # Who pushes to a folder sets the variables of the hooks there, too.
    if os.environ.get('AUTODEVELOP') == '0' and not name.endswith('-receive'):
        from autodevelop.system.output import say
        say(f'{name} is turned off by AUTODEVELOP=0')
        return 0
    if name == 'pre-commit':
        from autodevelop.git_hooks.pre_commit import pre_commit
        pre_commit(repository)
    elif name == 'commit-msg':
        from autodevelop.git_hooks.commit_msg import check_message
        from autodevelop.matrix.settings import read_settings
        root = repository.work_tree or repository.git_dir
        check_message(Path(arguments[0]), repository,
                      read_settings(root).issue)
    elif name == 'pre-push':
        from autodevelop.git_hooks.pre_push import pre_push
        pre_push(repository, arguments[0], os.fsdecode(given).split('\n'))
    elif name in ('pre-receive', 'post-receive'):
        from autodevelop.deploy import receive
        receive.HOOKS[name](repository, os.fsdecode(given))
    return 0


def _run_kept_hook(repository: 'Repository', name: str,
                   arguments: Sequence[str], given: bytes) -> int:
    """Run the hook that was there before, if one is kept; its status."""
    from autodevelop.git_hooks.install import kept_hook
    from autodevelop.system.process import run_foreground
    kept = kept_hook(repository, name)
    if not kept:
        return 0
    # Windows starts no scripts; git's own sh is on its PATH there.
    shell = ['sh'] if sys.platform == 'win32' else []
    # It keeps git's variables: it is a hook, and may need them.
    return run_foreground([*shell, str(kept), *arguments], {}, Path(),
                          input=given)
