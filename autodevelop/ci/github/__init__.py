"""GitHub Actions: one job plans the matrix, each cell of it is a job."""
import re
import shlex
from collections.abc import Sequence

from autodevelop.ci.jobs import make_jobs, measured_cells
from autodevelop.ci.template import regions
from autodevelop.ci.template import render as render_template
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings

TITLE = 'GitHub Actions'
PATH = '.github/workflows/ci.yml'
PLATFORMS: tuple[str, ...] = ('linux', 'macos', 'windows')
MOST_JOBS = 256
"""GitHub's limit for the jobs of one matrix."""

TRIGGER = re.compile(r'^ {2}(\w+):', re.MULTILINE)
PIN = re.compile(r'uses: (?P<action>\S+)@(?P<pin>[0-9a-f]{40} # \S+)')


def render(cells: Sequence[Cell], settings: Settings, present: str,
           folder: str = '') -> str:
    """Render the workflow; the pins of actions in the present one are kept.

    A trigger in the region of triggers replaces the rendered one.
    """
    pins = {found['action']: found[0] for found in PIN.finditer(present)}
    prefix = f'{folder}/' if folder else ''
    jobs = make_jobs(measured_cells(cells, settings), MOST_JOBS)
    root = '"$GITHUB_WORKSPACE"/' + (shlex.quote(prefix) if prefix else '')
    text = render_template(
        __name__, 'ci.yml.jinja', settings, cells, jobs, root, prefix=prefix,
        triggers=TRIGGER.findall(regions(present).get('triggers', '')))
    return PIN.sub(lambda new: pins.get(new['action'], new[0]), text)
