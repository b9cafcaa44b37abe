"""The matrix that the plan job of a workflow outputs."""
import json
from collections.abc import Sequence

from autodevelop.ci.github import MOST_JOBS
from autodevelop.ci.jobs import Seconds, make_jobs, measured_cells
from autodevelop.ci.template import encode
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings

HELP = 'print the matrix for $GITHUB_OUTPUT'
RUNNERS = {'linux': 'ubuntu-latest', 'macos': 'macos-latest',
           'windows': 'windows-latest'}


def plan(cells: Sequence[Cell], settings: Settings,
         durations: Seconds) -> str:
    """Render the line that the plan job appends to ``$GITHUB_OUTPUT``.

    ``matrix`` holds a row for each job: its name, slug, platform and
    runner, whether it may fail, and its cells as autodevelop run reads them.
    """
    jobs = make_jobs(measured_cells(cells, settings), MOST_JOBS, durations)
    if not jobs:
        raise AutodevelopError(
            'the stage ci has no cells, and GitHub Actions rejects an empty '
            'matrix', 'tag sessions with ci in the noxfile')
    rows = [{'name': job.name, 'slug': job.slug, 'platform': job.platform,
             'runner': job.runner or RUNNERS[job.platform],
             'may_fail': job.may_fail, 'cells': encode(job.sessions)}
            for job in jobs]
    return f'matrix={json.dumps({"include": rows}, separators=(",", ":"))}\n'
