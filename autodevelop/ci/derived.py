"""Files that people write, with a few lines that follow the noxfile."""
import re
from collections.abc import Sequence

from autodevelop.ci.template import quote
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings

CLASSIFIER = 'Programming Language :: Python :: '


def render_codecov(cells: Sequence[Cell], settings: Settings,
                   present: str) -> str:
    """Set every ``after_n_builds``: each cell of tests uploads a report.

    With a wrong number Codecov comments too early or never:
    https://docs.codecov.com/docs/notifications
    What is counted is written beside it, so that a diff says why it changed.
    """
    measuring = [cell for cell in cells if cell.name in settings.tests]
    if not measuring:
        return present
    counted = [' '.join(dict.fromkeys(filter(None, each))) for each in (
        (cell.python for cell in measuring),
        (cell.platform for cell in measuring))]
    comment = ' on '.join(filter(None, counted)) or 'one'
    names = quote(', '.join(settings.tests))[1:-1]
    number = f'{len(measuring)}  # {names}: {comment}'
    return re.sub(r'(?m)^(\s*after_n_builds:).*$',
                  lambda line: f'{line[1]} {number}', present)


def render_setup_cfg(cells: Sequence[Cell], settings: Settings,
                     present: str) -> str:
    """Set ``python_requires`` and the classifiers to the noxfile's Pythons.

    Raises AutodevelopError when metadata lack one of the two.
    """
    versions = sorted({cell.python for cell in cells
                       if re.fullmatch(r'\d+\.\d+', cell.python or '')},
                      key=_by_number)
    if not versions or '[metadata]' not in present:
        return present
    text, bounds = re.subn(r'(?m)^(python_requires\s*=\s*>=\s*)[\d.]+',
                           rf'\g<1>{versions[0]}', present)
    every = ''.join(f'\\g<1>{CLASSIFIER}{version}\n' for version in versions)
    line = rf'(?m)^([ \t]+){CLASSIFIER}\d+\.\d+[ \t]*\n'
    # All are written where the first one was.
    marked, found = re.subn(line, f'{every}\0', text, count=1)
    if not (bounds and found):
        raise AutodevelopError(
            'setup.cfg has no Python in python_requires or in its classifiers',
            f'add python_requires = >={versions[0]} and a classifier '
            f'{CLASSIFIER}{versions[0]}')
    before, after = marked.split('\0')
    return before + re.sub(line, '', after)


def _by_number(version: str | None) -> list[int]:
    return [int(part) for part in str(version).split('.')]


DERIVED = {'codecov.yml': render_codecov, 'setup.cfg': render_setup_cfg}
"""The renderer of each such file, used if the file exists."""
