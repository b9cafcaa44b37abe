"""A noxfile of what a repository has instead of one."""
import ast
import sys
from pathlib import Path

import pytest

from autodevelop.adopt.draft import draft_noxfile
from autodevelop.adopt.tox import tox_environments
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.interpreters import Interpreter
from tests.conftest import Write

FOUND = [Interpreter('cpython', f'3.{sys.version_info[1]}.1', False)]


def drafted(folder: Path) -> tuple[str, tuple[str, ...]]:
    draft = draft_noxfile(folder, FOUND)
    ast.parse(draft.text)
    assert max(map(len, draft.text.splitlines())) < 80
    assert "'" not in draft.text  # black would rewrite it.
    return draft.text, draft.sources


@pytest.mark.parametrize(('value', 'names'), [
    ('env_list = py311, py312', ['py311', 'py312']),
    ('envlist =\n    py{311,312}-{a, b}\n    lint',
     ['py311-a', 'py311-b', 'py312-a', 'py312-b', 'lint']),
    ('env_list = py3{11-12}, py{py3}', ['py311', 'py312', 'pypy3']),
    ('skipsdist = true', []),
    ('[nonsense', []),
])
def test_the_environments_of_tox_are_expanded(
        write: Write, tmp_path: Path, value: str, names: list[str]) -> None:
    write('tox.ini', f'[tox]\n{value}\n')
    assert tox_environments(tmp_path) == names


@pytest.mark.parametrize(('name', 'content', 'names'), [
    ('setup.cfg', '[tox:tox]\nenvlist = py312, lint\n', ['py312', 'lint']),
    ('pyproject.toml', '[tool.tox]\nlegacy_tox_ini = """\n[tox]\n'
     'envlist = py312\n"""\n', ['py312']),
    ('tox.ini', '[testenv]\ncommands = pytest\n', ['py']),
    ('tox.ini', '[flake8]\nmax-line-length = 99\n', []),
])
def test_environments_may_be_in_other_places(
        write: Write, tmp_path: Path, name: str, content: str,
        names: list[str]) -> None:
    write(name, content)
    assert tox_environments(tmp_path) == names


@pytest.mark.parametrize('name', ['tox.toml', 'pyproject.toml'])
def test_environments_in_toml_are_expanded(
        write: Write, tmp_path: Path, name: str) -> None:
    table = '[tool.tox]\n' if name == 'pyproject.toml' else ''
    write(name, f"""{table}env_list = ['lint', {{ product = [
        {{ prefix = 'py3', start = 11, stop = 12 }}, ['a', 'b']] }}]""")
    assert tox_environments(tmp_path) == [
        'lint', 'py311-a', 'py311-b', 'py312-a', 'py312-b']


def test_tox_and_pre_commit_become_sessions(
        write: Write, tmp_path: Path) -> None:
    write('tox.ini', '[tox]\nenvlist = py312\n')
    write('.pre-commit-config.yaml', 'repos: []\n')
    write('requirements-dev.txt', 'pytest\n')
    text, sources = drafted(tmp_path)
    assert sources == ('.pre-commit-config.yaml', 'the environments of tox')
    assert 'def tests(' in text and 'run_tox(session, "py312")' in text
    assert '"pre-commit", "run", "--all-files"' in text
    assert 'requirements-dev' not in text


@pytest.mark.parametrize(('name', 'content', 'install'), [
    ('pyproject.toml', '[project]\nname = "a"\n'
     '[dependency-groups]\ntest = ["pytest"]\n',
     'session.install("-e", ".", *group)'),
    ('pyproject.toml', '[project]\nname = "a"\n'
     '[project.optional-dependencies]\ndev = ["pytest>8"]\n',
     '"-e", ".[dev]"'),
    ('pyproject.toml', '[dependency-groups]\n'
     'test = [{include-group = "core"}]\n',
     'session.install(*group)'),
    ('pyproject.toml', '[dependency-groups]\ntest = ["mock"]\n'
     'dev = ["ruff"]\n', '"pytest", *group'),
    ('pyproject.toml', '[tool.poetry.group.test.dependencies]\npytest = "*"',
     '(*poetry, "install", "--with", "test")'),
    ('pyproject.toml', '[tool.poetry.dev-dependencies]\npytest = "*"',
     '(*poetry, "install", "--with", "dev")'),
    ('pyproject.toml', '[tool.poetry.group.test.dependencies]\nmock = "*"',
     'session.install("pytest")'),
    ('requirements-dev.txt', 'pytest\n', '"-r", "requirements-dev.txt"'),
    ('tests/requirements.txt', 'pytest\n', '"-r", "tests/requirements.txt"'),
    ('tests/test_a.py', '', 'session.install("pytest")'),
    ('setup.cfg', '[options.extras_require]\ntest = pytest\n',
     '"-e", ".[test]"'),
    ('setup.py', 'setup(extras_require={"test": ["pytest"]})\n',
     '"-e", ".[test]"'),
])
def test_what_tests_need_is_installed(
        write: Write, tmp_path: Path, name: str, content: str,
        install: str) -> None:
    write(name, content)
    assert install in drafted(tmp_path)[0]


def test_the_requirements_of_an_application_are_installed(
        write: Write, tmp_path: Path) -> None:
    write('requirements.txt', 'flask\n')
    write('test_app.py', '')
    assert '"-r", "requirements.txt", "pytest"' in drafted(tmp_path)[0]


def test_a_setup_py_is_installed_beside_what_tests_need(
        write: Write, tmp_path: Path) -> None:
    write('setup.py', 'setup()\n')
    write('setup.cfg', '[nonsense')
    write('requirements-dev.txt', 'flake8\n')
    write('test-requirements.txt', 'pytest\n')
    assert 'install("-e", ".", "-r", "test-requirements.txt")' in (
        drafted(tmp_path)[0])


@pytest.mark.parametrize(('pyproject', 'options', 'source'), [
    ('[dependency-groups]\ntest = ["pytest"]\n', ['--group=test'],
     'dependency-groups.test and uv.lock'),
    ('[project.optional-dependencies]\ntest = ["pytest"]\n'
     '[tool.uv.workspace]\n', ['--all-packages', '--extra=test'],
     'the extra test and uv.lock'),
    ('[tool.poetry.dev-dependencies]\npytest = "1"\n', [],
     'the group dev of poetry and uv.lock'),
    ('', ['pytest'], 'uv.lock'),
])
def test_tests_run_with_what_uv_lock_says(
        write: Write, tmp_path: Path, pyproject: str, options: list[str],
        source: str) -> None:
    write('pyproject.toml', pyproject)
    write('uv.lock', '')
    write('tests/test_a.py', '')
    text, sources = drafted(tmp_path)
    tests = text.partition('"--locked",')[2].partition('session.run(')[0]
    named = [word for word in tests.split('"') if word in (
        '--all-packages', '--group=test', '--extra=test', 'pytest')]
    assert (named, sources) == (options, (source,))


def test_a_django_project_without_pytest_runs_its_manage_py(
        write: Write, tmp_path: Path) -> None:
    write('manage.py', '')
    write('requirements.txt', 'django\n')
    text, sources = drafted(tmp_path)
    assert sources == ('manage.py',)
    assert 'install("-r", "requirements.txt")' in text
    assert 'session.run("python", "manage.py", "test", *' in text
    write('requirements-dev.txt', 'pytest-django\n')
    assert 'session.run("pytest", *session' in drafted(tmp_path)[0]


def test_doctests_of_modules_leave_out_the_noxfile(
        write: Write, tmp_path: Path) -> None:
    write('tests/test_a.py', '')
    write('.pytest.ini', '[pytest]\naddopts = --doctest-modules\n')
    assert '"pytest", "--ignore=noxfile.py", *s' in drafted(tmp_path)[0]


@pytest.mark.parametrize(('versions', 'python'), [
    (['3', '3.12'], ''),
    (['3', '3.11', '3.12'], '(python=nox.project.python_versions(PROJECT))'),
])
def test_tests_run_on_the_pythons_of_the_classifiers(
        write: Write, tmp_path: Path, versions: list[str], python: str,
        ) -> None:
    listed = [f'Programming Language :: Python :: {each}' for each in versions]
    write('pyproject.toml', f'[project]\nname = "a"\nclassifiers = {listed}\n'
          '[dependency-groups]\ntest = ["pytest"]\n')
    text = drafted(tmp_path)[0]
    assert f'@nox.session{python}\ndef tests' in text
    assert text.count('load_toml') == 1


def test_packages_side_by_side_are_tested_together(
        write: Write, tmp_path: Path) -> None:
    project = '[project]\nname = "a"\n'
    for name, extras in (('libs/core', '[project.optional-dependencies]\n'
                          'dev = ["pytest"]\n'), ('app', ''), ('none', '')):
        write(f'{name}/pyproject.toml', project + extras)
    write('ruff/pyproject.toml', '[tool.ruff]\n')
    write('tests/data/pyproject.toml', project)
    for name in ('libs/core', 'app', 'ruff'):
        write(f'{name}/tests/test_a.py', '')
    text, sources = drafted(tmp_path)
    assert sources == ('the tests in app, libs/core',)
    assert ('PACKAGES = [\n    "app",\n    "libs/core[dev]",\n    "none",\n]\n'
            'TESTED = [\n    "app",\n    "libs/core",\n]\n') in text


def test_a_tox_that_workflows_left_behind_is_not_run(
        write: Write, tmp_path: Path) -> None:
    write('tox.ini', '[tox]\nenvlist = py312\n')
    write('pyproject.toml', '[tool.poetry.group.dev.dependencies]\n'
          'pytest = "*"\n')
    assert drafted(tmp_path)[1] == ('the environments of tox',)
    write('.github/workflows/ci.yml', 'run: tox')
    assert drafted(tmp_path)[1] == ('the environments of tox',)
    write('.github/workflows/ci.yml', 'run: poetry run pytest')
    assert drafted(tmp_path)[1] == ('the group dev of poetry',)
    write('pyproject.toml', '')
    assert drafted(tmp_path)[1] == ('the environments of tox',)


def test_packages_that_workflows_install_are_installed_for_the_tests(
        write: Write, tmp_path: Path) -> None:
    write('pyproject.toml', '[project]\nname = "a"\n'
          '[project.optional-dependencies]\ndev = ["pytest"]\n')
    write('packages/core/pyproject.toml', '[project]\nname = "b"\n')
    write('.github/workflows/ci.yml',
          'run: pip install -e packages/core -e ./packages/none -e ".[dev]"')
    assert 'session.install("-e", "./packages/core", "-e", ".[dev]")' in (
        drafted(tmp_path)[0])
    write('packages/none/pyproject.toml', '[project]\nname = "c"\n')
    assert 'install(\n        "-e",\n        "./packages/core",\n' in (
        drafted(tmp_path)[0])


def test_a_hook_that_depends_on_the_branch_is_left_out(
        write: Write, tmp_path: Path) -> None:
    write('.pre-commit-config.yaml', 'id: no-commit-to-branch')
    assert 'env={"SKIP": "no-commit-to-branch"},' in drafted(tmp_path)[0]


def test_settings_of_ruff_become_a_session(
        write: Write, tmp_path: Path) -> None:
    write('pyproject.toml', '[tool.ruff]\n')
    text, sources = drafted(tmp_path)
    assert 'session.run("ruff", "check"' in text
    assert sources == ('ruff',)
    write('pyproject.toml', '')
    with pytest.raises(AutodevelopError, match='nothing to draft'):
        draft_noxfile(tmp_path, FOUND)
    write('ruff.toml', '')
    assert 'ruff' in drafted(tmp_path)[0]


@pytest.mark.parametrize(('name', 'content', 'lines'), [
    ('pyproject.toml', '[dependency-groups]\n'
     'dev = ["black>=26", "flake8", "flake8-isort; python_version > \'3\'", '
     '{include-group = "docs"}]\n', [
         'install("flake8", "flake8-isort", "black>=26")',
         'run("flake8", *paths)', 'run("black", "--check", *paths)']),
    ('pyproject.toml', '[tool.ruff]\n[project.optional-dependencies]\n'
     'lint = ["ruff==0.15"]\n',
     ['install("ruff==0.15")', 'run("ruff", "check", *paths)']),
    ('pyproject.toml', '[tool.poetry.dev-dependencies]\nflake8 = "*"\n'
     '[tool.poetry.group.style.dependencies]\nblack = "*"\n', [
         'install("flake8", "black")', 'run("flake8", *paths)',
         'run("black", "--check", *paths)']),
    ('uv.lock', '[[package]]\nname = "ruff"\nversion = "0.15.1"\n'
     '[[package]]\nname = "a"\n', [
         'install("ruff==0.15.1", "black>=26")',
         'run("ruff", "check", *paths)',
         'run("black", "--check", *paths)']),
    ('requirements-dev.txt', 'flake8==7.3.0  # style\n'
     'flake8-bugbear==25.10.21\nflake8-quotes==3.4.0\n', [
         'install(', 'run("flake8", *paths)']),
])
def test_linters_that_a_project_requires_become_a_session(
        write: Write, tmp_path: Path, name: str, content: str,
        lines: list[str]) -> None:
    write(name, content)
    if name == 'uv.lock':
        write('pyproject.toml', '[tool.ruff]\n[dependency-groups]\n'
              'dev = ["ruff>=0.15", "black>=26"]\n')
    lint = drafted(tmp_path)[0].partition('def lint(')[2].partition('@')[0]
    assert [line.strip().removeprefix('session.')
            for line in lint.splitlines() if 'session.' in line][1:] == lines


def test_of_the_linters_those_that_the_workflows_run_become_a_session(
        write: Write, tmp_path: Path) -> None:
    write('requirements-dev.txt', 'flake8\nruff\n')
    assert drafted(tmp_path)[1][0] == 'ruff and flake8'
    write('.github/workflows/ci.yml', 'run: ruff check && ruff format --diff')
    text, sources = drafted(tmp_path)
    assert sources[0] == 'ruff'
    assert 'session.run("ruff", "format", "--check", *paths)' in text


def test_environments_of_tox_are_sessions_by_their_names(
        write: Write, tmp_path: Path) -> None:
    write('tox.ini', '[tox]\nenvlist = pep8, py3{12,99}-{a,b}, py312-mypy, '
          'py, docs, clean, coverage-report, py312-dev\n')
    draft = draft_noxfile(tmp_path, FOUND)
    assert draft.sources == (
        'the environments of tox without clean and coverage-report',)
    assert [line for line in draft.text.splitlines()
            if line.startswith(('def ', '    run_tox', '    "py'))] == [
        'def run_tox(session: nox.Session, env: str) -> None:',
        'def lint(session: nox.Session) -> None:',
        '    run_tox(session, "pep8")',
        'def types(session: nox.Session) -> None:',
        '    run_tox(session, "py312-mypy")',
        '    "py312-a",', '    "py312-b",', '    "py399-a",', '    "py399-b",',
        '    "py",', '    "py312-dev",',
        'def tests(session: nox.Session, env: str) -> None:',
        '    run_tox(session, env)',
        'def tox(session: nox.Session) -> None:',
        '    run_tox(session, "docs")']


def test_a_push_runs_the_environment_of_the_newest_python_here(
        write: Write, tmp_path: Path) -> None:
    here = f'py3{sys.version_info[1]}'
    write('tox.ini', f'[tox]\nenvlist = py, {here}-django61, {here}-django52, '
          'py399, pypy3, py314t, py399-mypy-x3, py399-mypy, py398-mypy\n')
    assert draft_noxfile(tmp_path, FOUND).at_push == {
        'tests': [f'tests({here}-django61)'],
        'types': ['types(py399-mypy)']}


def test_type_checkers_of_the_project_pass_over_the_draft(
        write: Write, tmp_path: Path) -> None:
    write('.pre-commit-config.yaml', 'repos: [] # mirrors-mypy')
    write('pyproject.toml', '[tool.pyright]\n')
    assert draft_noxfile(tmp_path, FOUND).text.startswith(
        '# mypy: ignore-errors\n'
        '# pyright: basic, reportMissingImports=false\n"""What')


def test_without_anything_there_is_no_draft(
        write: Write, tmp_path: Path) -> None:
    write('pyproject.toml', '[dependency-groups\n')
    with pytest.raises(AutodevelopError, match='nothing to draft'):
        draft_noxfile(tmp_path, FOUND)
