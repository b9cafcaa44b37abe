"""What the commands do: read the project, and print or write.

Git waits for some of them: each imports what it needs, when it is called.
"""
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autodevelop.errors import AutodevelopError

if TYPE_CHECKING:
    from autodevelop.git import Repository
    from autodevelop.plan import Cell
    from autodevelop.settings import Settings


def plan(as_json: bool, provider: str | None) -> int:
    """Print the plan of the project in the current folder.

    provider: one that plans its jobs when they run; for it.
    """
    from autodevelop.report import (
        RESULTS, plan_json, plan_table, read_durations,
    )
    settings, cells = _read_project()
    if provider:
        from autodevelop.ci import dynamic
        from autodevelop.plan import of_stage
        sys.stdout.write(dynamic(provider).plan(
            of_stage(cells, 'ci'), settings, read_durations(Path(RESULTS))))
        return 0
    show = plan_json if as_json else plan_table
    sys.stdout.write(show(cells, _elsewhere(cells, settings)))
    return 0


def ci(check: bool, providers: Sequence[str]) -> int:
    """Write the CI files that differ from the plan, or print how they do."""
    from autodevelop.ci import render_all
    from autodevelop.ci._files import difference, replace
    settings, cells = _read_project()
    texts = render_all(Path(), cells, settings, providers)
    changed = {path: (now, text) for path, (now, text) in texts.items()
               if now != text}
    for path, (now, text) in changed.items():
        if check:
            sys.stdout.writelines(difference(path.as_posix(), now, text))
        else:
            replace(path, text)
            print(f'wrote {path.as_posix()}', file=sys.stderr)
    if changed and check:
        names = ', '.join(path.as_posix() for path in changed)
        command = ' '.join(['autodevelop ci', *providers])
        raise AutodevelopError(f'the noxfile wants another text of {names}',
                               f'run: {command}', status=1)
    return 0


def run(names: Sequence[str], download: str, key: bool) -> int:
    """Run cells in the work tree; 1 when one failed.

    key: rather print what the pass of these cells is remembered by.
    """
    from autodevelop import run as job
    settings, cells = _read_project()
    chosen = job.chosen_cells(cells, names, _elsewhere(cells, settings))
    if key:
        from autodevelop.git import find_repository, resolve
        from autodevelop.interpreters import read_listing, start_listing
        tree, = resolve(find_repository(), 'HEAD^{tree}')
        found = read_listing(start_listing())
        locked = bool(settings.requirements)
        print(f'key={job.job_key(str(tree), chosen, found, locked)}')
        return 0
    from autodevelop.process import interrupt_on_signals
    from autodevelop.report import reproduction, result_table
    interrupt_on_signals()
    rows = job.run_cells(chosen, download)
    sys.stdout.write(result_table(rows))
    failed = [cell for cell, row in zip(chosen, rows)
              if row.outcome == 'failed']
    sys.stdout.writelines(f'{reproduction(cell)}\n' for cell in failed)
    return int(bool(failed))


def coverage(arguments: Sequence[str]) -> int:
    """Combine what the cells of tests measured; 1 when it is not enough."""
    from autodevelop.combine import combine
    from autodevelop.process import interrupt_on_signals
    interrupt_on_signals()
    settings, cells = _read_project()
    return combine(cells, settings, arguments)


def report(results: Path, as_markdown: bool, base: str) -> int:
    """Print the table of a run of nox, or of the results of many machines.

    1 when something failed; but a page of markdown is always written.
    """
    from autodevelop.report import (
        gathered_rows, read_results, result_rows, result_table,
    )
    ran = None if results.is_dir() else read_results(results)
    settings, cells = _read_project()
    if ran is None:
        rows = gathered_rows(results, cells)
    else:
        rows = result_rows(ran, cells, _elsewhere(cells, settings))
    if as_markdown:
        from autodevelop.markdown import markdown
        sys.stdout.write(markdown(results, rows, cells, settings, base))
        return 0
    sys.stdout.write(result_table(rows))
    return int(any(row.outcome == 'failed' for row in rows))


def check(revision: str | None, stage: str, fresh: bool, jobs: str,
          posargs: tuple[str, ...]) -> int:
    """Check a commit, or what is staged; 1 when something failed."""
    import tempfile

    from autodevelop.check import verify
    from autodevelop.check import check as run
    from autodevelop.git import find_repository, resolve
    from autodevelop.mend import Staged
    from autodevelop.process import interrupt_on_signals
    from autodevelop.report import result_table
    from autodevelop.sessions import Request
    from autodevelop.settings import skipped_by_name
    interrupt_on_signals()
    repository = find_repository()
    head, tree = resolve(repository, f'{revision or "HEAD"}^{{commit}}',
                         f'{revision or "HEAD"}^{{tree}}')
    if revision is None:
        with tempfile.TemporaryDirectory() as scratch:
            tree = Staged(repository, Path(scratch)).tree
    if not tree:
        raise AutodevelopError(f'there is no commit {revision!r} here',
                               'name one that git log shows')
    verdict = run(Request(repository, stage, tree, head, (posargs,), fresh,
                          jobs, skipped_by_name()))
    sys.stdout.write(result_table(verdict.rows))
    verify(verdict, tree, revision or 'what is staged')
    return 0


TOLD_BY_INPUT = ('pre-push', 'post-rewrite', 'reference-transaction')
"""The hooks of a work tree that git tells something on standard input."""


def hook(name: str, arguments: Sequence[str]) -> int:
    """Do what a hook of git asks; 1 refuses what git is about to do."""
    from autodevelop.git import find_repository
    from autodevelop.process import interrupt_on_signals
    interrupt_on_signals()
    repository = find_repository()
    given = sys.stdin.buffer.read() if name in TOLD_BY_INPUT else b''
    if status := _run_kept_hook(repository, name, arguments, given):
        return status
    if name == 'pre-commit':
        from autodevelop.hooks import pre_commit
        pre_commit(repository)
    elif name == 'commit-msg':
        from autodevelop.commit_message import check_message
        from autodevelop.settings import read_settings
        root = repository.work_tree or repository.git_dir
        check_message(Path(arguments[0]), repository,
                      read_settings(root).issue)
    elif name == 'pre-push':
        from autodevelop.hooks import pre_push
        pre_push(repository, arguments[0], os.fsdecode(given).split('\n'))
    return 0


def hooks(action: str, replace: bool, keep: bool) -> int:
    """Install, uninstall or show git's hooks."""
    from autodevelop import installation
    from autodevelop.git import find_repository
    repository = find_repository()
    if action == 'install':
        lines = installation.install(repository, replace, keep)
    elif action == 'uninstall':
        lines = installation.uninstall(repository)
    else:
        lines = installation.status(repository)
    sys.stdout.writelines(f'{line}\n' for line in lines)
    return 0


def _run_kept_hook(repository: 'Repository', name: str,
                   arguments: Sequence[str], given: bytes) -> int:
    """Run the hook that was there before, if one is kept; its status."""
    from autodevelop.installation import kept_hook
    from autodevelop.process import attend
    kept = kept_hook(repository, name)
    if not kept:
        return 0
    # It is git's own kind of program: it may need git's variables.
    # Windows starts no scripts; git's own sh is on its PATH there.
    shell = ['sh'] * (sys.platform == 'win32')
    return attend([*shell, str(kept), *arguments], {}, Path(), given=given)


def _read_project() -> 'tuple[Settings, list[Cell]]':
    from autodevelop.plan import read_plan
    from autodevelop.settings import read_settings
    settings = read_settings(Path())
    return settings, read_plan(Path(), settings)


def _elsewhere(cells: 'Sequence[Cell]',
               settings: 'Settings') -> dict[str, list[str]]:
    from autodevelop.ci import provider, runs_on
    providers = [provider(name) for name in settings.ci]
    return {cell.session: runs_on(cell, providers) for cell in cells}
