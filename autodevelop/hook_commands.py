"""What git and its hooks call: check a tree, answer a hook, install them.

Git waits for them: each imports what it needs, when it is called.
"""
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autodevelop.errors import AutodevelopError

if TYPE_CHECKING:
    from autodevelop.git import Repository


def check(revision: str | None, stage: str, fresh: bool, jobs: str,
          posargs: tuple[str, ...]) -> int:
    """Check a commit, or what is staged; 1 when something failed."""
    import tempfile

    from autodevelop.check import verify
    from autodevelop.check import check as run
    from autodevelop.git import find_repository, resolve
    from autodevelop.mend import Staged
    from autodevelop.process import interrupt_on_signals
    from autodevelop.report import result_table
    from autodevelop.sessions import Request
    from autodevelop.settings import skipped_by_name
    interrupt_on_signals()
    repository = find_repository()
    head, tree = resolve(repository, f'{revision or "HEAD"}^{{commit}}',
                         f'{revision or "HEAD"}^{{tree}}')
    if revision is None:
        with tempfile.TemporaryDirectory() as scratch:
            tree = Staged(repository, Path(scratch)).tree
    if not tree:
        raise AutodevelopError(f'there is no commit {revision!r} here',
                               'name one that git log shows')
    verdict = run(Request(repository, stage, tree, head, (posargs,), fresh,
                          jobs, skipped_by_name()))
    sys.stdout.write(result_table(verdict.rows))
    verify(verdict, tree, revision or 'what is staged')
    return 0


TOLD_BY_INPUT = ('pre-push', 'post-rewrite', 'reference-transaction',
                 'pre-receive', 'post-receive')
"""The hooks that git tells something on standard input."""


def hook(name: str, arguments: Sequence[str]) -> int:
    """Do what a hook of git asks; 1 refuses what git is about to do."""
    from autodevelop.git import find_repository
    from autodevelop.process import interrupt_on_signals
    interrupt_on_signals()
    repository = find_repository()
    given = sys.stdin.buffer.read() if name in TOLD_BY_INPUT else b''
    if status := _run_kept_hook(repository, name, arguments, given):
        return status
    if name == 'pre-commit':
        from autodevelop.hooks import pre_commit
        pre_commit(repository)
    elif name == 'commit-msg':
        from autodevelop.commit_message import check_message
        from autodevelop.settings import read_settings
        root = repository.work_tree or repository.git_dir
        check_message(Path(arguments[0]), repository,
                      read_settings(root).issue)
    elif name == 'pre-push':
        from autodevelop.hooks import pre_push
        pre_push(repository, arguments[0], os.fsdecode(given).split('\n'))
    elif name in ('pre-receive', 'post-receive'):
        from autodevelop.deploy_commands import receive
        receive(repository, name, os.fsdecode(given))
    return 0


def hooks(action: str, replace: bool, keep: bool) -> int:
    """Install, uninstall or show git's hooks."""
    from autodevelop import installation, server_hooks
    from autodevelop.git import find_repository
    repository = find_repository()
    if action != 'status' and not repository.work_tree:
        lines = (server_hooks.install(repository) if action == 'install'
                 else server_hooks.uninstall(repository))
    elif action == 'install':
        lines = installation.install(repository, replace, keep)
    elif action == 'uninstall':
        lines = installation.uninstall(repository)
    else:
        lines = installation.status(repository)
    sys.stdout.writelines(f'{line}\n' for line in lines)
    return 0


def _run_kept_hook(repository: 'Repository', name: str,
                   arguments: Sequence[str], given: bytes) -> int:
    """Run the hook that was there before, if one is kept; its status."""
    from autodevelop.installation import kept_hook
    from autodevelop.process import attend
    kept = kept_hook(repository, name)
    if not kept:
        return 0
    # It is git's own kind of program: it may need git's variables.
    # Windows starts no scripts; git's own sh is on its PATH there.
    shell = ['sh'] * (sys.platform == 'win32')
    return attend([*shell, str(kept), *arguments], {}, Path(), given=given)
