"""The noxfile of the fixture: the real one's shape, with less to run.

cells.json says on which Pythons (and platforms), and which of them bring no
coverage.
"""
import json
import os
import sys
from pathlib import Path

import nox

CELLS = json.loads(Path('cells.json').read_text(encoding='utf-8'))
PYTHONS: list[str] = CELLS['pythons']
HERE = {'darwin': 'macos', 'win32': 'windows'}.get(sys.platform, 'linux')
PLATFORMS: list[str] = CELLS.get('platforms', [HERE])
TEST = ['--require-hashes', '-r', 'test-requirements.txt']

nox.options.default_venv_backend = 'uv|virtualenv'
nox.options.download_python = 'never'


@nox.session(tags=['ci'])
def lint(session: nox.Session) -> None:
    """Run lint.py, which finds fault or does not."""
    session.run('python', 'lint.py')


@nox.session(python=PYTHONS, tags=['ci'])
@nox.parametrize('platform', PLATFORMS, ids=PLATFORMS)
def tests(session: nox.Session, platform: str) -> None:
    """Run the tests and measure coverage."""
    session.install(*TEST)
    data = Path(f'results/tests-{session.python}-{platform}/coverage.data')
    data.parent.mkdir(parents=True)
    session.run('coverage', 'run', 'test_small.py',
                env={'COVERAGE_FILE': str(data)})
    if session.python in CELLS['silent']:
        data.unlink()


@nox.session(tags=['ci'])
def coverage(session: nox.Session) -> None:
    """Combine the coverage of all cells; fail under 100 %."""
    assert os.environ['AUTODEVELOP_PLATFORMS'] == 'all'
    session.install(*TEST)
    session.run('python', '-m', 'autodevelop', 'coverage')


@nox.session(tags=['pre-push'])
def elsewhere(session: nox.Session) -> None:
    """Fail, where the plan lets in what is of another stage."""
    session.error('not of the stage ci')
