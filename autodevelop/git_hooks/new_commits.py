"""The commits of a push that the remote lacks, and the folders they change."""
from collections.abc import Iterator, Sequence

from autodevelop.matrix.projects import folders_of
from autodevelop.system.git import Repository, git_unchecked, split_names

MANY = 100
"""How many commits of a ref are searched. Beyond that, checking every project
takes less time than finding those that are affected."""

OPTIONS = ('--diff-merges=separate', '--name-only', '--no-renames', '-z',
           '--ignore-submodules=none', '--format=//%H %P')
"""No path begins with two slashes."""

New = dict[str, set[str] | None]


def new_commits(repository: Repository, tip: str, known: Sequence[str],
                remotes: Sequence[str], each: bool) -> New:
    """The commits to check, oldest first, with the folders that they change.

    known: commits that the remote has.
    remotes: options that name more of them.
    each: whether every new commit is one to check, or the tip alone.

    The folders are None where they are not known: git cannot look through the
    history, or it is long.
    """
    limit = ['--reverse', '--topo-order'] if each else [
        f'--max-count={MANY + 1}']
    done = git_unchecked(
        repository, '-c', 'log.showRoot=true', '-c', 'log.showSignature=false',
        'log', *OPTIONS, *limit, tip, '--not', *remotes, *known, '--')
    if done.status:
        return {tip: None}
    found: New = {**dict(_read(done.output))}
    if each or not found:
        return found
    changed = set[str]().union(*(folders or () for folders in found.values()))
    return {tip: changed if len(found) <= MANY else None}


def _read(output: bytes) -> Iterator[tuple[str, set[str]]]:
    """Read each commit; of a merge, the folders that differ from all parents.
    """
    sides: dict[str, list[set[str]]] = {}
    parents: dict[str, int] = {}
    commit, paths = '', list[str]()
    for each in [*split_names(output), '//']:
        if not each.startswith('//'):
            paths.append(each)
            continue
        if commit:
            # Git puts an empty line before the first.
            paths[:1] = [path.removeprefix('\n') for path in paths[:1]]
            sides.setdefault(commit, []).append(folders_of(paths))
        commit, *others = each[2:].split(' ')
        parents[commit], paths = len([*filter(None, others)]), []
    for commit, folders in sides.items():
        # Git leaves out a parent from which nothing differs.
        whole = len(folders) >= parents[commit]
        found = set.intersection(*folders) if whole else {''}
        # Nor can git be asked for the name of these.
        yield commit, {each for each in found if '\n' not in each}
