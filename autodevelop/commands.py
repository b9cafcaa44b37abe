"""What the commands do: read the project, and print or write."""
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from autodevelop.ci import provider, render_all, runs_on
from autodevelop.errors import AutodevelopError
from autodevelop.plan import Cell, read_plan
from autodevelop.settings import Settings, read_settings


def plan(as_json: bool, for_github: bool) -> int:
    """Print the plan of the project in the current folder."""
    settings, cells = _read_project()
    if for_github:
        from autodevelop.ci.github import outputs
        sys.stdout.write(outputs(cells, settings))
        return 0
    from autodevelop.report import plan_json, plan_table
    show = plan_json if as_json else plan_table
    sys.stdout.write(show(cells, _elsewhere(cells, settings)))
    return 0


def ci(check: bool, providers: Sequence[str]) -> int:
    """Write the CI files that differ from the plan, or print how they do."""
    settings, cells = _read_project()
    texts = render_all(Path(), cells, settings, providers)
    changed = {path: (now, text) for path, (now, text) in texts.items()
               if now != text}
    if not check:
        for path, (_, text) in changed.items():
            try:
                _replace(path, text)
            except OSError as error:
                raise AutodevelopError(
                    f'cannot write {path.as_posix()}: {error.strerror}',
                    'make room for it, or let it be written; the file that '
                    'stands there is as it was') from error
            print(f'wrote {path.as_posix()}', file=sys.stderr)
        return 0
    for path, (now, text) in changed.items():
        sys.stdout.writelines(_diff(path.as_posix(), now, text))
    if changed:
        names = ', '.join(path.as_posix() for path in changed)
        command = ' '.join(['autodevelop ci', *providers])
        raise AutodevelopError(f'the noxfile wants another text of {names}',
                               f'run: {command}', status=1)
    return 0


def report(results: Path) -> int:
    """Print the table of a run of nox; 1 when something failed."""
    from autodevelop.report import read_results, result_rows, result_table
    ran = read_results(results)
    settings, cells = _read_project()
    rows = result_rows(ran, cells, _elsewhere(cells, settings))
    sys.stdout.write(result_table(rows))
    return int(any(row.outcome == 'failed' for row in rows))


def _read_project() -> tuple[Settings, list[Cell]]:
    settings = read_settings(Path())
    return settings, read_plan(Path(), settings)


def _elsewhere(cells: Sequence[Cell],
               settings: Settings) -> dict[str, list[str]]:
    providers = [provider(name) for name in settings.ci]
    return {cell.session: runs_on(cell, providers) for cell in cells}


def _replace(path: Path, text: str) -> None:
    """Write a file as a whole or not at all, with LF on every platform."""
    import tempfile
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f'{path.name}.')
    try:
        with open(handle, 'w', encoding='utf-8', newline='\n') as file:
            file.write(text)
        # mkstemp's files are for their owner alone.
        os.chmod(name, path.stat().st_mode if path.exists() else 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _diff(name: str, now: str, text: str) -> Iterator[str]:
    import difflib
    return difflib.unified_diff(
        now.splitlines(keepends=True), text.splitlines(keepends=True),
        name, f'{name} (from noxfile.py)')
