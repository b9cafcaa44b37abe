"""The pre-push hook: check what the remote does not have yet."""
import sys
from collections.abc import Sequence

from autodevelop.checks.check import Verdict, check, verify
from autodevelop.checks.sessions import Request
from autodevelop.matrix.plan import skipped_names
from autodevelop.results.tables import result_table
from autodevelop.system.git import Repository, git_unchecked, resolve
from autodevelop.system.output import say


def pre_push(repository: Repository, remote: str, lines: Sequence[str]) -> int:
    """Check each commit that the remote does not have; return how many.

    lines: git's own, ``local-ref local-oid remote-ref remote-oid``.

    Raises AutodevelopError, with status 1, to refuse the push.
    """
    # The local ref may be an expression with spaces, as in :/message.
    pushed = [line.rsplit(' ', 3) for line in lines if line.strip()]
    wanted = [f'{oid}^{{{what}' for _, oid, _, _ in pushed if oid.strip('0')
              for what in ('commit}', 'tree}', 'tree}:noxfile.py')]
    found = resolve(repository, *wanted)
    tips = dict.fromkeys(zip(found[::3], found[1::3], found[2::3]))
    known = [oid for _, _, _, oid in pushed if oid.strip('0')]
    known = [oid for oid in resolve(repository, *known) if oid]
    trees = {tree: (commit, noxfile) for commit, tree, noxfile in tips
             if commit and tree and _is_new(repository, commit, remote, known)}
    for tree, (commit, noxfile) in trees.items():
        if not noxfile:
            say(f'commit {commit[:12]}: nothing was checked: it has no '
                'noxfile.py')
            continue
        request = Request(repository, 'pre-push', tree, commit,
                          jobs='auto', skip=skipped_names())
        verdict = check(request)
        what = f'commit {commit[:12]}'
        _report(verdict, what)
        verify(verdict, request, what)
    return len(trees)


def _is_new(repository: Repository, commit: str, remote: str,
            known: Sequence[str]) -> bool:
    done = git_unchecked(repository, 'rev-list', '--max-count=1', commit,
                         '--not', f'--remotes={remote}', *known)
    return bool(done.output) or done.status != 0


def _report(verdict: Verdict, what: str) -> None:
    """Say what came of it; print how each cell ended if one of them ran."""
    if verdict.unchecked:
        say(f'{what}: nothing was checked: {verdict.unchecked}')
    elif all(row.outcome in ('already passed', 'not here')
             for row in verdict.rows):
        say(f'{what} already passed')
    else:
        sys.stderr.write(result_table(verdict.rows))
