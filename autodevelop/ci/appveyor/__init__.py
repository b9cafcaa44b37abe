"""AppVeyor: a static matrix of Windows machines."""
from collections.abc import Sequence

from autodevelop.ci.jobs import make_jobs
from autodevelop.ci.template import render as render_template
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings

TITLE = 'AppVeyor'
PATH = '.appveyor.yml'
PLATFORMS: tuple[str, ...] = ('windows',)


def render(cells: Sequence[Cell], settings: Settings, present: str,
           folder: str = '') -> str:
    """Render a job for each Windows cell; AutodevelopError without one."""
    windows = [cell for cell in cells if cell.platform == 'windows']
    if not windows:
        raise AutodevelopError(
            'AppVeyor runs Windows cells, and the stage ci has none',
            "remove 'appveyor' from ci in [tool.autodevelop]",
        )
    # AppVeyor documents no limit for the jobs of a matrix.
    return render_template(__name__, 'appveyor.yml.jinja', settings, windows,
                           make_jobs(windows, len(windows)))
