"""What is checked, where, and when: a session's tags are its stages."""
import os
import sys
from pathlib import Path
from shutil import which

import nox

PYTHONS = ['3.15', '3.14', '3.13', '3.12', '3.11']  # The longest first.
HERE = {'darwin': 'macos', 'win32': 'windows'}.get(sys.platform, 'linux')
PLATFORMS = [HERE] if os.environ.get('AUTODEVELOP_PLATFORMS') != 'all' else [
    'linux', 'macos', 'windows']
GATE = ['pre-push', 'ci', 'deploy']
LOCKED = ['--no-deps', '--require-hashes', '-r']  # Complete: saves 3 s a venv.
TESTED = ['test-requirements.txt']
ALL_LOCKS = [*TESTED, '-r', '.ci/requirements.txt']
PYTEST = ['-m', 'pytest', '--timeout=1800', '-pno:randomly']
nox.options.default_venv_backend = 'uv|virtualenv'
nox.options.download_python = 'never'
nox.options.reuse_venv = 'yes'
pyenv = Path(os.environ.get('PYENV_ROOT', Path.home() / '.pyenv'))
for folder in sorted(pyenv.glob('versions/*/bin')):  # Its shims may fail.
    os.environ['PATH'] += f'{os.pathsep}{folder}'
NEWEST = next((v for v in PYTHONS if which(f'python{v}')), None)


def run(session: nox.Session, *words: str, locks: list[str] = TESTED) -> None:
    """Run Python with what these files lock."""
    session.install(*LOCKED, *locks)
    session.run('python', *words)


@nox.session(tags=['pre-commit', *GATE])
def lint(session: nox.Session) -> None:
    """Fix and check style (flake8, autopep8); -- [--check] [FILE ...]."""
    run(session, '.ci/lint.py', *session.posargs)


@nox.session(tags=GATE, allow_parallel=True)
def types(session: nox.Session) -> None:
    """Check the types of everything (mypy --strict)."""
    run(session, '-m', 'mypy', locks=ALL_LOCKS)


@nox.session(python=PYTHONS, tags=GATE, allow_parallel=True)
@nox.parametrize('platform', PLATFORMS, ids=PLATFORMS)
def tests(session: nox.Session, platform: str) -> None:
    """Test in process and with git, everywhere; -- PYTEST ARGUMENT ..."""
    if platform != HERE:
        session.skip(f'needs {platform}')
    once = '' if NEWEST in (None, session.python) else ' and not once'
    run(session, '.ci/measure.py', session.name, 'tests/unit',
        f'-mnot slow{once}', '--', *session.posargs)


@nox.session(python=NEWEST, tags=GATE, allow_parallel=True)
def integration(session: nox.Session) -> None:
    """Test with real nox, gunicorn and pushes, as far as coverage needs."""
    if HERE == 'windows':
        session.skip('needs sh and fork')
    run(session, '.ci/measure.py', 'integration', '-mcore',
        'tests/integration', '--', *session.posargs)


@nox.session(tags=GATE)
def coverage(session: nox.Session) -> None:
    """Combine the coverage of all cells (coverage combine, report)."""
    if PLATFORMS == ['windows']:
        session.skip('needs integration')
    run(session, '-m', 'autodevelop', 'coverage', '--', '--fail-under=100')


@nox.session(tags=['pre-push', 'ci'], allow_parallel=True)
def drift(session: nox.Session) -> None:
    """Compare the CI files with this noxfile (autodevelop ci --check)."""
    run(session, '-m', 'autodevelop', 'ci', '--check')


@nox.session(tags=GATE, allow_parallel=True)
def build(session: nox.Session) -> None:
    """Build an sdist and its wheel; install and import that."""
    run(session, '.ci/build.py')


@nox.session(tags=['ci'], allow_parallel=True)
def docs(session: nox.Session) -> None:
    """Build the site of docs/ (Sphinx); -- [--pictures]."""
    run(session, '.ci/docs.py', *session.posargs, locks=['.ci/docs.txt'])


@nox.session(tags=['ci'], allow_parallel=True)
def fuzz(session: nox.Session) -> None:
    """Fuzz the service and the webhook (schemathesis); -- [--long]."""
    run(session, *PYTEST, 'tests/fuzz', *session.posargs, locks=ALL_LOCKS)


@nox.session(tags=['ci'])
def acceptance(session: nox.Session) -> None:
    """Test CI files (act), README, and what no gate needs; -- [--long]."""
    run(session, *PYTEST, 'tests/acceptance', 'tests/integration',
        'tests/unit', '-mnot core', '-n2', '--dist=loadfile',
        '--no-loadscope-reorder', *session.posargs, locks=ALL_LOCKS)


@nox.session(tags=['ci'])
def faults(session: nox.Session) -> None:
    """Kill hooks and deploys, fill disks: nothing is lost; -- [--long]."""
    run(session, *PYTEST, 'tests/faults', '-rP', '-n2', *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Benchmark, side by side, what is claimed to be fast."""
    run(session, *PYTEST, 'tests/bench', *session.posargs, locks=ALL_LOCKS)


@nox.session(python=False, default=False)
def platforms(session: nox.Session) -> None:
    """Test on newer Pythons and git, and on Windows, as far as Wine goes."""
    session.run(sys.executable, '.ci/platforms.py', *session.posargs)
