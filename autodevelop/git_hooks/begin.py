"""How to begin: hooks without a noxfile would check nothing."""
import os

from autodevelop.matrix.manifest import no_noxfile
from autodevelop.system.git import Repository, git

PATTERNS = ('noxfile.py', ':(glob)**/noxfile.py')


def find_noxfile(repository: Repository) -> list[str]:
    """Say which noxfile is not added yet, if all are not.

    Raises AutodevelopError when there is none.
    """
    def listed(*options: str) -> list[str]:
        output = git(repository, 'ls-files', '-z', *options, '--', *PATTERNS)
        return os.fsdecode(output).split('\0')[:-1]

    if listed('--cached'):
        return []
    if new := listed('--others', '--exclude-standard'):
        return [f'{new[0]} is not added yet, and commits without it are not '
                f'checked; run: git add {new[0]}']
    assert repository.work_tree
    raise no_noxfile(repository.work_tree)
