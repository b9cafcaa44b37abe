"""Have git run the hooks of the project, and undo that."""
import os
import re
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.git import Repository, ask, git, try_git

NAMES = ('pre-commit', 'commit-msg', 'pre-push')

SCRIPT = """\
#!/bin/sh
# Have autodevelop do what {name} asks: that of .venv, else that on PATH.
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
"""Hooks that git runs in the git directory: 'hooks' is their old folder."""

HOOK = re.compile('[a-z][a-z0-9-]+')


def install(repository: Repository, replace: bool, keep: bool) -> list[str]:
    """Have git run the scripts in hooks/ of a work tree; what was done.

    replace: displace hooks that are there; keep: have them run first.

    Raises AutodevelopError when there are other hooks and neither is asked
    for.
    """
    tree = repository.work_tree
    assert tree
    scope, value = effective(repository)
    old = _old_folder(repository, tree, value)
    if scope == 'worktree' and value != 'hooks':
        raise AutodevelopError(
            f'{PATH} is {value} for this work tree alone',
            f'run: git config --worktree --unset {PATH}')
    if old and not (replace or keep or value == 'hooks'):
        raise AutodevelopError(
            f'there are other hooks in {old}: {_listed(old)}',
            'autodevelop hooks install --keep runs them first; or --replace')
    lines = [write_script(tree, name) for name in NAMES]
    if keep and old:
        lines += _keep(repository, tree, old)
    elif replace:
        lines += _forget(repository, KEPT)
    if scope == 'local' and value != 'hooks':
        _set(repository, REPLACED, value)
        lines.append(f'{PATH} was {value}; uninstall puts that back')
    _set(repository, PATH, 'hooks')
    return [*lines, f'{PATH} is hooks: git runs {", ".join(NAMES)} there']


def uninstall(repository: Repository) -> list[str]:
    """Undo what install configured; return what was done, as lines."""
    value, old = _get(repository, PATH), _get(repository, REPLACED)
    if value != 'hooks':
        lines = [f'{PATH} is not hooks here, and stays as it is']
    elif old:
        _set(repository, PATH, old)
        lines = [f'{PATH} is {old} again']
    else:
        lines = _forget(repository, PATH)
    lines += [*_forget(repository, KEPT), *_forget(repository, REPLACED)]
    return [*lines, 'the scripts in hooks/ stay: they are files of the '
            'project']


def status(repository: Repository) -> list[str]:
    """What git runs, as configured where, by which autodevelop: as lines."""
    scope, value = effective(repository)
    root = repository.work_tree or repository.git_dir
    own = repository.common / 'hooks'
    folder = _folder(repository, root) if value else own
    lines = [f'{PATH}: {value} ({scope})' if value else f'{PATH}: not set',
             f'active: {_listed(folder)}']
    if kept := _get(repository, KEPT):
        lines.append(f'kept: {kept}, to run first: {_listed(Path(kept))}')
    if old := _get(repository, REPLACED):
        lines.append(f'replaced: {PATH} was {old}')
    if repository.work_tree:
        lines += [f'hooks/{name}: {_state(root / "hooks" / name)}'
                  for name in NAMES]
        lines.append(f'autodevelop: {_found(repository, root)}')
    return lines


def kept_hook(repository: Repository, name: str) -> Path | None:
    """The hook of this name that was there before, to be run first.

    The usual answer, None, takes no git process. A hook that itself has
    autodevelop do this would never end.
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
    """Where other hooks are than those in hooks/; None for nowhere."""
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
    lines = [
        f'{write_script(tree, name)}, to run the kept one' for name in names]
    _set(repository, KEPT, old.as_posix())
    return [*lines, f'the hooks in {old} are kept, and run first']


def write_script(tree: Path, name: str) -> str:
    """Write the script of a hook, unless a file of that name is there."""
    import tempfile  # Not on the way of every hook.
    path, content = tree / 'hooks' / name, SCRIPT.format(name=name).encode()
    if os.path.lexists(path):
        same = path.is_file() and path.read_bytes() == content
        return f'hooks/{name} is there' + ('' if same else (
            ', is not what install writes, and stays as it is'))
    try:
        path.parent.mkdir(exist_ok=True)
        handle, new = tempfile.mkstemp(dir=path.parent, prefix=f'.{name}-')
        with open(handle, 'wb') as file:
            file.write(content)
        os.chmod(new, 0o755)
        os.replace(new, path)
    except OSError as error:
        raise AutodevelopError(
            f'cannot write hooks/{name}: {error.strerror}',
            'make room for it, or let it be written') from error
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
        'not executable; git does not run it')


def _found(repository: Repository, root: Path) -> str:
    """Which autodevelop the scripts run."""
    import shutil
    at = root if os.path.lexists(root / '.venv') else repository.common.parent
    for name in ('bin/autodevelop', 'Scripts/autodevelop.exe'):
        if os.access(at / '.venv' / name, os.X_OK):
            return (at / '.venv' / name).as_posix()
    return shutil.which('autodevelop') or 'neither in .venv nor on PATH'


def effective(repository: Repository) -> tuple[str, str]:
    """The scope and value of core.hooksPath; empty when it is not set."""
    done = try_git(repository, 'config', '--show-scope', '--get', PATH)
    scope, _, value = os.fsdecode(done.output).rstrip('\n').partition('\t')
    return scope, value


def _folder(repository: Repository, root: Path) -> Path:
    return root / ask(repository, 'config', '--type=path', '--get', PATH)


def _get(repository: Repository, key: str) -> str:
    done = try_git(repository, 'config', '--local', '--get', key)
    return os.fsdecode(done.output).rstrip('\n')


def _set(repository: Repository, key: str, value: str) -> None:
    git(repository, 'config', '--local', '--replace-all', key, value)


def _forget(repository: Repository, key: str) -> list[str]:
    value = _get(repository, key)
    if not value:
        return []
    git(repository, 'config', '--local', '--unset-all', key)
    return [f'{key} is unset; it was {value}']
