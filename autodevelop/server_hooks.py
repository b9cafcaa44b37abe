"""Have git run the hooks of a bare repository at each push, and undo that."""
from autodevelop.errors import AutodevelopError
from autodevelop.git import Repository
from autodevelop.installation import PATH, SCRIPT, effective, write_script

NAMES = ('pre-receive', 'post-receive')


def install(repository: Repository) -> list[str]:
    """Write the scripts into the repository's own folder; what was done.

    A script that is there stays. Raises AutodevelopError where git looks for
    hooks elsewhere.
    """
    _, value = effective(repository)
    if value not in ('', 'hooks'):
        raise AutodevelopError(
            f'{PATH} is {value}, where pushes find no hooks of this one',
            f'have it be its own: git config {PATH} hooks; then again')
    lines = [write_script(repository.git_dir, name) for name in NAMES]
    return [*lines, f'git runs {", ".join(NAMES)} at each push; next: '
            'git config autodevelop.to DIR']


def uninstall(repository: Repository) -> list[str]:
    """Remove the scripts that install wrote; what was done."""
    paths = {name: repository.git_dir / 'hooks' / name for name in NAMES}
    ours = [name for name, path in paths.items() if path.is_file()
            and path.read_bytes() == SCRIPT.format(name=name).encode()]
    for name in ours:
        paths[name].unlink()
    return [f'removed hooks/{name}' for name in ours] or [
        'there is no script of autodevelop in hooks/']
