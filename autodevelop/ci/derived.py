"""Files that people write, with a few lines that follow the noxfile."""
import re
from collections.abc import Sequence

from autodevelop.ci.template import quote
from autodevelop.matrix.plan import Cell, of_stage
from autodevelop.matrix.settings import Settings

CLASSIFIER = 'Programming Language :: Python :: '
BOUND = re.compile(
    r'(?m)^(?P<key>(?:python_requires|requires-python)\s*=\s*[\'"]?>=\s*)'
    r'(?P<version>\d+\.\d+)(?P<rest>[\w.]*)')

BUILDS = re.compile(
    r'^(?P<indent>\s*)(?P<key>after_n_builds:[ ]*)(?P<number>\d*)'
    r'(?P<comment>[ ]*\#.*)?$')
PLACES = (('codecov', 'notify'), ('comment',))
"""Where Codecov counts all reports of a commit; elsewhere it is a flag's:
https://docs.codecov.com/docs/notifications
"""


def render_codecov(cells: Sequence[Cell], settings: Settings,
                   present: str) -> str:
    """Set ``after_n_builds``: each cell of tests uploads a report.

    With a wrong number Codecov comments too early or never. What is counted
    is written beside it unless people wrote a comment there, so that a diff
    says why it changed.
    """
    measuring = [cell for cell in of_stage(cells, 'ci')
                 if cell.name in settings.tests]
    if not measuring:
        return present
    counted = [' '.join(dict.fromkeys(filter(None, each))) for each in (
        (cell.python for cell in measuring),
        (cell.platform for cell in measuring))]
    names = quote(', '.join(settings.tests))[1:-1]
    comment = (f'  # {names}: '
               f'{" on ".join(filter(None, counted)) or "one"}')
    lines, path = [], list[tuple[int, str]]()
    for line in present.splitlines(keepends=True):
        if key := re.match(r'( *)([\w-]+):', line):
            path = [each for each in path if each[0] < len(key[1])]
            path.append((len(key[1]), key[2]))
        found = BUILDS.match(line.rstrip('\n'))
        if found and tuple(name for _, name in path[:-1]) in PLACES:
            theirs = found['comment'] or ''
            kept = theirs if theirs and f'# {names}: ' not in theirs else (
                comment)
            line = (f'{found["indent"]}after_n_builds: {len(measuring)}'
                    f'{kept}\n')
        lines.append(line)
    return ''.join(lines)


def render_metadata(cells: Sequence[Cell], settings: Settings,
                    present: str) -> str:
    """Add a classifier for each Python of the tests.

    With the setting ``metadata`` classifiers of others are removed, too, and
    the lower bound is the oldest Python. Metadata without such lines stay.
    """
    versions = sorted({cell.python for cell in cells
                       if cell.name in settings.tests
                       and re.fullmatch(r'\d+\.\d+', cell.python or '')},
                      key=_by_number)
    if not versions:
        return present
    text = BOUND.sub(lambda found: found[0] if (
        found['version'] == versions[0]) else f'{found["key"]}{versions[0]}',
        present) if settings.metadata else present
    line = re.compile(rf'(?m)^(?P<before>[ \t]+[\'"]?){CLASSIFIER}'
                      r'(?P<version>\d+\.\d+)(?P<after>[\'"]?,?[ \t]*\n)')
    found = [*line.finditer(text)]
    if not found:
        return text
    wanted = versions if settings.metadata else sorted(
        {*versions, *(each['version'] for each in found)}, key=_by_number)
    if [each['version'] for each in found] == wanted:
        return text
    # All are written where the first one was, and as it was.
    first = found[0]
    after = re.sub(r'^([\'"])(?!,)', r'\1,', first['after'])
    every = ''.join(f'{first["before"]}{CLASSIFIER}{version}{after}'
                    for version in wanted)
    return (text[:first.start()] + every
            + line.sub('', text[first.start():]))


def _by_number(version: str | None) -> list[int]:
    return [int(part) for part in str(version).split('.')]


CODECOV = [f'{folder}{dot}codecov.{ending}' for folder in (
    '', 'dev/', '.github/') for dot in ('', '.') for ending in ('yml', 'yaml')]
"""https://docs.codecov.com/docs/codecov-yaml#can-i-name-the-file-codecovyml"""

DERIVED = dict.fromkeys(CODECOV, render_codecov) | dict.fromkeys(
    ('setup.cfg', 'pyproject.toml'), render_metadata)
"""The renderer of each such file, used if the file exists."""
