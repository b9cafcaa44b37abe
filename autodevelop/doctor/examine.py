"""The topics of doctor, and what each looks at."""
import itertools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from autodevelop.doctor import clone, sessions, workflows
from autodevelop.doctor.project import Project
from autodevelop.errors import AutodevelopError, Finding
from autodevelop.git_hooks.status import defects
from autodevelop.matrix.manifest import NO_CACHE, no_noxfile
from autodevelop.matrix.plan import read_plan
from autodevelop.matrix.projects import project_elsewhere
from autodevelop.matrix.settings import Settings, read_settings
from autodevelop.system.git import Repository

Topic = Callable[[Project], Iterable[Finding]]

TOPICS: Mapping[str, tuple[Topic, ...]] = {
    'noxfile': (sessions.pythons, sessions.old_pythons, sessions.backends,
                sessions.stages, sessions.file_names),
    'ci': (workflows.drift, workflows.others, workflows.branch,
           workflows.platforms, workflows.lock, workflows.checkout,
           workflows.coverage, sessions.doubtful),
    'hooks': (lambda project: defects(project.repository, project.root),
              clone.messages),
    'files': (clone.ignored, clone.submodules),
    'rooms': (clone.rooms,)}


def examine(repository: Repository, root: Path,
            folder: Path) -> list[tuple[str, Finding]]:
    """Return findings, each with its topic; the worst first in each topic.

    root: of the work tree.
    folder: of the noxfile.
    """
    found, settings = _settings(folder)
    project = Project(repository, root, folder, settings, [])
    if not (folder / 'noxfile.py').exists():
        found.append(('noxfile', _wrong(
            project_elsewhere(repository) or no_noxfile())))
    elif not found:
        try:
            project = project._replace(
                cells=read_plan(folder, settings, NO_CACHE))
        except AutodevelopError as error:
            found.append(('noxfile', _wrong(error)))
    # Without a plan nothing can be said of what depends on it.
    topics = [*TOPICS] if not found else ['hooks', 'files', 'rooms']
    for topic in topics:
        every = itertools.chain.from_iterable(
            _look(look, project) for look in TOPICS[topic])
        found += [(topic, each) for each in sorted(
            every, key=lambda each: not each.wrong)]
    return found


def _settings(folder: Path) -> tuple[list[tuple[str, Finding]], Settings]:
    try:
        return [], read_settings(folder)
    except AutodevelopError as error:
        return [('settings', _wrong(error))], Settings()


def _look(look: Topic, project: Project) -> list[Finding]:
    """What one look finds; an error of it is a finding, too."""
    try:
        return [*look(project)]
    except AutodevelopError as error:
        return [_wrong(error)]
    except Exception as error:  # One bug must not hide what others find.
        return [Finding(f'cannot examine this: {error!r}',
                        'report it as a bug of autodevelop doctor', True)]


def _wrong(error: AutodevelopError) -> Finding:
    return Finding(error.message, error.hint, True)
