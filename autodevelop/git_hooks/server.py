"""Install and uninstall the hooks of a bare repository on a server."""
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks import local_config
from autodevelop.git_hooks.hooks_path import PATH, effective_hooks_path
from autodevelop.git_hooks.origin import KEYS, remembered
from autodevelop.git_hooks.script import is_ours, script, write_scripts
from autodevelop.system.git import Repository

NAMES = ('pre-receive', 'reference-transaction', 'post-receive')


def install(repository: Repository) -> list[str]:
    """Write the scripts to the repository; return lines on what was done."""
    _, value = effective_hooks_path(repository)
    if value not in ('', 'hooks'):
        raise AutodevelopError(
            f'{PATH} is {value}, so that git does not look in hooks/',
            f'run: git config {PATH} hooks')
    lines = write_scripts(repository.git_dir / 'hooks',
                          {name: script(name) for name in NAMES}, 'hooks')
    for key, found in remembered(repository.git_dir).items():
        local_config.put(repository, key, found)
    return [*lines, f'git runs {", ".join(NAMES)} at each push; next: '
            'git config autodevelop.to DIR']


def uninstall(repository: Repository) -> list[str]:
    """Remove the scripts that install wrote; return lines on what was done."""
    paths = {name: repository.git_dir / 'hooks' / name for name in NAMES}
    ours = [name for name, path in paths.items() if is_ours(path)]
    for name in ours:
        paths[name].unlink()
    for key in KEYS:
        local_config.unset(repository, key)
    return [f'removed hooks/{name}' for name in ours] or [
        'no script of autodevelop in hooks/']
