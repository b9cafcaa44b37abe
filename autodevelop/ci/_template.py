"""Templates of CI files, whose own notation is full of braces."""
import shlex
from collections.abc import Sequence

from autodevelop.plan import Cell
from autodevelop.settings import Settings


def render(template: str, cells: Sequence[Cell], settings: Settings) -> str:
    """Fill in a template of this package; the text ends its lines in LF."""
    # Imported late: a plan asks providers, too, and needs no template.
    from jinja2 import Environment, PackageLoader, StrictUndefined
    environment = Environment(
        loader=PackageLoader('autodevelop.ci', ''),
        block_start_string='[%', block_end_string='%]',
        variable_start_string='[[', variable_end_string=']]',
        comment_start_string='[#', comment_end_string='#]',
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.filters['shell'] = shlex.quote
    return environment.get_template(template).render(
        cells=cells, settings=settings,
        has_coverage=any(cell.name == settings.coverage for cell in cells),
    )
