"""GitLab: a job plans, and what it plans runs as a child pipeline."""
from collections.abc import Sequence

from autodevelop.ci._template import render as render_template
from autodevelop.plan import Cell
from autodevelop.settings import Settings

TITLE = 'GitLab'
PATH = '.gitlab-ci.yml'
PLATFORMS = ('linux', 'macos', 'windows')
MOST_JOBS = 200
"""GitLab's limit for the jobs of one parallel matrix."""


def render(cells: Sequence[Cell], settings: Settings, present: str) -> str:
    """Render the pipeline that plans the one of the cells."""
    return render_template(__name__, 'gitlab-ci.yml.jinja', settings, cells)
