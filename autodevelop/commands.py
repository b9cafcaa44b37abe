"""What the commands do: read the project, and print or write.

People wait for them: each imports what it needs, when it is called.
"""
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autodevelop.errors import AutodevelopError

if TYPE_CHECKING:
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
    from autodevelop.process import interrupt_on_signals
    from autodevelop.report import reproduction, result_table
    names = names or job.names_of_job()
    if key:
        print(f'key={_key(names)}')
        return 0
    settings, cells = _read_project()
    chosen = job.chosen_cells(cells, names, _elsewhere(cells, settings))
    interrupt_on_signals()
    rows = job.run_cells(chosen, download)
    job.tell_github(rows)
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


def report(results: Sequence[Path], as_markdown: bool, base: str) -> int:
    """Print the table of runs of nox, or of the results of many machines.

    1 when something failed or nothing ran; but a page of markdown is always
    written.
    """
    from autodevelop.report import (
        gathered_rows, read_results, result_rows, result_table,
    )
    first, *others = results
    is_folder = first.is_dir() and not others
    if as_markdown and not is_folder:
        raise AutodevelopError(
            f'{first} is no folder of results, which --markdown is made of',
            'name the folder: autodevelop report --markdown results')
    ran = [] if is_folder else [
        result for path in results for result in read_results(path)]
    settings, cells = _read_project()
    if is_folder:
        rows = gathered_rows(first, cells)
    else:
        rows = result_rows(ran, cells, _elsewhere(cells, settings))
    if as_markdown:
        from autodevelop.markdown import markdown
        sys.stdout.write(markdown(first, rows, cells, settings, base))
        return 0
    sys.stdout.write(result_table(rows))
    # What nobody ran has not passed.
    passed = any(row.outcome == 'passed' for row in rows)
    return int(not passed or any(row.outcome == 'failed' for row in rows))


def health(url: str, release: str | None, timeout: float) -> int:
    """Say in a line how a service is; 1 when it is not well."""
    from autodevelop.health import wait_until_healthy
    answer = wait_until_healthy(url, release, timeout)
    named = f' release {answer.release}' * bool(answer.release)
    print(f'{url}: {answer.problem or "ok"}{named}')
    return int(bool(answer.problem))


def _key(names: Sequence[str]) -> str:
    from autodevelop.git import find_repository, resolve
    from autodevelop.interpreters import read_listing, start_listing
    from autodevelop.run import job_key
    from autodevelop.settings import read_settings
    tree, = resolve(find_repository(), 'HEAD^{tree}')
    if not tree:
        raise AutodevelopError('there is no commit whose tree could be named',
                               'commit first')
    return job_key(tree, names, read_listing(start_listing()),
                   locked=bool(read_settings(Path()).requirements))


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
