"""What five providers' files are for noxfiles of every kind."""
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from autodevelop.ci import MATRICES, PROVIDERS, Request, render_all
from autodevelop.matrix.plan import of_stage, read_plan
from autodevelop.matrix.settings import read_settings

from .act import clean_environment, program
from .providers import load
from .test_provider_files import CHECKS, faults_for_appveyor

SESSION = '@nox.session({})\ndef {}(session):\n    session.log("x")\n\n\n'


def noxfile(*sessions: tuple[str, str], before: str = '') -> str:
    """A noxfile of sessions: each its decorator's arguments and its name."""
    return 'import nox\n\n' + before + ''.join(
        SESSION.format(arguments, name) for arguments, name in sessions)


TESTS = ("python=['3.11', '3.13']", 'tests')
PLAIN = noxfile(TESTS, ('', 'lint'))
BY_PLATFORM = """import nox


@nox.session(python=['3.12', '3.13'])
@nox.parametrize('platform', ['linux', 'macos', 'windows'])
def tests(session, platform):
    pass
"""
BY_PARAMETERS = """import nox


@nox.session(python=['3.12', '3.13'])
@nox.parametrize('django', ['4.2', '5.2'], ids=['django 4', "it's 5"])
@nox.parametrize('url', ['sqlite://', 'postgresql://a:b@127.0.0.1/x?y=$z'])
def tests(session, django, url):
    pass
"""
MANY = """import nox


@nox.session(python=False)
@nox.parametrize('number', list(range(NUMBER)))
def tests(session, number):
    pass
"""
KINDS: Mapping[str, tuple[str, str]] = {
    'plain': (PLAIN, ''),
    'no Python': (noxfile(('python=False', 'tests')), ''),
    'no environment': (noxfile(('venv_backend="none"', 'tests')), ''),
    'PyPy and free threads': (
        noxfile(("python=['pypy3.11', '3.14t', '3.15']", 'tests')), ''),
    'a range': (noxfile(("python='>=3.12,<3.14'", 'tests')), ''),
    'a path': (noxfile(("python='/usr/bin/python3'", 'tests')), ''),
    'backend uv': (noxfile(("venv_backend='uv|virtualenv'", 'tests')), ''),
    'conda': (noxfile(("python='3.12', venv_backend='conda'", 'tests')), ''),
    'old Pythons': (noxfile(("python=['2.7', '3.6', '3.8']", 'tests')), ''),
    'parameters': (BY_PARAMETERS, ''),
    'platforms': (BY_PLATFORM, ''),
    'a cell': (noxfile(('', 'tests')), ''),
    '256 cells': (MANY.replace('NUMBER', '256'), ''),
    '600 cells': (MANY.replace('NUMBER', '600'), ''),
    'some by default': (noxfile(
        TESTS, ('', 'publish'),
        before='nox.options.sessions = ["tests"]\n\n\n'), ''),
    'tags of stages': (noxfile(("tags=['pre-commit', 'ci']", 'lint'),
                               ("tags=['pre-push', 'ci']", 'tests')), ''),
    'a tag deploy': (noxfile(("tags=['deploy']", 'tests')), ''),
    'tags of others': (
        noxfile(("tags=['style']", 'lint'), ("tags=['slow']", 'tests')),
        '[tool.autodevelop.stages]\nci = ["tag:style", "tests"]\n'),
    'single cells': (PLAIN, '[tool.autodevelop.stages]\n'
                     'ci = ["tests-3.13"]\npre-push = ["lint"]\n'),
    'a script': (
        '# /// script\n# dependencies = ["nox"]\n# ///\n' + PLAIN, ''),
    'a noxfile that prints': (noxfile(TESTS, before='print("reading")\n'), ''),
    'names of its own': (noxfile(
        ('name="mypy: types & more"', 'a'), ('name="\u00fcber #1"', 'b'),
        ('name="yes"', 'c'), ('name="3.10"', 'd'), ('name="a,b"', 'e')), ''),
    'coverage': (noxfile(TESTS, ("requires=['tests-3.13']", 'coverage')),
                 '[tool.autodevelop]\ncoverage = "coverage"\n'),
    'coverage not by default': (
        noxfile(TESTS, ('default=False', 'cov-report')).replace(
            'def cov-report', 'def cov_report').replace(
            'default=False', 'name="cov-report", default=False'),
        '[tool.autodevelop]\ncoverage = "cov-report"\n'),
    'upload': (PLAIN, '[tool.autodevelop]\nupload = '
               '"uvx codecov-cli upload-process # \'all\' of it"\n'),
    'platforms by a setting': (PLAIN, '[tool.autodevelop.platforms]\n'
                               'tests = ["linux", "macos", "windows"]\n'),
    'windows alone': (PLAIN, '[tool.autodevelop.platforms]\n'
                      'tests = ["windows"]\nlint = ["windows"]\n'),
    'runners': (BY_PLATFORM, '[tool.autodevelop.runners]\n'
                '"tests-*linux*" = "ubuntu-24.04-arm"\n'
                '"tests-*windows*" = "windows-11-arm"\n'),
    'may fail': (PLAIN, '[tool.autodevelop]\nmay_fail = ["*-3.13*"]\n'
                 'timeout_minutes = 5\n'),
    'environments': (PLAIN, '[tool.autodevelop]\n'
                     'environments = ["production", "staging"]\n'),
    'environments, and no last session': (
        noxfile(('', 'tests')), '[tool.autodevelop]\n'
        'environments = ["production"]\nbranch = "release/1.x"\n'),
    'branches': (PLAIN, '[tool.autodevelop]\n'
                 'branch = ["main", "7.*", "release/**"]\n'),
    'a version': (PLAIN, '[tool.autodevelop]\ntool = "1.0"\n'
                  'with = ["nox-poetry>=1,<2", "PyYAML"]\n'),
    'a commit': (PLAIN, '[tool.autodevelop]\ntool = "git+https://example.org/'
                 f'o/autodevelop@{"a" * 40}"\n'),
    'a wheel': (PLAIN, '[tool.autodevelop]\n'
                'tool = "tools/autodevelop-1.0-py3-none-any.whl"\n'),
    'a lock': (PLAIN, '[tool.autodevelop]\nrequirements = "ci/my lock.txt"\n'),
    'checkout': (PLAIN, '[tool.autodevelop.checkout]\nfetch-depth = 1\n'
                 'submodules = true\nlfs = true\n'),
}


def render(folder: Path, kind: str) -> Path:
    """Write the files of all providers that take it."""
    folder.mkdir()
    text, settings_text = KINDS[kind]
    (folder / 'noxfile.py').write_text(text, encoding='utf-8')
    (folder / 'pyproject.toml').write_text(settings_text, encoding='utf-8')
    settings = read_settings(folder)
    cells = read_plan(folder, settings, clean_environment())
    names = [name for name, each in PROVIDERS.items() if any(
        (cell.platform or 'linux') in each.PLATFORMS
        for cell in of_stage(cells, 'ci'))]
    texts = render_all(Request(folder, folder, names), cells, settings)
    for path, (_, new) in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(new.encode())
    if 'gitlab' in names:
        (folder / 'cells.yml').write_text(MATRICES['gitlab'].plan(
            of_stage(cells, 'ci'), settings, {}), encoding='utf-8')
    # Nothing is left to change.
    assert not [path for path, (now, new) in render_all(
        Request(folder, folder, names), cells, settings).items()
        if now != new]
    return folder


@pytest.fixture(scope='module')
def rendered(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp('noxfiles')
    return [render(root / str(number), kind)
            for number, kind in enumerate(KINDS)]


def test_they_are_thirty_and_more() -> None:
    assert len({*KINDS.values()}) == len(KINDS) >= 30


@pytest.mark.parametrize('check', CHECKS)
def test_files_are_clean_as_pedants_would_have_them(
        rendered: list[Path], check: str) -> None:
    name, (tool, *arguments) = CHECKS[check]
    if check == 'zizmor':
        arguments.append('--pedantic')
    if check == 'actionlint' and shutil.which('shellcheck'):
        arguments.remove('-shellcheck=')
    paths = [folder / name for folder in rendered if (folder / name).exists()]
    done = subprocess.run(
        [program(tool), *arguments, *map(str, paths)], cwd=rendered[0].parent,
        env=clean_environment(), capture_output=True, text=True,
        encoding='utf-8')
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(paths) >= 30


def test_appveyor_has_documented_keys_alone(rendered: list[Path]) -> None:
    paths = [path for folder in rendered
             if (path := folder / PROVIDERS['appveyor'].PATH).exists()]
    assert len(paths) >= 4
    for path in paths:
        assert not faults_for_appveyor(load(path.read_text('utf-8')))
