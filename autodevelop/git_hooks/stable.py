"""Run the stage pre-commit until its sessions change nothing of the commit.

The tree that is committed is the one on which the last run started. Changes of
other files, as by a session that formats every file, are dropped between two
runs, and never get into the commit. Only a session that fails after changing
nothing but those gets to see its changes.
"""
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from autodevelop.checks.check import check_in
from autodevelop.checks.room import Room, check_out
from autodevelop.checks.sessions import Request
from autodevelop.checks.verdict import STAGED, Verdict, print_verdict, verify
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks.changes import REGULAR, Change, changes
from autodevelop.git_hooks.staged import Staged
from autodevelop.matrix.projects import folders_of

MAX_RUNS = 5
"""How often the sessions may run before they must change nothing. A fixer that
exits with 1 ends its session; what follows there runs in the next run."""


class Stable(NamedTuple):
    """How the last run ended, and what the sessions made of the files.

    tree: what is staged, with the fixes.
    fixes: of the files that the commit changes.
    left_out: the other files that a session changed.
    """

    verdict: Verdict
    tree: str
    fixes: list[Change]
    left_out: list[str]


def run_projects(room: Room, requests: Sequence[Request], staged: Staged,
                 paths: Collection[str]) -> dict[str, Stable]:
    """Run the stage of each project, and again where another fixed its files.

    paths: the files that the commit changes.

    Returns how each ended, the last one last: its tree has all fixes. Raises
    AutodevelopError, with status 1, when one fails or they never end.
    """
    ended: dict[str, Stable] = {}
    tree, left = staged.tree, [*requests]
    for turn in range(MAX_RUNS * len(requests)):
        request = left.pop(0)
        if turn:  # Drop what another project left.
            check_out(room, tree, request.head)
        stable = run_until_stable(room, request._replace(tree=tree), staged,
                                  paths)
        if (verdict := stable.verdict).failed:
            verify(verdict, request._replace(tree=verdict.tree), STAGED)
        if stable.tree != tree:
            fixed = folders_of(each.path for each in changes(
                staged.repository, tree, stable.tree))
            left += [each for each in requests if each.project in fixed
                     and each not in (request, *left)]
            tree = stable.tree
        ended.pop(request.project, None)
        ended[request.project] = stable
        if not left:
            return ended
    raise _never_stable()


def run_until_stable(room: Room, request: Request, staged: Staged,
                     paths: Collection[str]) -> Stable:
    """Run the stage on what is staged, and on what its sessions make of it.

    A session that fails and changes files may have fixed them: it runs again.

    paths: the files that the commit changes.

    Returns how the last run ended, which may have failed. Raises
    AutodevelopError, with status 1, when the sessions do not come to an end.
    """
    tree = request.tree
    for left in reversed(range(MAX_RUNS)):
        verdict = check_in(room, request)
        if verdict.failed and (verdict.tree == request.tree or not left):
            print_verdict(room, verdict, request)
            return Stable(verdict, tree, [], [])
        made, _ = _split(staged, request.tree, verdict.tree, paths)
        fixes, left_out = _split(staged, staged.tree, verdict.tree, paths)
        _refuse_other_changes(fixes)
        if not made and not verdict.failed:
            print_verdict(room, verdict, request)
            return Stable(verdict, tree, fixes,
                          [each.path for each in left_out])
        request = request._replace(tree=verdict.tree)
        if made:
            tree = verdict.tree
        if made and left_out:
            tree = staged.tree_with(fixes)
            check_out(room, tree, request.head)
            request = request._replace(tree=tree)
    raise _never_stable()


def _never_stable() -> AutodevelopError:
    return AutodevelopError(
        f'the sessions still change files after {MAX_RUNS} runs',
        'find the two that undo each other; nothing was committed', status=1)


def _split(staged: Staged, old: str, new: str, paths: Collection[str],
           ) -> tuple[list[Change], list[Change]]:
    """What changed between two trees: of these paths, and of others."""
    found = [] if old == new else list(changes(staged.repository, old, new))
    return ([each for each in found if each.path in paths],
            [each for each in found if each.path not in paths])


def _refuse_other_changes(fixes: Iterable[Change]) -> None:
    for fix in fixes:
        if fix.mode not in REGULAR or fix.old_mode not in REGULAR:
            raise AutodevelopError(
                f'a session deleted {ascii(fix.path)} or replaced it with '
                'something that is not a regular file',
                'stage that yourself, or fix the session', status=1)
