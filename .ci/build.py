"""Build an sdist, and a wheel of it; install that, and import it there.

Both are proven: the wheel has only what the sdist has.
"""
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

PYTHON = [sys.executable, '-I']
IMPORT = """
import importlib.resources, sys
sys.path.insert(0, sys.argv[1])
from autodevelop.__main__ import main
from autodevelop.ci.github import render
from autodevelop.matrix.settings import Settings
import autodevelop.service
assert autodevelop.__file__.startswith(sys.argv[1]), autodevelop.__file__
assert importlib.resources.files('autodevelop').joinpath('py.typed').is_file()
render([], Settings(), '')
main(['--version'])
"""


def run(*command: str) -> None:
    """Run a program; CalledProcessError when it fails."""
    subprocess.run([*PYTHON, *command], check=True)


with TemporaryDirectory() as name:
    folder = Path(name)
    run('-m', 'build', '--no-isolation', f'--outdir={folder}')
    wheel, = folder.glob('*.whl')
    installed = folder / 'installed'
    # With pip the session took 12 instead of 6 CPU s.
    run('-m', 'uv', 'pip', 'install', '--quiet', '--offline', '--no-deps',
        f'--target={installed}', str(wheel))
    run('-c', IMPORT, str(installed))
    for source in Path('autodevelop').rglob('*'):
        if source.is_file() and source.suffix != '.pyc':
            assert (installed / source).is_file(), source
