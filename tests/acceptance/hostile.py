"""A project whose sessions have the names that do most harm."""
import json
from collections.abc import Sequence
from pathlib import Path

from .conftest import make_project

COVERAGE = "${{ github.token }} << pipeline.id >> it's"
NAMES = [
    'quote"d', "it's", '$(touch executed)', '`touch executed`',
    '${{ github.token }}', '<< pipeline.id >>', '%PATH%', 'a\nb',
    'gr\xf6\xdfe', 'emoji \U0001f600', '&& touch executed',
    '"; touch executed; "', 'pages', '.hidden', '-dash',
    '!reference [a, b]', 'null', '\x85\u2028\x1b',
    # To nox, names that are the same Python are the same, and comments alone
    # are: hence the percent sign.
    '%\n# yours: jobs\n# end of yours', COVERAGE,
]
NOXFILE = """
import json
import os
from pathlib import Path

import nox

GIVEN = json.loads(Path('given.json').read_text(encoding='utf-8'))


def make(name):
    def mark(session, platform=None):
        with open(os.environ['MARKS'], 'a', encoding='utf-8') as marks:
            marks.write(json.dumps(name) + '\\n')

    if platforms := GIVEN['platforms']:
        mark = nox.parametrize('platform', platforms, ids=platforms)(mark)
    nox.session(name=name, python=False, tags=['ci'])(mark)


for name in GIVEN['names']:
    make(name)
"""
SETTINGS = f"""
[tool.autodevelop]
tool = '.'
requirements = 'test-requirements.txt'
coverage = {json.dumps(COVERAGE)}
"""


def make_hostile(folder: Path, platforms: Sequence[str] = ()) -> Path:
    """Commit the project; a session is for these platforms, or for any."""
    given = json.dumps({'names': NAMES, 'platforms': platforms})
    return make_project(folder, [], files={
        'noxfile.py': NOXFILE, 'given.json': given,
        'pyproject.toml': SETTINGS})
