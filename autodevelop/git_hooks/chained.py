"""What our hooks also run: the hooks that were there, and git-lfs.

Git waits for it: the usual answer, that there is nothing, takes no process.
"""
from collections.abc import Sequence
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks import local_config
from autodevelop.system.git import Repository
from autodevelop.system.process import run_foreground

KEPT = 'autodevelop.keptHooks'

BEFORE = 'hooks.before'
"""The folder beside hooks/ in the git directory for the former hooks.

As deep as hooks/, so that relative symlinks in it still lead to their files.
"""


def run_kept_hook(repository: Repository, name: str, arguments: Sequence[str],
                  given: bytes) -> int:
    """Run the hook that was there before, if one is kept; its status."""
    kept = kept_hook(repository, name)
    if not kept:
        return 0
    # As git starts it: Windows itself starts no scripts, and no system one
    # without #!. Git's own sh is on the PATH of hooks.
    # It keeps git's variables: it is a hook, and may need them.
    return run_foreground(['sh', '-c', '"$0" "$@"', kept.as_posix(),
                           *arguments], {}, Path(), input=given)


def kept_hook(repository: Repository, name: str) -> Path | None:
    """The hook of this name that was kept, to run first.

    A hook that calls autodevelop for this hook again would recurse forever.
    """
    config = repository.common / 'config'
    if not config.exists() or b'kepthooks' not in config.read_bytes().lower():
        return None
    folder = kept_folder(repository)
    from autodevelop.git_hooks.script import find_hook
    path = find_hook(folder, name) if folder else None
    again = path and f'hook {name} "$@"'.encode() in path.read_bytes()
    return None if again else path


def kept_folder(repository: Repository) -> Path | None:
    """The folder of the hooks to run first.

    It is known by a relative path where it moves with the repository.
    """
    value = local_config.get(repository, KEPT)
    if not value:
        return None
    root = repository.work_tree or repository.git_dir
    return (repository.common if value == BEFORE else root) / value


def has_lfs(repository: Repository) -> bool:
    """Whether this clone has the content of files of git-lfs."""
    return (repository.common / 'lfs/objects').is_dir()


def push_lfs(repository: Repository, arguments: Sequence[str],
             given: bytes) -> int:
    """Push the content of the files of git-lfs, as its own pre-push does.

    git-lfs writes no hook where there is one, so whoever adopts it after
    autodevelop would push names without content.

    Raises AutodevelopError, with status 1, when git-lfs is not found.
    """
    if not has_lfs(repository):
        return 0
    kept = kept_hook(repository, 'pre-push')
    if kept and b'lfs' in kept.read_bytes():
        return 0
    import shutil  # Few repositories have files of git-lfs.
    if not shutil.which('git-lfs'):
        raise AutodevelopError(
            'git-lfs is not on PATH, and the content of its files would not '
            'be pushed', 'install it: https://git-lfs.com', status=1)
    return run_foreground(['git', 'lfs', 'pre-push', *arguments], {}, Path(),
                          input=given)
