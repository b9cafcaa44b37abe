"""Files that people write and in which a few lines follow the noxfile."""
import re
from collections.abc import Sequence

from autodevelop.plan import Cell
from autodevelop.settings import Settings

CLASSIFIER = 'Programming Language :: Python :: '


def render_codecov(cells: Sequence[Cell], settings: Settings,
                   present: str) -> str:
    """Set every ``after_n_builds``: a report comes from each cell of tests.

    A wrong number makes Codecov comment too early or never.
    """
    reports = sum(cell.name == settings.tests for cell in cells)
    return re.sub(r'(?m)^(\s*after_n_builds:).*$', rf'\1 {reports}', present)


def render_setup_cfg(cells: Sequence[Cell], settings: Settings,
                     present: str) -> str:
    """Set ``python_requires`` and the classifiers to the noxfile's Pythons."""
    versions = sorted({cell.python for cell in cells
                       if re.fullmatch(r'\d+\.\d+', cell.python or '')},
                      key=_by_number)
    if not versions:
        return present
    text = re.sub(r'(?m)^(python_requires\s*=\s*).*$',
                  rf'\g<1>>={versions[0]}', present)
    classifiers = re.compile(
        rf'(?m)(?:^([ \t]+){CLASSIFIER}\d+\.\d+[ \t]*\n)+')
    return classifiers.sub(
        lambda found: ''.join(f'{found[1]}{CLASSIFIER}{version}\n'
                              for version in versions), text)


def _by_number(version: str | None) -> list[int]:
    return [int(part) for part in str(version).split('.')]


DERIVED = {'codecov.yml': render_codecov, 'setup.cfg': render_setup_cfg}
"""The renderer of each such file; it is used where the file exists."""
