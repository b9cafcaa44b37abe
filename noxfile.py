"""What is checked, where, and when: a session's tags are its stages."""
import os
import sys
from pathlib import Path
from shutil import which

import nox

PYTHONS = ['3.11', '3.12', '3.13', '3.14', '3.15']
HERE = {'darwin': 'macos', 'win32': 'windows'}.get(sys.platform, 'linux')
PLATFORMS = [HERE] if os.environ.get('AUTODEVELOP_PLATFORMS') != 'all' else [
    'linux', 'macos', 'windows']
GATE = ['pre-push', 'ci', 'deploy']
LOCKED = ['--no-deps', '--require-hashes', '-r']  # Complete: saves 3 s a venv.
ALL_LOCKS = [*LOCKED, 'test-requirements.txt', '-r', '.ci/requirements.txt']
PYTEST = ['python', '-m', 'pytest', '--timeout=1800', '-pno:randomly']
nox.options.default_venv_backend = 'uv|virtualenv'
nox.options.download_python = 'never'
nox.options.reuse_venv = 'yes'
# pyenv's shims of versions that are not selected fail; their folders do not.
pyenv = Path(os.environ.get('PYENV_ROOT', Path.home() / '.pyenv'))
os.environ['PATH'] = os.pathsep.join(
    [os.environ['PATH'], *map(str, sorted(pyenv.glob('versions/*/bin')))])
NEWEST = next((v for v in PYTHONS[::-1] if which(f'python{v}')), None)


@nox.session(tags=['pre-commit', *GATE])
def lint(session: nox.Session) -> None:
    """Fix and check style (flake8, autopep8); -- [--check] [FILE ...]."""
    session.install(*LOCKED, 'test-requirements.txt')
    session.run('python', '.ci/lint.py', *session.posargs)
    if not set(session.posargs) - {'--check'}:  # A commit gives names.
        session.run('lint-imports', '--no-cache', '--no-logo')


@nox.session(tags=GATE, allow_parallel=True)
def types(session: nox.Session) -> None:
    """Check the types of everything (mypy --strict)."""
    session.install(*ALL_LOCKS)
    session.run('mypy')


@nox.session(python=PYTHONS, tags=GATE, allow_parallel=True)
@nox.parametrize('platform', PLATFORMS, ids=PLATFORMS)
def tests(session: nox.Session, platform: str) -> None:
    """Test in process and with git, everywhere; -- PYTEST ARGUMENT ..."""
    if platform != HERE:
        session.skip(f'needs {platform}')
    session.install(*LOCKED, 'test-requirements.txt')
    mark = '' if NEWEST in (None, session.python) else 'not once'
    session.run('python', '.ci/measure.py', session.name, 'tests/unit', '-m',
                mark, '--', *session.posargs)


@nox.session(python=NEWEST, tags=GATE, allow_parallel=True)
def integration(session: nox.Session) -> None:
    """Test with real nox, gunicorn and pushes, as far as coverage needs."""
    if HERE == 'windows':
        session.skip('needs sh and fork')
    session.install(*LOCKED, 'test-requirements.txt')
    session.run('python', '.ci/measure.py', 'integration', '-mcore', '-nauto',
                'tests/integration', '--', *session.posargs)


@nox.session(tags=GATE)
def coverage(session: nox.Session) -> None:
    """Combine the coverage of all cells (coverage combine, report)."""
    session.install(*LOCKED, 'test-requirements.txt')
    session.run('python', '-m', 'autodevelop', 'coverage', '--',
                '--fail-under=100')


@nox.session(tags=['pre-push', 'ci'], allow_parallel=True)
def drift(session: nox.Session) -> None:
    """Compare the CI files with this noxfile (autodevelop ci --check)."""
    session.install(*LOCKED, 'test-requirements.txt')
    session.run('python', '-m', 'autodevelop', 'ci', '--check')


@nox.session(tags=GATE, allow_parallel=True)
def build(session: nox.Session) -> None:
    """Build wheel and sdist; install and import each."""
    session.install(*LOCKED, 'test-requirements.txt')
    session.run('python', '.ci/build.py')


@nox.session(tags=['ci'], allow_parallel=True)
def docs(session: nox.Session) -> None:
    """Build the site of docs/ (Sphinx); -- [--pictures]."""
    session.install(*LOCKED, '.ci/docs.txt')
    session.run('python', '.ci/docs.py', *session.posargs)


@nox.session(tags=['ci'], allow_parallel=True)
def fuzz(session: nox.Session) -> None:
    """Fuzz the division service (schemathesis, hypothesis for longer)."""
    session.install(*ALL_LOCKS)
    session.run(*PYTEST, 'tests/fuzz', *session.posargs)


@nox.session(tags=['ci'])
def acceptance(session: nox.Session) -> None:
    """Test CI files (act), README, and what no gate needs; -- [--long]."""
    session.install(*ALL_LOCKS)
    session.run(*PYTEST, 'tests/acceptance', 'tests/integration',
                '-mnot core', '-n2', '--dist=loadfile', *session.posargs)


@nox.session(tags=['ci'])
def faults(session: nox.Session) -> None:
    """Kill hooks and deploys, fill disks: nothing is lost; -- [--long]."""
    session.install(*LOCKED, 'test-requirements.txt')
    session.run(*PYTEST, 'tests/faults', '-rP', '-n2', *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Benchmark, side by side, what is claimed to be fast."""
    session.install(*ALL_LOCKS)
    session.run(*PYTEST, 'tests/bench', *session.posargs)
