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
from autodevelop.git_hooks.found import PATH, Found, find, shown
from autodevelop.git_hooks.kept import BEFORE, KEPT, has_lfs
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

    Raises AutodevelopError when there are other hooks and neither is given.
    """
    tree, found = repository.work_tree, find(repository)
    assert tree
    _refuse_unsafe(found)
    others = _others(found)
    if (others or _is_displaced(found)) and not (replace or keep):
        raise AutodevelopError(
            f'there are other hooks in {shown(found.active, repository)}: '
            f'{", ".join(others) or "none"}',
            'run them first: autodevelop hooks install --keep; or turn them '
            'off: autodevelop hooks install --replace')
    lines = _displace(repository, found, others, replace)
    own = shown(found.own, repository)
    lines += write_scripts(found.own, _scripts(repository, found, keep), own)
    lines += _set_path(repository, found, others)
    for key, value in remembered(tree).items():
        local_config.put(repository, key, value)
    lines += write_shared(repository, tree)
    return [*lines, f'git runs {", ".join(NAMES)} in {own}']


def uninstall(repository: Repository) -> list[str]:
    """Undo what install did in this clone; return lines on what was done."""
    tree, found = repository.work_tree, find(repository)
    assert tree
    old = local_config.get(repository, REPLACED)
    own = shown(found.own, repository)
    names = [path.name for path in sorted(found.own.glob('*'))
             if is_ours(path) and path.name not in RECEIVING]
    for name in names:
        (found.own / name).unlink()
    lines = [f'removed {", ".join(names)} in {own}' if names else
             f'no script of autodevelop in {own}', *restore(found.own)]
    if found.elsewhere and not found.shared:
        lines.append(f'{PATH} is {found.value}; left unchanged')
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


def _refuse_unsafe(found: Found) -> None:
    """Raise AutodevelopError where a setting is not ours to change."""
    if found.scope == 'worktree' and found.elsewhere:
        raise AutodevelopError(
            f'{PATH} is {found.value} for this work tree only',
            f'run: git config --worktree --unset {PATH}')
    if found.own.is_symlink():
        own = found.own.as_posix()
        raise AutodevelopError(
            f'{own} is a symbolic link: the scripts would be written there',
            f'git config {PATH} "{found.own.resolve().as_posix()}" && '
            f'rm "{own}"')


def _others(found: Found) -> list[str]:
    """The hooks of other people that would no longer run as they do."""
    if found.elsewhere:
        return found.others()
    return found.in_own() if found.in_the_way() else []


def _is_displaced(found: Found) -> bool:
    """Whether another tool has set core.hooksPath."""
    return found.elsewhere and not (found.shared or found.stale)


def _displace(repository: Repository, found: Found, others: Sequence[str],
              replace: bool) -> list[str]:
    """Set aside what must not run, and remember what runs first."""
    before = local_config.get(repository, KEPT)
    if replace:
        aside, first = found.in_own(), ''
    elif found.elsewhere:
        # Git does not run them now, unless an older version kept them.
        aside, first = found.in_own(), before
        if others or _is_displaced(found):
            first = shown(found.active, repository)
        elif Path(before) == found.own:
            first = BEFORE
    else:
        aside = found.in_the_way()
        first = BEFORE if aside else before
    lines = set_aside(found.own, aside)
    if not first:
        return lines + local_config.unset(repository, KEPT)
    local_config.put(repository, KEPT, first)
    return [*lines, f'the hooks in {first} run first']


def _scripts(repository: Repository, found: Found,
             keep: bool) -> dict[str, bytes]:
    """The scripts to write, by their names."""
    names = [*NAMES]
    if keep and found.elsewhere:
        # These only run the hooks that are kept.
        names += [name for name in found.others() if name not in NAMES]
    scripts = {name: script(name) for name in names}
    if has_lfs(repository):
        scripts |= {name: lfs_script(name) for name in LFS_NAMES
                    if not (name in names or (found.own / name).exists())}
    return scripts


def _set_path(repository: Repository, found: Found,
              others: Sequence[str]) -> list[str]:
    """Make git look in its own folder."""
    lines = []
    if found.elsewhere and found.scope == 'local':
        if others or _is_displaced(found):
            local_config.put(repository, REPLACED, found.value)
            lines.append('uninstall sets it again')
        lines[:0] = local_config.unset(repository, PATH)
    if find(repository).elsewhere:
        # Only an absolute path leads there from linked work trees as well.
        local_config.put(repository, PATH, found.own.as_posix())
        lines.append(f'{PATH} is {found.own.as_posix()}, since it is set for '
                     'all repositories; after moving this one, install again')
    return lines
