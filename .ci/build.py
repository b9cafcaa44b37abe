"""Build wheel and sdist; install each in a folder, and import it there."""
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
    for package in sorted(folder.iterdir()):
        installed = folder / f'installed from {package.name}'
        run('-m', 'pip', 'install', '--quiet', '--no-index', '--no-deps',
            '--no-build-isolation', f'--target={installed}', str(package))
        run('-c', IMPORT, str(installed))
        for source in Path('autodevelop').rglob('*'):
            if source.is_file() and source.suffix != '.pyc':
                assert (installed / source).is_file(), source
