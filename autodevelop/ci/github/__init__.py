"""GitHub Actions: one job plans the matrix, each cell of it is a job."""
import re
from collections.abc import Sequence

from autodevelop.ci.jobs import make_jobs, measured_cells
from autodevelop.ci.template import render as render_template
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings

TITLE = 'GitHub Actions'
PATH = '.github/workflows/ci.yml'
PLATFORMS: tuple[str, ...] = ('linux', 'macos', 'windows')
MOST_JOBS = 256
"""GitHub's limit for the jobs of one matrix."""

PIN = re.compile(r'uses: (?P<action>\S+)@(?P<pin>[0-9a-f]{40} # \S+)')


def render(cells: Sequence[Cell], settings: Settings, present: str) -> str:
    """Render the workflow; the pins of actions in the present one are kept."""
    pins = {found['action']: found[0] for found in PIN.finditer(present)}
    jobs = make_jobs(measured_cells(cells, settings), MOST_JOBS)
    text = render_template(__name__, 'ci.yml.jinja', settings, cells, jobs)
    return PIN.sub(lambda new: pins.get(new['action'], new[0]), text)
