"""AppVeyor: its matrix is static, and its machines are Windows."""
from collections.abc import Sequence

from autodevelop.ci._jobs import make_jobs
from autodevelop.ci._template import render as render_template
from autodevelop.errors import AutodevelopError
from autodevelop.plan import Cell
from autodevelop.settings import Settings

TITLE = 'AppVeyor'
PATH = '.appveyor.yml'
PLATFORMS = ('windows',)


def render(cells: Sequence[Cell], settings: Settings, present: str) -> str:
    """Render a job for each cell of Windows; AutodevelopError without one."""
    windows = [cell for cell in cells if cell.platform == 'windows']
    if not windows:
        raise AutodevelopError(
            'no cell of the stage ci is for windows, which AppVeyor runs',
            "take 'appveyor' out of ci in [tool.autodevelop]",
        )
    # AppVeyor documents no limit for the jobs of a matrix.
    return render_template(__name__, 'appveyor.yml.jinja', settings, windows,
                           make_jobs(windows, len(windows)))
