"""What may be wrong with the sessions of a noxfile on this machine."""
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from autodevelop.adopt.stages import OLDEST, TESTS
from autodevelop.ci.doubts import doubts
from autodevelop.doctor.project import Project
from autodevelop.errors import Finding
from autodevelop.matrix.plan import CONDA, of_stage

BACKEND = re.compile(r'venv_backend\s*=\s*[\'"]([\w|]+)[\'"]')
MODULES = ('uv', 'virtualenv')
VERSION = re.compile(r'\d+\.\d+(\.\d+)?t?')


def pythons(project: Project) -> Iterator[Finding]:
    """Yield the Pythons that are not here."""
    lacking = dict.fromkeys(str(cell.missing) for cell in project.cells
                            if cell.stages)
    names = [each.removeprefix('Python ') for each in lacking
             if each.startswith('Python ')]
    if names:
        versions = all(map(VERSION.fullmatch, names))
        yield Finding(
            f'no Python {", ".join(names)} on this machine: its cells run in '
            'CI only', f'run: {_uv()} python install {" ".join(names)}'
            if versions else 'install it, or leave it to CI')


def old_pythons(project: Project) -> Iterator[Finding]:
    """Yield the Pythons that are here, but too old for virtualenv."""
    present = dict.fromkeys(str(cell.python) for cell in project.cells
                            if cell.stages and not cell.missing)
    old = [name for name in present if VERSION.fullmatch(name) and tuple(
        map(int, name.rstrip('t').split('.')[:2])) < OLDEST]
    if old and 'uv' not in _backends(project.text('noxfile.py')):
        yield Finding(
            'virtualenv cannot create an environment for Python '
            + ', '.join(old),
            'in the noxfile: nox.options.default_venv_backend = '
            "'uv|virtualenv'")


def _uv() -> str:
    # An installed autodevelop has it, but not on PATH.
    return 'uv' if shutil.which('uv') else (
        f'{shlex.quote(Path(sys.executable).as_posix())} -m uv')


def backends(project: Project) -> Iterator[Finding]:
    """Yield the backends of nox whose programs are not here."""
    for found in BACKEND.findall(project.text('noxfile.py')):
        names = found.split('|')
        known = {*MODULES, *CONDA}
        if known.issuperset(names) and not any(map(_is_here, names)):
            yield Finding(f'the noxfile creates environments with '
                          f'{" or ".join(names)}, which is not installed',
                          f'install {names[0]} and put it on PATH', True)


def _backends(noxfile: str) -> set[str]:
    return {name for each in BACKEND.findall(noxfile)
            for name in each.split('|')}


def _is_here(name: str) -> bool:
    return bool(shutil.which(name) or name in MODULES and find_spec(name))


def stages(project: Project) -> Iterator[Finding]:
    """Yield the stages that run nothing, at all or on this machine."""
    for stage in ('pre-commit', 'pre-push', 'ci'):
        cells = of_stage(project.cells, stage)
        if not cells:
            yield Finding(f'the stage {stage} has no session', (
                f'tag a session with {stage}, or name some: '
                f'[tool.autodevelop.stages] {stage} = [...]'), stage == 'ci')
        elif all(cell.missing for cell in cells):
            needs = dict.fromkeys(str(cell.missing) for cell in cells)
            yield Finding(f'no session of the stage {stage} can run here: '
                          f'they need {", ".join(needs)}',
                          f'install one, or name other sessions for {stage}')


def doubtful(project: Project) -> Iterator[Finding]:
    """Yield what CI should do differently; only tests that it leaves out."""
    for finding in doubts(project.cells, project.settings):
        start, colon, names = finding.problem.partition(': ')
        tests = [*filter(TESTS.fullmatch, names.split(', '))]
        if tests:
            yield finding._replace(problem=start + colon + ', '.join(tests))
        elif not colon:
            yield finding


def file_names(project: Project) -> Iterator[Finding]:
    """Yield sessions that get the names of files and do nothing with them."""
    names = [*project.settings.files]
    if names and 'posargs' not in project.text('noxfile.py'):
        yield Finding(f'{", ".join(names)} gets the names of committed files, '
                      'but the noxfile uses no session.posargs',
                      'pass them on: session.run(..., *session.posargs)')
