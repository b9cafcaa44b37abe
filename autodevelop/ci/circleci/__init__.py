"""CircleCI: a static list of jobs, which pass their results to the last."""
from collections.abc import Sequence

from autodevelop.ci.jobs import make_jobs, measured_cells
from autodevelop.ci.template import render as render_template
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings

TITLE = 'CircleCI'
PATH = '.circleci/config.yml'
PLATFORMS: tuple[str, ...] = ('linux', 'macos', 'windows')
MOST_JOBS = 128
"""CircleCI's limit for the jobs of a matrix."""


def render(cells: Sequence[Cell], settings: Settings, present: str,
           folder: str = '') -> str:
    """Render a job for each cell, and a last one for the coverage."""
    before = measured_cells(cells, settings)
    return render_template(__name__, 'config.yml.jinja', settings, cells,
                           make_jobs(before, MOST_JOBS))
