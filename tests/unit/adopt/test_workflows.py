"""What workflows run, in the words that people use."""
from pathlib import Path

import pytest

from autodevelop.adopt.workflows import Workflows, read_workflows
from tests.conftest import Write

NOTHING = Workflows((), (), (), ())


@pytest.mark.parametrize(('line', 'sessions', 'tags'), [
    ('nox -s lint', ['lint'], []),
    ('uvx nox -s lint tests -- -x', ['lint', 'tests'], []),
    ('python -m nox --session=lint --tag fast', ['lint'], ['fast']),
    ('nox -t lint types', [], ['lint', 'types']),
    ('nox -s "tests-${{ matrix.python }}"', ['tests-*'], []),
    ('nox -s tests-$PYTHON --verbose', ['tests-*'], []),
    ('nox -e "lint', ['lint'], []),
    ('nox --session lint && nox --session docs', ['lint', 'docs'], []),
    ('nox --list', [], []),
])
def test_a_command_names_sessions_and_tags(
        write: Write, tmp_path: Path, line: str, sessions: list[str],
        tags: list[str]) -> None:
    write('.github/workflows/a.yml',
          f'jobs:\n  a:\n    steps:\n      - run: {line}\n')
    assert read_workflows(tmp_path) == Workflows(
        ('.github/workflows/a.yml',), tuple(sessions), tuple(tags), ())


@pytest.mark.parametrize('text', [
    'run: pip install nox\n', 'run: pytest\n',
    '# Rendered from noxfile.py by: autodevelop ci\nrun: nox -s lint\n'])
def test_workflows_without_nox_are_ignored(
        write: Write, tmp_path: Path, text: str) -> None:
    write('.github/workflows/a.yml', text)
    assert read_workflows(tmp_path) == NOTHING


def test_platforms_are_those_of_workflows_that_run_nox(
        write: Write, tmp_path: Path) -> None:
    write('.github/workflows/a.yaml',
          'os: [windows-latest, ubuntu-24.04]\nrun: nox -s a\n')
    write('.github/workflows/b.yml', 'os: [macos-latest]\nrun: make\n')
    assert read_workflows(tmp_path).platforms == ('linux', 'windows')


MATRIX = """
    strategy:
      matrix:
        python: ["3.12", "3.13"]
        session: ['']
        include:
          - session: "integration"
            python: "3.12"
          - session: web(node)
        check:
          - lint
          - docs
    steps:
      - run: nox -s ${{ matrix.check }}
      - run: |
          uvx nox -s "$SESSION"
        env:
          SESSION: ${{ matrix.session || format('test-{0}', matrix.python) }}
      - run: nox -s ${{ matrix.absent }} -s ${{ github.job }} -s a-$B
"""


def test_names_in_a_matrix_and_in_a_variable_are_followed(
        write: Write, tmp_path: Path) -> None:
    write('.github/workflows/a.yml', MATRIX)
    assert set(read_workflows(tmp_path).sessions) == {
        'lint', 'docs', 'integration', 'web(node)', 'test-*', '*', 'a-*'}


@pytest.mark.parametrize(('text', 'default'), [
    ('  - run: nox\n', True), ('run: |\n  uvx nox --force-color\n', True),
    ('run: pip install nox\n', False), ('run: nox --list\n', False),
    ('jobs:\n  nox:\n', False)])
def test_a_command_may_name_no_session(
        write: Write, tmp_path: Path, text: str, default: bool) -> None:
    write('.github/workflows/a.yml', text)
    assert read_workflows(tmp_path).default == default
