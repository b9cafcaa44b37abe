"""Install and uninstall the hooks of a bare repository on a server."""
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks import local_config
from autodevelop.git_hooks.hooks_path import PATH, effective_hooks_path
from autodevelop.git_hooks.origin import KEYS, remembered
from autodevelop.git_hooks.script import is_ours, script, write_scripts
from autodevelop.system.git import Repository

HERE = 'hooks'
"""Where git looks for hooks by default. Once that is set in the repository,
no core.hooksPath for all repositories turns off what deploys: a push would
succeed, and nothing go live. In a bare repository hooks run in its folder,
and relative paths start there: https://git-scm.com/docs/githooks
"""

NAMES = ('pre-receive', 'reference-transaction', 'post-receive')


def install(repository: Repository) -> list[str]:
    """Write the scripts to the repository; return lines on what was done."""
    _, value = effective_hooks_path(repository)
    if value not in ('', HERE):
        raise AutodevelopError(
            f'{PATH} is {value}, so that git does not look in hooks/',
            f'run: git config {PATH} {HERE}')
    lines = write_scripts(repository.git_dir / HERE,
                          {name: script(name) for name in NAMES}, HERE)
    local_config.put(repository, PATH, HERE)
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
    keys = [PATH] if local_config.get(repository, PATH) == HERE else []
    for key in (*keys, *KEYS):
        local_config.unset(repository, key)
    return [f'removed hooks/{name}' for name in ours] or [
        'no script of autodevelop in hooks/']
