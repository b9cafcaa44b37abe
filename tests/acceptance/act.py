"""Run a workflow with act, without Docker, and read what it did.

act's help tells what the flags do; it is silent on these:

- ``-self-hosted`` runs a job's steps as processes of this machine. act looks
  at ``runs-on: ${{ matrix.runner }}`` once for all rows of a matrix, so that
  each label needs a ``-P``, and every row runs here.
- A .actrc, .env, .secrets, .vars or .input in the folder it starts in would
  be read; hence the folder of its own and the empty files.
- All of its environment reaches the steps.
"""
import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autodevelop.matrix.interpreters import search_path

WORKFLOW = '.github/workflows/ci.yml'
RUNNERS = ('ubuntu-latest', 'macos-latest', 'windows-latest')
ACTIONS = Path(__file__).parent / 'actions'
USES = re.compile(
    r'uses: (?P<repository>[\w-]+/(?P<name>[\w-]+))[\w/-]*'
    r'@(?P<pin>[0-9a-f]{40})')
MINUTES = 20

Event = tuple[str, Mapping[str, Any]]
"""The name of an event, and its payload."""

PUSH: Event = ('push', {})

# What nox, pytest, a hook, a virtual environment and a CI leave behind.
LEFT = re.compile(
    'ACTIONS_|AUTODEVELOP_|CI$|CODECOV_|COV|FORCE_COLOR|GIT_|GITHUB_|INPUT_|'
    'NOX|PYTEST|PYTHON|RUNNER_|UV_PROJECT|UV_PYTHON$|VIRTUAL_ENV')


class Job(NamedTuple):
    """A job, or one row of a job's matrix.

    result: success, failure, or unfinished where act did not say.
    steps: the results of the steps that ran, by their names.
    outputs: those of all steps.
    """

    result: str
    steps: dict[str, str]
    outputs: dict[str, str]
    summary: str
    log: str


def program(name: str) -> str:
    """Find a program beside this Python, or on PATH."""
    folders = os.pathsep.join([str(Path(sys.executable).parent),
                               os.environ.get('PATH', os.defpath)])
    found = shutil.which(name, path=folders)
    assert found, f'{name} is not installed'
    return found


def clean_environment() -> dict[str, str]:
    """What a shell would hand on that knows nothing of this run."""
    clean = {key: value for key, value in os.environ.items()
             if not LEFT.match(key)}
    beside = str(Path(sys.executable).parent)
    return clean | {'PATH': os.pathsep.join([beside, search_path()])}


def run_workflow(project: Path, scratch: Path, event: Event = PUSH,
                 variables: Mapping[str, str] = {},
                 options: Sequence[str] = ()) -> dict[str, Job]:
    """Push to a project, as far as its workflow can tell; uv stays offline.

    A row of a matrix is named after its cells: ``cell lint``.

    event: another than a push; to main, where its payload names no ref.
    variables: what the steps see besides; ACT_CACHE is the folder of what
        actions/cache keeps from one run to the next.
    options: more of act's own.

    Raises TimeoutExpired after MINUTES.
    """
    scratch.mkdir()
    act = subprocess.Popen(
        [*_command(project, scratch, event), *options], cwd=scratch,
        env={**_environment(scratch), 'ACT_PROJECT': str(project),
             **variables},
        text=True, encoding='utf-8', stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        output, messages = act.communicate(timeout=60 * MINUTES)
    except BaseException:
        # Not kill(), after which the steps would run on.
        act.terminate()
        act.communicate(timeout=60)
        raise
    jobs = read_jobs(output)
    assert jobs, messages
    return jobs


def read_jobs(output: str) -> dict[str, Job]:
    """Read act's events, which are a line of JSON each."""
    events = defaultdict(list)
    for event in map(json.loads, output.splitlines()):
        if 'jobID' in event:
            row = event['matrix'].get('name', '')
            events[f'{event["jobID"]} {row}'.strip()].append(event)
    return {name: _read_job(each) for name, each in events.items()}


def _command(project: Path, scratch: Path, event: Event) -> list[str]:
    name, payload = event
    (scratch / 'event.json').write_text(json.dumps(
        {'ref': 'refs/heads/main', **payload}), encoding='utf-8')
    workflow = (project / WORKFLOW).read_text(encoding='utf-8')
    nothing = ('--env-file', '--secret-file', '--var-file', '--input-file')
    config = os.environ.get('XDG_CONFIG_HOME', Path.home() / '.config')
    return [
        program('act'), name, '--directory', str(project),
        '--eventpath', str(scratch / 'event.json'), '--defaultbranch', 'main',
        '--workflows', WORKFLOW, '--json', '--rm',
        '--action-offline-mode', '--action-cache-path', str(scratch / 'cache'),
        '--no-cache-server', '--container-daemon-socket', '-',
        '--artifact-server-addr', '127.0.0.1',
        '--cache-server-addr', '127.0.0.1',
        '--secret', 'GITHUB_TOKEN=', '--env', 'GITHUB_REPOSITORY=owner/repo',
        '--env', f'XDG_CONFIG_HOME={config}',
        *(f'{option}={os.devnull}' for option in nothing),
        *(f'--platform={runner}=-self-hosted' for runner in RUNNERS),
        *{f'--local-repository={found["repository"]}@{found["pin"]}='
          f'{ACTIONS / found["name"]}' for found in USES.finditer(workflow)
          if (ACTIONS / found['name']).is_dir()},
    ]


def _environment(scratch: Path) -> dict[str, str]:
    return clean_environment() | {
        'ACT_ARTIFACTS': str(scratch / 'artifacts'),
        'ACT_CACHE': str(scratch / 'caches'),
        'ACT_DISABLE_VERSION_CHECK': '1',
        'NO_COLOR': '1',
        'UV_OFFLINE': '1',
        # CI lets nox download a missing Python; here it shall be missing.
        'UV_PYTHON_DOWNLOADS': 'never',
        'XDG_CONFIG_HOME': str(scratch / 'config'),
    }


def _read_job(events: list[dict[str, Any]]) -> Job:
    steps = {event['step']: event['stepResult'] for event in events
             if 'stepResult' in event and event.get('stage') == 'Main'}
    results = [event['jobResult'] for event in events if 'jobResult' in event]
    result = results[-1] if results else 'unfinished'
    # A row's is failure as soon as another row has failed; its steps' is not.
    if result == 'failure' and events[0]['matrix'] and (
            'failure' not in steps.values()):
        result = 'success'
    return Job(
        result, steps,
        outputs={event['name']: event['arg'] for event in events
                 if event.get('command') == 'set-output'},
        summary=''.join(event['content'] for event in events
                        if event.get('command') == 'summary'),
        log=''.join(event['msg'] for event in events
                    if event.get('raw_output')),
    )
