"""The pre-push hook: check what the remote does not have yet."""
import os
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from autodevelop.checks.check import check
from autodevelop.checks.sessions import Request
from autodevelop.checks.verdict import Verdict, named, print_summary, verify
from autodevelop.git_hooks.new_commits import new_commits
from autodevelop.matrix.plan import skipped_names
from autodevelop.matrix.projects import (
    all_projects, chosen, filter_importing_nox, names_of, noxfile_of,
    repository_settings,
)
from autodevelop.results.tables import result_table
from autodevelop.system.git import Repository, resolve
from autodevelop.system.output import say

JOBS = str(1 + (os.cpu_count() or 1))
"""Sessions that run side by side: one more than cores, since tests also wait.
A tenth of the time of a push of this repository, on two cores."""


class Pushed(NamedTuple):
    """A commit to check; ``name`` is what messages call it.

    projects: those that have a noxfile, and files that the push changes.
    """

    name: str
    commit: str
    tree: str
    projects: list[str]


class _New(NamedTuple):
    """The ref of a commit, and the folders of the files that it changes."""

    ref: str
    folders: set[str] | None


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
        if each.projects:
            _check(repository, each, several=len(found) > 1)
        else:
            say(f'{each.name}: nothing was checked: '
                + _why_unchecked(repository, each.tree))
    return len(found)


def _check(repository: Repository, pushed: Pushed, several: bool) -> None:
    """Check each project, and then refuse the push if one of them failed."""
    whole = Request(repository, 'pre-push', pushed.tree, pushed.commit,
                    jobs=JOBS, skip=skipped_names())
    done = []
    for project in pushed.projects:
        request = whole._replace(project=project)
        done.append((check(request), request))
        _report(done[-1][0], named(project, pushed.name),
                several or pushed.projects != [''])
    for verdict, _ in [each for each in done if each[0].failed][1:]:
        print_summary(verdict)  # The error is of the first.
    for verdict, request in done:
        verify(verdict, request, pushed.name)


def _why_unchecked(repository: Repository, tree: str) -> str:
    projects = all_projects(repository, tree)
    return (f'the push changes nothing in {names_of(projects)}' if projects
            else 'it has no noxfile.py')


def _find(repository: Repository, remote: str,
          pushed: Sequence[Sequence[str]]) -> list[Pushed]:
    """The commits to check; of several with the same tree the first."""
    settings = repository_settings(repository)
    refs: dict[str, str] = {}
    for _, oid, ref, _ in pushed:
        if oid.strip('0'):
            refs.setdefault(f'{oid}^{{commit}}', ref)
    known = [oid for _, _, _, oid in pushed if oid.strip('0')]
    found = resolve(repository, *refs, *known)
    known = [oid for oid in found[len(refs):] if oid]
    commits: dict[str, _New] = {}
    for tip, ref in zip(found, refs.values()):
        if tip:  # A tag may be one of a tree or of a file.
            new = new_commits(repository, tip, known, [f'--remotes={remote}'],
                              settings.commits == 'each')
            for commit, folders in new.items():
                commits.setdefault(commit, _New(ref, folders))
    return [each._replace(projects=chosen(settings, each.projects))
            for each in _with_trees(repository, commits)]


def _with_trees(repository: Repository,
                commits: Mapping[str, _New]) -> list[Pushed]:
    """Look up the trees of these commits, and their projects.

    The refs are in the names where there are several.
    """
    asked = [(commit, path) for commit, new in commits.items()
             for path in ('', *(f':{noxfile_of(each)}'
                                for each in sorted(new.folders or ())))]
    found = dict(zip(asked, resolve(repository, *(
        f'{commit}^{{tree}}{path}' for commit, path in asked))))
    several = len({new.ref for new in commits.values()}) > 1
    by_tree: dict[str, Pushed] = {}
    for commit, (ref, folders) in commits.items():
        # Where the tree is missing, git will say so.
        tree = found[commit, ''] or commit
        projects = all_projects(repository, tree) if folders is None else (
            filter_importing_nox(repository, tree, [
                each for each in folders
                if found[commit, f':{noxfile_of(each)}']]))
        name = f'commit {commit[:12]}' + (f' of {_short(ref)}'
                                          if several else '')
        same = by_tree.setdefault(tree, Pushed(name, commit, tree, []))
        by_tree[tree] = same._replace(
            projects=sorted({*projects, *same.projects}))
    return [*by_tree.values()]


def _short(ref: str) -> str:
    return ref.removeprefix('refs/heads/').removeprefix('refs/')


def _report(verdict: Verdict, what: str, several: bool) -> None:
    """Say how it ended; print each cell if none failed.

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
        sys.stderr.write(result_table(verdict.rows, sys.stderr))
