"""What git runs as hooks in a clone, where that is set, and by whom."""
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from autodevelop.errors import Finding
from autodevelop.git_hooks import local_config
from autodevelop.git_hooks.chained import has_lfs, kept_folder
from autodevelop.git_hooks.hooks_path import PATH, HooksPath, find_hooks, shown
from autodevelop.git_hooks.install import REPLACED
from autodevelop.git_hooks.origin import KEYS
from autodevelop.git_hooks.script import (
    LFS_NAMES, NAMES, foreign_hooks, hook_names, is_ours, script,
)
from autodevelop.git_hooks.shared import FOLDERS
from autodevelop.system.git import Repository

INSTALL = 'run: autodevelop hooks install'
NOT_FOUND = 'not found in .venv, on PATH or in ~/.local/bin'


def status(repository: Repository) -> list[str]:
    """Return lines: what git runs, where that is set, by which autodevelop."""
    hooks = find_hooks(repository)
    folder, tree = shown(hooks.active, repository), repository.work_tree
    lines = [f'{PATH}: {hooks.value} ({hooks.scope})' if hooks.value else
             f'{PATH}: not set',
             f'active: {_listed(hooks.active)} in {folder}']
    if kept := kept_folder(repository):
        lines.append(
            f'run first: {_listed(kept)} in {shown(kept, repository)}')
    if old := local_config.get(repository, REPLACED):
        lines.append(f'replaced: {PATH} was {old}')
    if not tree:
        return lines
    lines += [f'{folder}/{name}: {_state(hooks.active / name)}'
              for name in NAMES]
    if hooks.shared:
        lines.append(f'{folder} may be missing on other branches and in '
                     f'sparse checkouts: git runs no hook then; {INSTALL}')
    return [*lines, *_not_run(hooks, tree), *_lfs(repository, hooks),
            f'autodevelop: {_find_autodevelop(repository, tree)}']


def defects(repository: Repository, tree: Path) -> Iterator[Finding]:
    """Yield what keeps the hooks from running in this clone."""
    found, install = find_hooks(repository), f'{INSTALL} --keep'
    folder, states = shown(found.active, repository), dict[str, list[str]]()
    for name in NAMES:
        state = _state(found.active / name).partition('; ')[0]
        states.setdefault(state, []).append(name)
    states.pop('up to date', None)
    for state, names in states.items():
        yield Finding(f'{", ".join(names)} in {folder}: {state}', install,
                      True)
    if found.shared:
        yield Finding(f'{folder} may be missing on other branches and in '
                      'sparse checkouts: git runs no hook then', install)
    for line in _not_run(found, tree):
        yield Finding(line, 'let a session do what they do, or delete them')
    yield from (Finding(line.partition('; run')[0], install, True)
                for line in _lfs(repository, found) if INSTALL in line)
    if _find_autodevelop(repository, tree) == NOT_FOUND:
        yield Finding(f'the hooks run autodevelop, which is {NOT_FOUND}',
                      'install it there, and ' + install, True)


def _listed(folder: Path) -> str:
    return ', '.join(hook_names(folder)) or 'none'


def _state(path: Path) -> str:
    if not path.is_file():
        return f'missing; {INSTALL}'
    if not os.access(path, os.X_OK):
        return f'not executable: git ignores it; {INSTALL}'
    if not is_ours(path):
        return 'not a script of autodevelop'
    return 'up to date' if path.read_bytes() == script(path.name) else (
        f'written by another version; {INSTALL}')


def _not_run(hooks: HooksPath, tree: Path) -> list[str]:
    """The scripts of other people in folders where ours may be."""
    folders = {name: foreign_hooks(tree / name) for name in FOLDERS
               if (tree / name).resolve() != hooks.active.resolve()}
    return [f'not run by git: {", ".join(names)} in {folder}'
            for folder, names in folders.items() if names]


def _lfs(repository: Repository, hooks: HooksPath) -> list[str]:
    """What git-lfs needs: it does not write a hook over one of ours."""
    missing = [name for name in LFS_NAMES
               if not (hooks.active / name).exists()]
    if not has_lfs(repository):
        return []
    return ['git-lfs: run by pre-push' + (
        f'; {", ".join(missing)} missing, needed to lock files; {INSTALL}'
        if missing else '')]


def _find_autodevelop(repository: Repository, root: Path) -> str:
    """The autodevelop that the scripts run; they look in the same order."""
    at = root if os.path.lexists(root / '.venv') else repository.common.parent
    for name in ('bin/autodevelop', 'Scripts/autodevelop.exe'):
        if os.access(at / '.venv' / name, os.X_OK):
            return (at / '.venv' / name).as_posix()
    there = (shutil.which('autodevelop'),
             local_config.get(repository, KEYS[0]),
             str(Path.home() / '.local/bin/autodevelop'))
    return next((path for path in there if path and os.access(path, os.X_OK)),
                NOT_FOUND)
