"""What may be wrong with the CI files, and with what their jobs need."""
import re
from collections.abc import Iterator
from importlib.metadata import version

from autodevelop.adopt.workflows import read_workflows
from autodevelop.ci import Request, render_all
from autodevelop.ci.branches import main_branch
from autodevelop.ci.template import HEADER
from autodevelop.doctor.project import Project
from autodevelop.errors import Finding
from autodevelop.matrix.plan import of_stage

NOX = re.compile(r'(?m)^nox(?:\[[^\]]*\])?==([\w.]+)')
TOOL = re.compile(r'(?m)^autodevelop\b')


def drift(project: Project) -> Iterator[Finding]:
    """Yield the files that are out of date, or that nothing renders."""
    if not of_stage(project.cells, 'ci'):
        return  # Which the stages say.
    request = Request(project.folder, project.root)
    texts = render_all(request, project.cells, project.settings)
    for path, (now, text) in texts.items():
        name = path.relative_to(project.root).as_posix()
        if now != text:
            yield Finding(f'{name} is out of date with noxfile.py' if now else
                          f'{name} is missing', 'run: autodevelop ci', True)
    start = f'# Rendered from {request.project()}/'.replace(' /', ' ')
    for path in project.root.glob('.github/workflows/*.y*ml'):
        text = path.read_text('utf-8', 'replace')
        if path not in texts and HEADER.match(text) and text.startswith(
                f'{start}noxfile.py'):
            name = path.relative_to(project.root).as_posix()
            yield Finding(f'{name} was written by autodevelop ci, which now '
                          'writes another file', f'run: git rm {name}')


def others(project: Project) -> Iterator[Finding]:
    """Yield the workflows that people wrote and that run nox."""
    if files := read_workflows(project.root).files:
        yield Finding(f'these run nox, too: {", ".join(files)}',
                      'remove from them what the CI file of autodevelop runs')


def branch(project: Project) -> Iterator[Finding]:
    """Yield the main branch of origin where CI does not run on it."""
    main = main_branch()
    given = project.settings.branches
    if main and given and not any(
            main == each or re.search('[*?]', each) for each in given):
        yield Finding(f'CI runs on {", ".join(given)}, but the main branch of '
                      f'origin is {main}',
                      f'write [tool.autodevelop] branch = "{main}"', True)


def platforms(project: Project) -> Iterator[Finding]:
    """Yield the platforms of other workflows on which no cell runs."""
    planned = {cell.platform or 'linux' for cell in project.cells
               if cell.stages}
    missing = [name for name in read_workflows(project.root).platforms
               if name not in planned]
    if missing:
        tests = project.settings.tests[0]
        yield Finding(
            f'other workflows run on {", ".join(missing)}, but no cell does',
            'write [tool.autodevelop.platforms] '
            f'{tests} = ["linux", "{missing[0]}"]')


def lock(project: Project) -> Iterator[Finding]:
    """Yield what the lock file of a job lacks, or pins to another version."""
    settings = project.settings
    if not (name := settings.requirements):
        return
    text = project.text(name)
    if not text:
        yield Finding(f'CI jobs install {name}, which does not exist',
                      'write it, or remove requirements from '
                      '[tool.autodevelop]', True)
    elif not (settings.tool or TOOL.search(text)):
        yield Finding(f'CI jobs run autodevelop, which {name} does not list',
                      'add it, or write [tool.autodevelop] tool = "..."', True)
    pinned, here = NOX.search(text), version('nox')
    if pinned and pinned[1] != here:
        yield Finding(f'CI runs nox {pinned[1]}, but this is nox {here}',
                      f'install the same version: nox=={pinned[1]}')


def checkout(project: Project) -> Iterator[Finding]:
    """Yield what the files need and a CI job does not check out."""
    wanted = project.settings.checkout
    for name, given, needs in (
            ('submodules', wanted.submodules,
             (project.root / '.gitmodules').is_file()),
            ('lfs', wanted.lfs, _has_lfs(project))):
        if needs and not given:
            yield Finding(f'CI does not check out {name}, but the project '
                          'has some',
                          f'write [tool.autodevelop] checkout.{name} = true')


def _has_lfs(project: Project) -> bool:
    path = project.root / '.gitattributes'
    return path.is_file() and b'filter=lfs' in path.read_bytes()


def coverage(project: Project) -> Iterator[Finding]:
    """Yield a session that combines what nothing measures."""
    settings = project.settings
    running = {cell.name for cell in of_stage(project.cells, 'ci')}
    missing = [name for name in settings.tests if name not in running]
    if settings.coverage in running and missing:
        yield Finding(
            f'{settings.coverage} combines the coverage of '
            f'{", ".join(missing)}, which CI does not run',
            'name the sessions that measure it: [tool.autodevelop] tests = '
            '[...]', True)
