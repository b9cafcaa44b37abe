"""Run the jobs of rendered files on this machine, as the providers would."""
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from autodevelop.ci import provider

from .act import clean_environment, program
from .conftest import CACHES, git

VARIABLE = 'AUTODEVELOP_CELLS'


class Job(NamedTuple):
    """What a provider does on one machine.

    set_up: the scripts that bring nox; ``script`` are those that follow.
        Each is a shell of its own, and the first that fails is the last.
    at_last: what runs even then.
    one_shell: all of them are one script instead.
    keeps: the paths that are handed on; after a failure too, where
        ``keeps_always``.
    gathers: whether it gets what jobs before it handed on.
    needs_all: whether it runs only where each job before it has passed.
    """

    name: str
    variables: Mapping[str, str]
    set_up: Sequence[str]
    script: Sequence[str]
    at_last: Sequence[str] = ()
    one_shell: bool = False
    keeps: Sequence[str] = ()
    keeps_always: bool = False
    gathers: bool = False
    needs_all: bool = False


class Ran(NamedTuple):
    """How a job ended, and the folder of its clone."""

    status: int
    log: str
    clone: Path


class _Loader(yaml.SafeLoader):
    """Reads what GitLab reads: a reference is the list of its keys."""


def _reference(loader: yaml.SafeLoader, node: yaml.Node) -> list[Any]:
    assert isinstance(node, yaml.SequenceNode)
    return loader.construct_sequence(node)


_Loader.add_constructor('!reference', _reference)


def load(text: str) -> Any:
    """Read YAML, that of GitLab as well."""
    return yaml.load(text, _Loader)


def autodevelop(project: Path, *arguments: str,
                status: int | None = 0) -> subprocess.CompletedProcess[str]:
    """Run the command in a project, with the project's own sources."""
    done = subprocess.run(
        [sys.executable, '-m', 'autodevelop', *arguments], cwd=project,
        env=clean_environment(), capture_output=True, text=True,
        encoding='utf-8')
    assert status in (None, done.returncode), done.stdout + done.stderr
    return done


def rendered(project: Path, name: str) -> Any:
    """Render a provider's file, if it is not there, and read it."""
    path = project / provider(name).PATH
    if name != 'github' and not path.exists():
        autodevelop(project, 'ci', name)
    return load(path.read_text(encoding='utf-8'))


def appveyor(project: Path) -> list[Job]:
    """The jobs of AppVeyor's matrix."""
    file = rendered(project, 'appveyor')
    # This machine's environments have other folders, and other slashes.
    install, script = ([line.replace('Scripts', 'bin').replace('\\', '/')
                        for line in file[key]]
                       for key in ('install', 'test_script'))
    return [Job(row['job_name'], {VARIABLE: row[VARIABLE]}, install, script)
            for row in file['environment']['matrix']]


def travis(project: Path) -> list[Job]:
    """The jobs of Travis CI, which exports what ``env`` says."""
    file = rendered(project, 'travis')
    return [Job(row['name'], {}, [*file['before_install'], *file['install']],
                [f'export {row["env"]}', *file['script']], one_shell=True)
            for row in file['jobs']['include']]


def circleci(project: Path) -> list[Job]:
    """The jobs of CircleCI's workflow."""
    file = rendered(project, 'circleci')
    jobs = []
    for entry in file['workflows']['ci']['jobs']:
        (kind, given), = entry.items()
        text = yaml.safe_dump(file['jobs'][kind]['environment'])
        variables = {name: value.replace('<< parameters.cells >>',
                                         given.get('cells', ''))
                     for name, value in yaml.safe_load(text).items()}
        steps = file['jobs'][kind]['steps']
        runs = [step['run'] for step in steps if 'run' in step]
        runs = [run if isinstance(run, dict) else {'command': run}
                for run in runs]
        jobs.append(Job(
            given['name'].replace('\\<<', '<<'), variables,
            [step['run']['command']
             for step in file['commands']['set-up']['steps']
             if step != 'checkout'],
            [run['command'] for run in runs if 'when' not in run],
            [run['command'] for run in runs if run.get('when') == 'always'],
            keeps=[path for step in steps if 'persist_to_workspace' in step
                   for path in step['persist_to_workspace']['paths']],
            gathers=any('attach_workspace' in step for step in steps),
            needs_all='requires' in given))
    return jobs


def gitlab_plan(project: Path) -> tuple[Job, str]:
    """The job of GitLab that plans, and the file that becomes a pipeline."""
    file = rendered(project, 'gitlab')
    job, (included,) = file['plan'], file['cells']['trigger']['include']
    assert included['job'] == 'plan'
    return Job('plan', {}, [], job['script'], one_shell=True,
               keeps=job['artifacts']['paths']), included['artifact']


def gitlab_child(text: str) -> list[Job]:
    """The jobs of the child pipeline, by their stages."""
    file = load(text)
    jobs = []
    for stage in file['stages']:
        for name in file:
            job = _extended(file, name)
            if not name.startswith('.') and job.get('stage') == stage:
                jobs.append(Job(
                    name, job['variables'], job['before_script'],
                    job['script'], job.get('after_script', ()),
                    one_shell=True, keeps=job['artifacts']['paths'],
                    keeps_always=job['artifacts']['when'] == 'always',
                    gathers=stage != file['stages'][0]))
    return jobs


def _extended(file: Any, name: str) -> dict[str, Any]:
    job = file[name]
    if not isinstance(job, dict):
        return {}
    base = _extended(file, job['extends']) if 'extends' in job else {}
    return {**base, **job}


class Machines:
    """Machines on which jobs run: each has a fresh clone, and little else.

    They share a home, which is not ours.

    programs: those that the provider's machines have.
    """

    def __init__(self, project: Path, folder: Path,
                 programs: Sequence[str] = ()) -> None:
        self.project, self.folder = project, folder
        self.count = 0
        for name in ('bin', 'home'):
            (folder / name).mkdir(parents=True)
        for name in programs:
            (folder / 'bin' / name).symlink_to(program(name))

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[str, Ran]]:
        """Run jobs one after another, each with its name."""
        handed_on = self.folder / f'handed-on-{self.count}'
        passed = True
        for job in jobs:
            if passed or not job.needs_all:
                ran = self._run(job, handed_on)
                passed = passed and not ran.status
                yield job.name, ran

    def _run(self, job: Job, handed_on: Path) -> Ran:
        self.count += 1
        clone = self.folder / str(self.count) / 'project'
        git(self.folder, 'clone', '--quiet', str(self.project), str(clone))
        if job.gathers:
            shutil.copytree(handed_on, clone, dirs_exist_ok=True)
        scripts = [*job.set_up, *job.script]
        if job.one_shell:
            scripts = ['\n'.join(scripts)]
        status, log = self.shells(clone, scripts, job.variables)
        more, last = self.shells(clone, job.at_last, job.variables)
        for name in job.keeps:
            kept = clone / name
            if kept.is_dir() and (job.keeps_always or not status):
                shutil.copytree(kept, handed_on / name, dirs_exist_ok=True)
        return Ran(status or more, log + last, clone)

    def shells(self, folder: Path, scripts: Sequence[str],
               variables: Mapping[str, str]) -> tuple[int, str]:
        """Run scripts until one fails; its status, and what was printed."""
        log = ''
        for script in scripts:
            done = subprocess.run(
                ['bash', '-eo', 'pipefail', '-c', script], cwd=folder,
                env={**self._environment(), 'GITHUB_WORKSPACE': str(folder),
                     'RUNNER_TEMP': str(folder.parent), 'BIN': 'bin',
                     **variables}, text=True,
                encoding='utf-8', stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            log += done.stdout
            if done.returncode:
                return done.returncode, log
        return 0, log

    def _environment(self) -> dict[str, str]:
        """What this machine has cached and installed is there, too."""
        data = Path.home() / '.local' / 'share'
        caches = CACHES
        clean = clean_environment()
        beside = str(Path(sys.executable).parent)
        path = [name for name in clean['PATH'].split(os.pathsep)
                if name != beside]
        return {
            'UV_CACHE_DIR': str(caches / 'uv'),
            'UV_PYTHON_INSTALL_DIR': str(data / 'uv' / 'python'),
            'PIP_CACHE_DIR': str(caches / 'pip'),
            'PYENV_ROOT': str(Path.home() / '.pyenv'), **clean,
            'CI': 'true', 'TRAVIS_OS_NAME': 'linux',
            'UV_OFFLINE': '1', 'UV_PYTHON_DOWNLOADS': 'never',
            'PIP_NO_COMPILE': '1',  # It takes half of pip's time.
            'HOME': str(self.folder / 'home'),
            'PATH': os.pathsep.join([str(self.folder / 'bin'), *path]),
        }
