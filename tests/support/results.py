"""Results of cells, as machines of CI leave them."""
import json
from datetime import datetime, timezone
from html import escape
from pathlib import Path

from autodevelop.matrix.plan import Cell

PYTHONS = ('3.12', '3.13')
PLATFORMS = ('linux', 'macos', 'windows')
HOSTILE = '<script>document.title = "hacked"</script> \u202egpj.\x1b[31m'
LONG = 'x' * 10_000
BEGAN = 1_795_000_000

CELLS = [
    Cell('lint', 'lint', 'Check the style.', None, None, ('ci',), True, None,
         'lint'),
    *(Cell(f'tests-{python}({platform})', 'tests', 'Run the tests.', python,
           platform, ('ci',), True, None, f'tests-{python}-{platform}')
      for python in PYTHONS for platform in PLATFORMS),
    Cell(HOSTILE, HOSTILE, HOSTILE, None, None, ('ci',), True, None, 'odd'),
    Cell('coverage', 'coverage', '', None, None, ('ci',), True, None,
         'coverage')]

SOURCE = ['def half(number):', '    if number < 0:', '        return 0',
          '    return number / 2']
TRACEBACK = ('def test_half():\n>   assert half(5) == 2\nE   assert 2.5 == 2\n'
             'code.py:4: AssertionError')
FAILURE = (f'<failure message="assert 2.5 == 2&#10; where 2.5 = half(5)">'
           f'{escape(TRACEBACK)}</failure><system-out>half of 5</system-out>')


def case(name: str, seconds: float = 0.1, body: str = '') -> str:
    """A test in JUnit's XML."""
    return (f'<testcase classname="tests.test_code" time="{seconds}" '
            f'name="{escape(name)}">{body}</testcase>')


def junit(*cases: str, began: float | None = None) -> str:
    """A report; without a beginning if none is given."""
    at = '' if began is None else datetime.fromtimestamp(
        began, timezone.utc).isoformat()
    return (f'<testsuites><testsuite timestamp="{at}" time="1">'
            f'{"".join(cases)}</testsuite></testsuites>')


def cobertura(hits: str, name: str = 'code.py') -> str:
    """A report of coverage: the hits of each line, from the first."""
    lines = ''.join(
        f'<line number="{number}" hits="{hit}"' + (
            ' branch="true" condition-coverage="50% (1/2)"/>'
            if number == 2 else '/>') for number, hit in enumerate(hits, 1))
    ran = len(hits) - hits.count('0')
    return (f'<coverage lines-valid="{len(hits)}" lines-covered="{ran}" '
            'branches-valid="2" branches-covered="1"><packages><package>'
            f'<classes><class filename="{name}"><lines>{lines}</lines></class>'
            '</classes></package></packages></coverage>')


def write_nox(path: Path, *results: tuple[str, str, float],
              **more: object) -> None:
    """Write a report of nox: sessions, how they ended, and seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({'sessions': [{
        'name': name, 'signatures': [name], 'result': result,
        'reason': 'Command pytest failed' if result == 'failed' else None,
        'duration': seconds, **more} for name, result, seconds in results]}))


def write_cell(folder: Path, cell: Cell, result: str = 'success',
               seconds: float = 10.0, began: float = 0.0, tree: str = '',
               url: str = '', **files: str) -> None:
    """Write what `autodevelop run` keeps of a cell.

    files: the contents of the XML files with these names.
    """
    own = folder / cell.slug
    write_nox(own / 'nox.json', (cell.session, result, seconds))
    (own / 'run.json').write_text(json.dumps(
        {'began': BEGAN + began, 'tree': tree, 'url': url}))
    for name, text in files.items():
        (own / f'{name}.xml').write_text(text, 'utf-8')


def write_run(folder: Path, tree: str = '') -> None:
    """Write the results of CELLS; one of them is missing.

    A test fails on Python 3.13, and another on Windows; names are hostile.
    """
    for place, cell in enumerate(CELLS):
        if cell.slug == 'tests-3.12-macos':
            continue
        new, windows = cell.python == '3.13', cell.platform == 'windows'
        files = {} if cell.name != 'tests' else {'junit': junit(
            case('test_half', 0.5, FAILURE if new else ''),
            case('test_path', 0.2, '<error type="OSError"/>'
                 if windows else ''),
            case('test_off', 0, '<skipped/>'),
            *([case(f'<b>{LONG}', 3, f'<failure message="{LONG}">{LONG * 3}'
                    '</failure>')] if cell.slug == 'tests-3.12-linux' else []),
            began=BEGAN + place + 3), 'coverage': cobertura(
                '1101' if windows else '1111')}
        if cell.name == 'coverage':
            files = {'coverage': cobertura('1101')}
        failed = new or windows or cell.slug == 'tests-3.12-linux'
        write_cell(folder, cell, 'failed' if failed else 'success',
                   10 + place, place, tree,
                   f'https://example.org/jobs/{place}', **files)
