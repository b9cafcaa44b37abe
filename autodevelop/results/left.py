"""What sessions leave in the project, kept in the folder of their cell.

Coverage data are where people have coverage write them: ``.coverage``,
``.coverage.*``, or a name in results/SLUG.
"""
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from autodevelop.matrix.plan import Cell
from autodevelop.results.outcomes import LEFT, RESULTS
from autodevelop.system.files import write_file

DATA = 'coverage.data'
"""The name of a cell's coverage data."""

RUN = 'run.json'
"""The name of the file that says when and on which tree a cell ran, and the
address of the job."""

Times = Mapping[Path, int]


def results_folder(slug: str) -> Path:
    """The folder of a cell, made where git ignores it."""
    ignore = Path(RESULTS, '.gitignore')
    if not ignore.exists():
        write_file(ignore, b'*\n')
    folder = Path(RESULTS, slug)
    folder.mkdir(exist_ok=True)
    return folder


def data_in_project() -> Times:
    """When each file of coverage data in the project's folder changed."""
    return {path: path.stat().st_mtime_ns for path in Path().glob('.coverage*')
            if path.is_file() and path.name != '.coveragerc'}


def gather(cell: Cell, before: Times, began: float, tree: str) -> None:
    """Copy what a cell left to its folder.

    before: the coverage data that were there.
    began, tree: when it ran, and on what.
    """
    folder = results_folder(cell.slug)
    left = Path(LEFT, cell.slug)
    if left.is_dir():
        shutil.copytree(left, folder, dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns('nox.json', RUN))
    now = data_in_project()
    new = sorted(path for path in now if before.get(path) != now[path])
    for path in new:
        shutil.copy2(path, folder / f'{DATA}{path.name}')
    run = {'began': began, 'tree': tree, 'url': job_url()}
    write_file(folder / RUN, json.dumps(run).encode())


def job_url() -> str:
    """Where the log of this CI job is shown; on GitHub, that of its run."""
    for name in ('CI_JOB_URL', 'CIRCLE_BUILD_URL', 'TRAVIS_JOB_WEB_URL'):
        if url := os.environ.get(name):
            return url
    if 'GITHUB_RUN_ID' in os.environ:
        server, repository, number = (
            os.environ.get(f'GITHUB_{name}', '')
            for name in ('SERVER_URL', 'REPOSITORY', 'RUN_ID'))
        return f'{server}/{repository}/actions/runs/{number}'
    return ''


def coverage_data(cell: Cell, newer: int = 0) -> list[Path]:
    """A cell's files of coverage data that are newer than this time.

    They are those that the session left itself, or those that were gathered.
    """
    for folder in (Path(LEFT, cell.slug), Path(RESULTS, cell.slug)):
        if found := sorted(path for path in folder.glob(f'{DATA}*')
                           if path.stat().st_mtime_ns > newer):
            return found
    return []


def spread_data() -> None:
    """Put the coverage data of all cells where ``coverage combine`` looks.

    A session of the project that combines them runs where no other ran.
    """
    for path in sorted(Path(RESULTS).glob(f'*/{DATA}*')):
        name = f'.coverage.{path.parent.name}{path.name.removeprefix(DATA)}'
        if not Path(name).exists():
            shutil.copyfile(path, name)
