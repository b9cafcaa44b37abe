"""Install and uninstall the git hooks of a clone.

The scripts are written to hooks/ in the git directory, where git looks unless
core.hooksPath is set. A folder of the work tree is missing on branches that
are older than it and in sparse checkouts, and an absolute core.hooksPath leads
nowhere after the repository was moved: git then runs no hook, and says
nothing. Linked work trees share the git directory.
"""
from collections.abc import Sequence
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks import local_config
from autodevelop.git_hooks.backup import restore, set_aside
from autodevelop.git_hooks.chained import BEFORE, KEPT, has_lfs
from autodevelop.git_hooks.hooks_path import PATH, HooksPath, find_hooks, shown
from autodevelop.git_hooks.origin import KEYS, remembered
from autodevelop.git_hooks.script import (
    LFS_NAMES, NAMES, RECEIVING, is_ours, lfs_script, script, write_scripts,
)
from autodevelop.git_hooks.shared import FOLDERS, write_shared
from autodevelop.system.git import Repository

REPLACED = 'autodevelop.replacedHooksPath'


def install(repository: Repository, replace: bool, keep: bool) -> list[str]:
    """Make git run the scripts of autodevelop; return lines on what was done.

    replace: turn off other hooks.
    keep: run other hooks first.
    """
    tree, hooks = repository.work_tree, find_hooks(repository)
    assert tree
    _refuse_unsafe(hooks)
    others = _others(hooks)
    if (others or _is_displaced(hooks)) and not (replace or keep):
        raise AutodevelopError(
            f'there are other hooks in {shown(hooks.active, repository)}: '
            f'{", ".join(others) or "none"}',
            'run them first: autodevelop hooks install --keep; or turn them '
            'off: autodevelop hooks install --replace')
    lines = _displace(repository, hooks, others, replace)
    own = shown(hooks.own, repository)
    lines += write_scripts(hooks.own, _scripts(repository, hooks, keep), own)
    lines += _set_path(repository, hooks, others)
    for key, value in remembered(tree).items():
        local_config.put(repository, key, value)
    lines += write_shared(repository, tree)
    return [*lines, f'git runs {", ".join(NAMES)} in {own}']


def uninstall(repository: Repository) -> list[str]:
    """Undo what install did in this clone; return lines on what was done."""
    tree, hooks = repository.work_tree, find_hooks(repository)
    assert tree
    old = local_config.get(repository, REPLACED)
    own = shown(hooks.own, repository)
    names = [path.name for path in sorted(hooks.own.glob('*'))
             if is_ours(path) and path.name not in RECEIVING]
    for name in names:
        (hooks.own / name).unlink()
    lines = [f'removed {", ".join(names)} in {own}' if names else
             f'no script of autodevelop in {own}', *restore(hooks.own)]
    if hooks.elsewhere and not hooks.shared:
        lines.append(f'{PATH} is {hooks.value}; left unchanged')
    else:
        lines += local_config.unset(repository, PATH)
        if old:
            local_config.put(repository, PATH, old)
            lines.append(f'{PATH} is {old} again')
    for key in (KEPT, REPLACED, *KEYS):
        lines += local_config.unset(repository, key)
    lines += [f'the scripts in {name}/ stay: they belong to the project'
              for name in FOLDERS if is_ours(tree / name / NAMES[0])]
    if has_lfs(repository):
        lines.append('git-lfs needs hooks of its own now; run: git lfs update')
    return lines


def _refuse_unsafe(hooks: HooksPath) -> None:
    """Raise AutodevelopError where a setting is not ours to change."""
    if hooks.scope == 'worktree' and hooks.elsewhere:
        raise AutodevelopError(
            f'{PATH} is {hooks.value} for this work tree only',
            f'run: git config --worktree --unset {PATH}')
    if hooks.own.is_symlink():
        own = hooks.own.as_posix()
        raise AutodevelopError(
            f'{own} is a symbolic link: the scripts would be written there',
            f'git config {PATH} "{hooks.own.resolve().as_posix()}" && '
            f'rm "{own}"')


def _others(hooks: HooksPath) -> list[str]:
    """The hooks of other people that would no longer run as they do."""
    if hooks.elsewhere:
        return hooks.others()
    return hooks.in_own() if hooks.in_the_way() else []


def _is_displaced(hooks: HooksPath) -> bool:
    """Whether another tool has set core.hooksPath."""
    return hooks.elsewhere and not (hooks.shared or hooks.stale)


def _displace(repository: Repository, hooks: HooksPath, others: Sequence[str],
              replace: bool) -> list[str]:
    """Set aside what must not run, and remember what runs first."""
    before = local_config.get(repository, KEPT)
    if replace:
        aside, first = hooks.in_own(), ''
    elif hooks.elsewhere:
        # Git does not run them now, unless an older version kept them.
        aside, first = hooks.in_own(), before
        if others or _is_displaced(hooks):
            first = shown(hooks.active, repository)
        elif Path(before) == hooks.own:
            first = BEFORE
    else:
        aside = hooks.in_the_way()
        first = BEFORE if aside else before
    lines = set_aside(hooks.own, aside)
    if not first:
        return lines + local_config.unset(repository, KEPT)
    local_config.put(repository, KEPT, first)
    return [*lines, f'the hooks in {first} run first']


def _scripts(repository: Repository, hooks: HooksPath,
             keep: bool) -> dict[str, bytes]:
    """The scripts to write, by their names."""
    names = [*NAMES]
    if keep and hooks.elsewhere:
        # These only run the hooks that are kept.
        names += [name for name in hooks.others() if name not in NAMES]
    scripts = {name: script(name) for name in names}
    if has_lfs(repository):
        scripts |= {name: lfs_script(name) for name in LFS_NAMES
                    if not (name in names or (hooks.own / name).exists())}
    return scripts


def _set_path(repository: Repository, hooks: HooksPath,
              others: Sequence[str]) -> list[str]:
    """Make git look in its own folder."""
    lines = []
    if hooks.elsewhere and hooks.scope == 'local':
        if others or _is_displaced(hooks):
            local_config.put(repository, REPLACED, hooks.value)
            lines.append('uninstall restores it')
        lines[:0] = local_config.unset(repository, PATH)
    if find_hooks(repository).elsewhere:
        # Only an absolute path leads there from linked work trees as well.
        local_config.put(repository, PATH, hooks.own.as_posix())
        lines.append(f'{PATH} is {hooks.own.as_posix()}, since it is set for '
                     'all repositories; after moving this one, install again')
    return lines
