"""GitLab: one job plans, and its plan runs as a child pipeline."""
from collections.abc import Sequence

from autodevelop.ci.template import render as render_template
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings

TITLE = 'GitLab'
PATH = '.gitlab-ci.yml'
PLATFORMS: tuple[str, ...] = ('linux', 'macos', 'windows')
MOST_JOBS = 200
"""GitLab's limit for the jobs of one parallel matrix."""


def render(cells: Sequence[Cell], settings: Settings, present: str,
           folder: str = '') -> str:
    """Render the pipeline that plans the child pipeline."""
    return render_template(__name__, 'gitlab-ci.yml.jinja', settings, cells)
