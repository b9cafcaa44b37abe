"""GitHub Actions: a job plans, and each cell of its matrix is a job."""
import json
import re
from collections.abc import Sequence

from autodevelop.ci._template import render as render_template
from autodevelop.errors import AutodevelopError
from autodevelop.plan import Cell, of_stage
from autodevelop.settings import Settings

TITLE = 'GitHub Actions'
PATH = '.github/workflows/ci.yml'
PLATFORMS = ('linux', 'macos', 'windows')
RUNNERS = {'linux': 'ubuntu-latest', 'macos': 'macos-latest',
           'windows': 'windows-latest'}
MOST_JOBS = 256
"""GitHub's limit for the jobs of one matrix."""

PIN = re.compile(r'uses: (?P<action>\S+)@(?P<pin>[0-9a-f]{40} # \S+)')


def render(cells: Sequence[Cell], settings: Settings, present: str) -> str:
    """Render the workflow; an action's pin that stands there is kept."""
    pins = {found['action']: found[0] for found in PIN.finditer(present)}
    text = render_template('github.yml.jinja', cells, settings)
    return PIN.sub(lambda new: pins.get(new['action'], new[0]), text)


def outputs(cells: Sequence[Cell], settings: Settings) -> str:
    """The lines that the plan job appends to ``$GITHUB_OUTPUT``.

    ``matrix`` holds a row for each cell of the stage ci but the one that
    combines coverage, which runs after them.

    Raises AutodevelopError for a matrix that GitHub refuses.
    """
    rows = [_row(cell) for cell in of_stage(cells, 'ci')
            if cell.name != settings.coverage]
    if not 0 < len(rows) <= MOST_JOBS:
        raise AutodevelopError(
            f'the stage ci has {len(rows)} cells, and a matrix of GitHub '
            f'Actions takes 1 to {MOST_JOBS}',
            'tag other sessions with ci in the noxfile',
        )
    return f'matrix={json.dumps({"include": rows}, separators=(",", ":"))}\n'


def _row(cell: Cell) -> dict[str, str]:
    platform = cell.platform or 'linux'
    return {
        'session': cell.session,
        'python': cell.python or '',
        'platform': platform,
        'runner': RUNNERS[platform],
        'slug': cell.slug,
    }
