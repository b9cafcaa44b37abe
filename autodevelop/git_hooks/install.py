"""Install and uninstall the git hooks of a work tree."""
import os
import re
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.system.git import Repository, git, git_line, git_unchecked

NAMES = ('pre-commit', 'commit-msg', 'pre-push')

SCRIPT = """\
#!/bin/sh
# Run the hook {name} with autodevelop from .venv or PATH.
venv=./.venv
if [ -f .git ] && [ ! -e .venv ]; then
    venv=$(git rev-parse --path-format=absolute --git-common-dir)/../.venv
fi
for found in "$venv/bin/autodevelop" "$venv/Scripts/autodevelop.exe"; do
    if [ -x "$found" ]; then exec "$found" hook {name} "$@"; fi
done
found=$(command -v autodevelop) && exec "$found" hook {name} "$@"
echo '{name}: no autodevelop here; run: python3 -m pip install autodevelop' \\
    '(in the repository of autodevelop itself: make)' >&2
exit 1
"""

PATH, KEPT = 'core.hooksPath', 'autodevelop.keptHooks'
REPLACED = 'autodevelop.replacedHooksPath'

RECEIVING = ('pre-receive', 'update', 'proc-receive', 'post-receive',
             'post-update', 'push-to-checkout')
"""Hooks that git runs in the git directory, where hooks/ is the old folder."""

HOOK = re.compile('[a-z][a-z0-9-]+')


def install(repository: Repository, replace: bool, keep: bool) -> list[str]:
    """Make git run the scripts in hooks/; return lines on what was done.

    replace: turn off other hooks.
    keep: run other hooks first.

    Raises AutodevelopError when there are other hooks and neither is given.
    """
    tree = repository.work_tree
    assert tree
    scope, value = effective_hooks_path(repository)
    old = _old_folder(repository, tree, value)
    if scope == 'worktree' and value != 'hooks':
        raise AutodevelopError(
            f'{PATH} is {value} for this work tree only',
            f'run: git config --worktree --unset {PATH}')
    if old and not (replace or keep or value == 'hooks'):
        raise AutodevelopError(
            f'there are other hooks in {old}: {_listed(old)}',
            'run them first: autodevelop hooks install --keep; or turn them '
            'off: autodevelop hooks install --replace')
    lines = [write_script(tree, name) for name in NAMES]
    if keep and old:
        lines += _keep(repository, tree, old)
    elif replace:
        lines += _unset(repository, KEPT)
    if scope == 'local' and value != 'hooks':
        _set(repository, REPLACED, value)
        lines.append(f'{PATH} was {value}; uninstall restores that')
    _set(repository, PATH, 'hooks')
    return [*lines, f'{PATH} is hooks: git runs {", ".join(NAMES)} there']


def uninstall(repository: Repository) -> list[str]:
    """Undo what install configured; return lines on what was done."""
    value, old = _get(repository, PATH), _get(repository, REPLACED)
    if value != 'hooks':
        lines = [f'{PATH} is not hooks here; left unchanged']
    elif old:
        _set(repository, PATH, old)
        lines = [f'{PATH} is {old} again']
    else:
        lines = _unset(repository, PATH)
    lines += [*_unset(repository, KEPT), *_unset(repository, REPLACED)]
    return [*lines, 'the scripts in hooks/ stay: they belong to the project']


def status(repository: Repository) -> list[str]:
    """Return lines: what git runs, where that is set, by which autodevelop."""
    scope, value = effective_hooks_path(repository)
    root = repository.work_tree or repository.git_dir
    own = repository.common / 'hooks'
    folder = _folder(repository, root) if value else own
    lines = [f'{PATH}: {value} ({scope})' if value else f'{PATH}: not set',
             f'active: {_listed(folder)}']
    if kept := _get(repository, KEPT):
        lines.append(f'run first: {_listed(Path(kept))} in {kept}')
    if old := _get(repository, REPLACED):
        lines.append(f'replaced: {PATH} was {old}')
    if repository.work_tree:
        lines += [f'hooks/{name}: {_state(root / "hooks" / name)}'
                  for name in NAMES]
        lines.append(f'autodevelop: {_find_autodevelop(repository, root)}')
    return lines


def kept_hook(repository: Repository, name: str) -> Path | None:
    """The hook of this name that was kept, to run first.

    The usual answer, None, takes no git process. A hook that calls
    autodevelop for this hook again would recurse for ever.
    """
    config = repository.common / 'config'
    if not config.exists() or b'kepthooks' not in config.read_bytes().lower():
        return None
    folder = _get(repository, KEPT)
    path = Path(folder, name)
    if not folder or not _is_hook(path):
        return None
    again = f'hook {name} "$@"'.encode() in path.read_bytes()
    return None if again else path


def _old_folder(repository: Repository, tree: Path, value: str) -> Path | None:
    """The folder of other hooks than those in hooks/; None without any."""
    if value and value != 'hooks':
        folder = _folder(repository, tree)
        return None if folder.resolve() == (tree / 'hooks').resolve() else (
            folder)
    if value and (kept := _get(repository, KEPT)):
        return Path(kept)
    folder = repository.common / 'hooks'
    return folder if set(_hooks(folder)) - set(RECEIVING) else None


def _keep(repository: Repository, tree: Path, old: Path) -> list[str]:
    names = [name for name in _hooks(old)
             if name not in (*NAMES, *RECEIVING)]
    lines = [f'{write_script(tree, name)}, which runs the kept one'
             for name in names]
    _set(repository, KEPT, old.as_posix())
    return [*lines, f'the hooks in {old} run first']


def write_script(tree: Path, name: str) -> str:
    """Write the script of a hook, unless there is a file of that name."""
    path, content = tree / 'hooks' / name, SCRIPT.format(name=name).encode()
    if os.path.lexists(path):
        same = path.is_file() and path.read_bytes() == content
        return f'hooks/{name} is ' + ('up to date' if same else (
            'not what install writes; left unchanged'))
    from autodevelop.system.files import write_file  # No hook needs it.
    write_file(path, content, 0o755)
    return f'wrote hooks/{name}'


def _hooks(folder: Path) -> list[str]:
    names = os.listdir(folder) if folder.is_dir() else []
    return [name for name in sorted(names) if _is_hook(folder / name)]


def _listed(folder: Path) -> str:
    return ', '.join(_hooks(folder)) or 'none'


def _is_hook(path: Path) -> bool:
    return bool(HOOK.fullmatch(path.name)) and path.is_file() and (
        os.access(path, os.X_OK))


def _state(path: Path) -> str:
    if not path.is_file():
        return 'missing; run: autodevelop hooks install'
    return 'executable' if os.access(path, os.X_OK) else (
        'not executable: git ignores it')


def _find_autodevelop(repository: Repository, root: Path) -> str:
    """The autodevelop that the scripts run."""
    import shutil
    at = root if os.path.lexists(root / '.venv') else repository.common.parent
    for name in ('bin/autodevelop', 'Scripts/autodevelop.exe'):
        if os.access(at / '.venv' / name, os.X_OK):
            return (at / '.venv' / name).as_posix()
    return shutil.which('autodevelop') or 'not found in .venv or on PATH'


def effective_hooks_path(repository: Repository) -> tuple[str, str]:
    """The scope and value of core.hooksPath; empty when it is not set."""
    done = git_unchecked(repository, 'config', '--show-scope', '--get', PATH)
    scope, _, value = os.fsdecode(done.output).rstrip('\n').partition('\t')
    return scope, value


def _folder(repository: Repository, root: Path) -> Path:
    return root / git_line(repository, 'config', '--type=path', '--get', PATH)


def _get(repository: Repository, key: str) -> str:
    done = git_unchecked(repository, 'config', '--local', '--get', key)
    return os.fsdecode(done.output).rstrip('\n')


def _set(repository: Repository, key: str, value: str) -> None:
    git(repository, 'config', '--local', '--replace-all', key, value)


def _unset(repository: Repository, key: str) -> list[str]:
    value = _get(repository, key)
    if not value:
        return []
    git(repository, 'config', '--local', '--unset-all', key)
    return [f'unset {key}, which was {value}']
