"""The pre-push hook: check what the remote does not have yet."""
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from autodevelop.checks.check import check
from autodevelop.checks.sessions import Request
from autodevelop.checks.verdict import Verdict, verify
from autodevelop.matrix.plan import skipped_names
from autodevelop.matrix.settings import read_settings
from autodevelop.results.tables import result_table
from autodevelop.system.git import Repository, git_unchecked, resolve
from autodevelop.system.output import say


class Pushed(NamedTuple):
    """A commit to check; ``name`` is what messages call it.

    noxfile: its object id, or None.
    """

    name: str
    commit: str
    tree: str
    noxfile: str | None


def pre_push(repository: Repository, remote: str, lines: Sequence[str]) -> int:
    """Check what the remote does not have; return how many commits.

    It is the tip of each ref, or with the setting commits = "each" each
    commit, the oldest first.

    lines: git's own, ``local-ref local-oid remote-ref remote-oid``.

    Raises AutodevelopError, with status 1, to refuse the push.
    """
    # The local ref may be an expression with spaces, as in :/message.
    pushed = [line.rsplit(' ', 3) for line in lines if line.strip()]
    found = _find(repository, remote, pushed)
    for each in found:
        if not each.noxfile:
            say(f'{each.name}: nothing was checked: it has no noxfile.py')
            continue
        request = Request(repository, 'pre-push', each.tree, each.commit,
                          jobs='auto', skip=skipped_names())
        verdict = check(request)
        _report(verdict, each.name, several=len(found) > 1)
        verify(verdict, request, each.name)
    return len(found)


def _find(repository: Repository, remote: str,
          pushed: Sequence[Sequence[str]]) -> list[Pushed]:
    """The commits to check; of several with the same tree the first."""
    settings = read_settings(repository.work_tree or repository.git_dir)
    refs: dict[str, str] = {}
    for _, oid, ref, _ in pushed:
        if oid.strip('0'):
            refs.setdefault(f'{oid}^{{commit}}', ref)
    known = [oid for _, _, _, oid in pushed if oid.strip('0')]
    found = resolve(repository, *refs, *known)
    known = [oid for oid in found[len(refs):] if oid]
    commits: dict[str, str] = {}
    for tip, ref in zip(found, refs.values()):
        if tip:  # A tag may be one of a tree or of a file.
            for commit in _new(repository, tip, remote, known,
                               settings.commits == 'each'):
                commits.setdefault(commit, ref)
    return _with_trees(repository, commits)


def _new(repository: Repository, tip: str, remote: str, known: Sequence[str],
         each: bool) -> list[str]:
    """The commits to check of those that the remote lacks, oldest first."""
    limit = ['--reverse', '--topo-order'] if each else ['--max-count=1']
    done = git_unchecked(repository, 'rev-list', *limit, tip, '--not',
                         f'--remotes={remote}', *known)
    if done.status:  # It cannot look through the history.
        return [tip]
    return done.output.decode().split()


def _with_trees(repository: Repository,
                commits: Mapping[str, str]) -> list[Pushed]:
    """Look up the trees of these commits, whose refs are given.

    The refs are in the names where there are several.
    """
    found = iter(resolve(repository, *(
        f'{commit}^{{{what}' for commit in commits
        for what in ('tree}', 'tree}:noxfile.py'))))
    several = len({*commits.values()}) > 1
    by_tree: dict[str, Pushed] = {}
    for (commit, ref), tree, noxfile in zip(commits.items(), found, found):
        name = f'commit {commit[:12]}' + (f' of {_short(ref)}'
                                          if several else '')
        # Where the tree is missing, git will say so.
        tree = tree or commit
        by_tree.setdefault(tree, Pushed(name, commit, tree, noxfile))
    return [*by_tree.values()]


def _short(ref: str) -> str:
    return ref.removeprefix('refs/heads/').removeprefix('refs/')


def _report(verdict: Verdict, what: str, several: bool) -> None:
    """Say what came of it; print how each cell ended if all are fine.

    several: whether to say of what, too.
    """
    if verdict.unchecked:
        say(f'{what}: nothing was checked: {verdict.unchecked}')
    elif all(row.outcome in ('already passed', 'not here')
             for row in verdict.rows):
        say(f'{what} already passed')
    elif not verdict.failed:
        if several:
            say(f'{what}:')
        sys.stderr.write(result_table(verdict.rows))
