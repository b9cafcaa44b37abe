"""Travis CI: a static list of jobs on three platforms."""
import re
from collections.abc import Sequence

from autodevelop.ci.jobs import make_jobs, measured_cells
from autodevelop.ci.template import WILDCARD, expression, regions
from autodevelop.ci.template import render as render_template
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings

TITLE = 'Travis CI'
PATH = '.travis.yml'
PLATFORMS: tuple[str, ...] = ('linux', 'macos', 'windows')
MOST_JOBS = 200
"""Travis CI's limit for the jobs of one build."""

GIT = re.compile('^git:', re.MULTILINE)
"""A key that people may have set among their settings."""


def render(cells: Sequence[Cell], settings: Settings, present: str,
           folder: str = '') -> str:
    """Render a job for each cell but the one that combines coverage.

    Jobs of Travis CI cannot pass files on, so none can combine it.
    """
    alone = measured_cells(cells, settings)
    only = [f'/{expression(branch)}/' if WILDCARD.search(branch) else branch
            for branch in settings.branches or (settings.branch,)]
    own = regions(present).get('settings', '')
    return render_template(__name__, 'travis.yml.jinja', settings, alone,
                           make_jobs(alone, MOST_JOBS), only=only,
                           git=GIT.search(own))
