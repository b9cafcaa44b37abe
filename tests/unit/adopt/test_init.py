"""autodevelop init in real repositories."""
import io
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.cli import init
from autodevelop.system.git import Repository
from tests.support.project import Project

pytestmark = [pytest.mark.once, pytest.mark.usefixtures('listed_in_forks')]

Capture = pytest.CaptureFixture[str]
NOXFILE = """
import nox


@nox.session(python=False)
def lint(session):
    pass


@nox.session(python=['3.12', '3.13'])
def tests(session):
    pass


@nox.session(python=False)
@nox.parametrize('os', ['linux'])
def unit(session, os):
    pass


@nox.session(name='e 2.e', default=False)
def odd(session):
    pass
"""
WORKFLOW = """
os: [ubuntu-latest, macos-latest]
run: nox -s lint tests unit "e 2.e"
"""


@pytest.fixture
def tried(project: Project, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were added before the stage pre-commit was tried."""
    added = list[Path]()

    def try_out(repository: Repository, names: Iterable[Path]) -> bool:
        added.extend(names)
        return True

    monkeypatch.setattr(init, '_try_out', try_out)
    project.stage('noxfile.py', NOXFILE)
    project.stage('pyproject.toml', '[project]\nname = "a"\n')
    project.stage('.github/workflows/ci.yml', WORKFLOW)
    project.commit()
    return added


def test_a_repository_is_set_up_once(
        project: Project, tried: list[Path], capsys: Capture) -> None:
    project.write('pyproject.toml', '[project]\nname = "a"')
    assert main(['init', '--dry-run']) == 1
    assert project.git('diff', '--name-only') == 'pyproject.toml\n'
    shown = capsys.readouterr().out
    assert '+pre-push = ["lint", "tests", "unit"]' in shown
    assert ('\n-name = "a"\n\\ No newline at end of file\n+name = "a"\n'
            ) in shown
    assert main(['init', '--yes']) == 0
    assert project.read('pyproject.toml') == """\
[project]
name = "a"

[tool.autodevelop]
github = ".github/workflows/nox.yml"

[tool.autodevelop.stages]
pre-commit = ["lint"]
pre-push = ["lint", "tests", "unit"]
ci = ["lint", "tests", "unit", "e 2.e"]

[tool.autodevelop.platforms]
tests = ["linux", "macos"]
"""
    assert project.read('.github/workflows/ci.yml') == WORKFLOW
    assert 'Rendered from' in project.read('.github/workflows/nox.yml')
    assert (project.folder / '.git/hooks/pre-commit').exists()
    assert {path.name for path in tried} == {
        'noxfile.py', 'nox.yml', 'pyproject.toml'}
    said = capsys.readouterr().err
    assert 'git add .github/workflows/nox.yml pyproject.toml' in said
    assert 'run nox as well; remove duplicates: .github/workflo' in said
    assert main(['init', '--dry-run']) == 0
    assert main(['init']) == 0
    assert 'nothing to change' in capsys.readouterr().err


def test_the_answer_decides(
        project: Project, tried: list[Path], capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('sys.stdin', io.StringIO('y\n'))
    assert main(['init']) == 2
    assert 'hint: write the files without asking: autodevelop init --yes' in (
        capsys.readouterr().err)
    monkeypatch.setattr(sys.stdin, 'isatty', lambda: True)
    monkeypatch.setattr('builtins.input', lambda prompt: 'n')
    assert main(['init']) == 1
    assert not tried
    monkeypatch.setattr('builtins.input', lambda prompt: 'y')
    assert main(['init']) == 0
    assert tried


def test_a_noxfile_is_made_where_there_is_none(
        project: Project, tried: list[Path], capsys: Capture) -> None:
    project.git('rm', '-q', 'noxfile.py', 'pyproject.toml')
    assert main(['init', '--yes']) == 2
    assert 'nothing to draft one from' in capsys.readouterr().err
    project.write('packages/a/noxfile.py', 'import nox\n')
    assert main(['init', '--yes']) == 2
    assert 'hint: cd packages/a\n' in capsys.readouterr().err
    project.write('.pre-commit-config.yaml', 'repos: []\n')
    assert main(['init', '--yes']) == 0
    assert 'pre-commit' in project.read('noxfile.py')
    assert 'noxfile.py was drafted from .pre-commit-config.yaml' in (
        capsys.readouterr().err)


@pytest.mark.slow
def test_a_draft_reads_the_pythons_of_the_project(
        project: Project, tried: list[Path]) -> None:
    project.git('rm', '-q', 'noxfile.py')
    name = 'Programming Language :: Python :: 3'
    project.write('pyproject.toml', f"""[project]
classifiers = ["{name}.11", "{name}.12", "{name}.13"]
[dependency-groups]
test = ["pytest"]
""")
    assert main(['init', '--yes']) == 0
    assert 'ci = ["tests"]' in project.read('pyproject.toml')


@pytest.mark.parametrize('text', [
    b'\xef\xbb\xbf[project]\n', b'[project]\nname = "\xe9"\n'])
def test_a_file_that_is_not_toml_stays(
        project: Project, tried: list[Path], capsys: Capture,
        text: bytes) -> None:
    path = project.folder / 'pyproject.toml'
    path.write_bytes(text)
    project.write('test_a.py', '')
    for name in ('noxfile.py', 'gone.py'):  # Then a noxfile is drafted.
        if name == 'gone.py':
            (project.folder / 'noxfile.py').rename(project.folder / name)
        assert main(['init', '--yes']) == 2
        assert 'error: cannot read pyproject.toml: ' in capsys.readouterr().err
        assert path.read_bytes() == text


@pytest.mark.slow
@pytest.mark.parametrize(('config', 'session'), [
    ('', 'for style'),
    ('.pre-commit-config.yaml', 'that runs "pre-commit run --all-files"')])
def test_stages_that_check_nothing_are_named(
        project: Project, tried: list[Path], capsys: Capture,
        config: str, session: str) -> None:
    project.write('noxfile.py', 'import nox\n\n\n'
                  '@nox.session\ndef rename(session):\n    pass\n')
    project.git('rm', '-q', '.github/workflows/ci.yml')
    if config:
        project.write(config, 'repos: []\n')
    assert main(['init', '--yes']) == 0
    said = capsys.readouterr().err
    assert f'a commit checks nothing: add a session {session}, and' in said
    assert 'a push checks nothing: add a session that runs the tests' in said


def test_stage_tags_are_settings_enough(
        project: Project, tried: list[Path], capsys: Capture) -> None:
    project.write('noxfile.py', NOXFILE.replace(
        "['3.12', '3.13']", "False, tags=['pre-push']"))
    project.git('rm', '-q', '.github/workflows/ci.yml')
    assert main(['init', '--yes']) == 0
    assert project.read('pyproject.toml') == '[project]\nname = "a"\n'
    assert not tried
    assert not (project.folder / '.github').exists()
    assert 'add a session for style, and' in capsys.readouterr().err
    project.write('.pre-commit-config.yaml', '')
    assert main(['init', '--dry-run']) == 0
    assert 'session that runs "pre-commit run --all-files", and' in (
        capsys.readouterr().err)


def test_a_bare_repository_is_refused(
        project: Project, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    project.git('init', '-q', '--bare', 'bare.git')
    monkeypatch.chdir('bare.git')
    assert main(['init']) == 2
    assert 'in a clone' in capsys.readouterr().err


@pytest.mark.parametrize('status', [0, 1])
def test_what_would_be_committed_is_tried_out(
        project: Project, capsys: Capture, monkeypatch: pytest.MonkeyPatch,
        status: int) -> None:
    listed = list[str]()

    def run(command: list[str], variables: dict[str, str],
            folder: Path) -> int:
        monkeypatch.setenv('GIT_INDEX_FILE', variables['GIT_INDEX_FILE'])
        listed.extend(project.git('ls-files').splitlines())
        monkeypatch.delenv('GIT_INDEX_FILE')
        return status

    monkeypatch.setattr(init, 'run_foreground', run)
    (project.folder / '.git/index').unlink(missing_ok=True)
    project.write('noxfile.py', NOXFILE)
    if status:
        project.stage('a.txt', '')
    assert main(['init', '--yes']) == status
    assert listed == ['.github/workflows/ci.yml',
                      *(['a.txt'] if status else []),
                      'noxfile.py', 'pyproject.toml']
    said = capsys.readouterr().err
    assert ('the stage pre-commit took ' in said) == (not status)
    assert ('pre-commit does not pass yet' in said) == bool(status)
    assert project.git('ls-files') == ('a.txt\n' if status else '')
