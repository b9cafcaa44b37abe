"""The rendered files that docs/ shows; run as a program, it writes them."""
from collections.abc import Callable

import pytest

from autodevelop.ci import MATRICES, PROVIDERS
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from tests.support.project import ROOT

FOLDER = ROOT / 'docs/providers'
SETTINGS = Settings(tool='1.0', coverage='coverage')
DEPLOYED = SETTINGS._replace(environments=('production', 'staging'))
CELLS = [
    Cell('lint', 'lint', '', None, None, ('ci',), True, None, 'lint'),
    *(Cell(f'tests-3.13({platform})', 'tests', '', '3.13', platform, ('ci',),
           True, None, f'tests-3.13-{platform}')
      for platform in ('linux', 'macos', 'windows')),
    Cell('coverage', 'coverage', '', None, None, ('ci',), True, None,
         'coverage')]
EXAMPLES: dict[str, Callable[[], str]] = {
    'circleci.yml': lambda: PROVIDERS['circleci'].render(CELLS, SETTINGS, ''),
    'gitlab.yml': lambda: PROVIDERS['gitlab'].render(
        CELLS, DEPLOYED, ''),
    'gitlab-cells.yml': lambda: MATRICES['gitlab'].plan(CELLS, DEPLOYED, {}),
    'travis.yml': lambda: PROVIDERS['travis'].render(CELLS, SETTINGS, ''),
}


@pytest.mark.parametrize('name', EXAMPLES)
def test_the_docs_show_what_is_rendered(name: str) -> None:
    shown = (FOLDER / name).read_text(encoding='utf-8')
    assert shown == EXAMPLES[name](), f'run: python -m {__name__}'


if __name__ == '__main__':
    for name, render in EXAMPLES.items():
        (FOLDER / name).write_text(render(), encoding='utf-8', newline='\n')
