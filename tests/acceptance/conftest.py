"""A small project with the real workflow, and what act makes of it."""
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from playwright.sync_api import Browser, Page, sync_playwright

from autodevelop.matrix.interpreters import (
    is_present, read_listing, start_listing,
)
from autodevelop.matrix.manifest import read_manifest

from .act import PUSH, Event, Job, clean_environment, program, run_workflow

ROOT = Path(__file__).parents[2]
NEVER = '3.99'
"""A Python that no machine has."""

CACHES = Path(os.environ.get('XDG_CACHE_HOME', Path.home() / '.cache'))
"""Where uv and pip keep what they downloaded."""
TAKEN = ['.ci', '.github', 'autodevelop', 'pyproject.toml', 'setup.cfg']
FILES = {
    'noxfile.py': Path(__file__).with_name('small_noxfile.py').read_text(),
    'lint.py': '',
    'small.py': 'def half(number):\n    return number // 2\n',
    # The small noxfile measures in one session.
    'pyproject.toml': (ROOT / 'pyproject.toml').read_text().replace(
        'tests = ["tests", "integration"]', 'tests = ["tests"]'),
    'test_small.py': 'import small\n\nassert small.half(5) == 2\n',
    # Read before setup.cfg, which measures the real project.
    '.coveragerc': '[run]\ninclude = small.py\nrelative_files = true\n'
                   '[report]\nfail_under = 100\n',
}

Run = Callable[..., dict[str, Job]]


@pytest.fixture(scope='session')
def pythons() -> dict[str, bool]:
    """The noxfile's Pythons and NEVER, and whether they are here."""
    named = {each.python for each in read_manifest(ROOT)}
    found = read_listing(start_listing())
    return {python: is_present(python, found)
            for python in sorted({*named, NEVER}, key=str)
            if isinstance(python, str)}


@pytest.fixture(scope='session')
def here(tmp_path_factory: pytest.TempPathFactory,
         pythons: dict[str, bool]) -> list[str]:
    """Two Pythons of this machine, or the one that it has.

    For each that it has, uv knows what the workflow installs.
    """
    folder = tmp_path_factory.mktemp('environments')
    here = [python for python in pythons if pythons[python]]
    for python in here:
        fill_cache(folder / python, python)
    return here[-2:]


@pytest.fixture(scope='session')
def run_ci(tmp_path_factory: pytest.TempPathFactory,
           here: list[str]) -> Run:
    """Run the workflow on what make_project makes of the arguments."""
    def run(pythons: Sequence[str], silent: Sequence[str] = (),
            files: Mapping[str, str] = {}, event: Event = PUSH,
            variables: Mapping[str, str] = {}) -> dict[str, Job]:
        folder = tmp_path_factory.mktemp('workflow')
        project = make_project(folder / 'project', pythons, silent, files)
        return run_workflow(project, folder / 'scratch', event, variables)

    return run


@pytest.fixture(scope='module')
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the Chrome of GitHub's runners."""
    program = shutil.which('chromium') or shutil.which('google-chrome')
    assert program, 'install a browser: apt-get install chromium'
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=['--no-sandbox'])
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, path: Path) -> Iterator[Page]:
    """Show a page, which neither complains nor loads anything."""
    complaints, loaded = list[str](), list[str]()
    with browser.new_page() as page:
        page.on('console', lambda message: complaints.append(message.text))
        page.on('pageerror', lambda error: complaints.append(str(error)))
        page.on('request', lambda request: loaded.append(request.url))
        page.goto(path.as_uri())
        yield page
        assert complaints == []
        assert {*loaded} == {path.as_uri()}


def fill_cache(folder: Path, python: str) -> None:
    """Have uv fetch what the workflow installs, if it has not yet."""
    commands = [
        ['venv', '--python', python, str(folder)],
        ['pip', 'install', '--python', str(folder), '--require-hashes',
         '-r', str(ROOT / 'test-requirements.txt')],
        ['run', '--no-project', '--isolated', '--with-requirements',
         str(ROOT / '.ci/codecov.txt'), 'python', '--version'],
    ]
    for command in commands:
        run_uv(folder.parent, *command)


def run_uv(folder: Path, *command: str) -> None:
    """Run uv with what it has cached, and otherwise online."""
    for offline in ['--offline'], []:
        done = subprocess.run(
            # Not in this checkout, whose environment uv would take.
            [program('uv'), *offline, *command], cwd=folder,
            env=clean_environment(), capture_output=True, text=True)
        if done.returncode == 0:
            return
    raise AssertionError(done.stderr)


@cache
def small_lock() -> str:
    """What of the lock autodevelop runs on: a third of the packages.

    Without the others a job installs in 0.4 instead of 4.9 s of CPU.
    """
    left = [Requirement('autodevelop[report]'), Requirement('setuptools')]
    needed = set[tuple[str, str]]()
    while left:
        each = left.pop()
        for extra in ('', *each.extras):
            if (key := (canonicalize_name(each.name), extra)) not in needed:
                needed.add(key)
                left += [more for text in requires(each.name) or []
                         if not (more := Requirement(text)).marker
                         or more.marker.evaluate({'extra': extra})]
    names = {name for name, _ in needed}
    whole = (ROOT / 'test-requirements.txt').read_text(encoding='utf-8')
    return ''.join(entry for entry in re.split(r'(?m)^(?=\w)', whole)
                   if re.split(r'[^\w.-]', entry)[0] in names)


def make_project(project: Path, pythons: Sequence[str],
                 silent: Sequence[str] = (),
                 files: Mapping[str, str] = {}) -> Path:
    """Commit a small project beside what the workflow needs of this one.

    silent: the Pythons whose cells bring no coverage.
    files: texts that are other than usual.
    """
    cells = json.dumps({'pythons': pythons, 'silent': silent})
    files = {**FILES, 'cells.json': cells,
             'test-requirements.txt': small_lock(), **files}
    listed = git(ROOT, 'ls-files', '-z', '--cached', '--others',
                 '--exclude-standard', '--', *TAKEN)
    for name in filter(None, listed.split('\0')):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, project / name)
    for name, text in files.items():
        (project / name).write_text(text, encoding='utf-8', newline='\n')
    git(project, 'init', '--quiet', '--initial-branch=main')
    git(project, 'add', '--all')
    git(project, '-c', 'user.name=A', '-c', 'user.email=a@example.org',
        'commit', '--quiet', '--message=Add the project')
    return project


def git(folder: Path, *arguments: str) -> str:
    """Run git, apart from what its user has configured."""
    environment = {**clean_environment(), 'GIT_CONFIG_GLOBAL': os.devnull}
    return subprocess.run(
        [program('git'), *arguments], cwd=folder, env=environment, check=True,
        capture_output=True, text=True, encoding='utf-8').stdout
