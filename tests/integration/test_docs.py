"""The pages in docs/: every link leads somewhere, every command runs."""
import re
import shlex
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.cli import COMMANDS
from tests.support.project import ROOT, Project

PAGES = [*(ROOT / name for name in ('README.md', 'CONTRIBUTING.md')),
         *sorted((ROOT / 'docs').glob('*.md'))]
LINK = re.compile(r'\]\((?!https?:)([^)#\s]+)')
TYPED = re.compile(r'(?m)^\$ (?:\.venv/bin/)?autodevelop (.+)$')
NAMED = re.compile(r'autodevelop ((?:deploy )?[a-z]+)\b')
NOXFILE = """
import nox

@nox.session(python=False, tags=['pre-commit', 'pre-push', 'ci'])
@nox.parametrize('platform', ['linux', 'windows'], ids=['linux', 'windows'])
def tests(session, platform):
    pass
"""


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    links = LINK.findall(page.read_text('utf-8'))
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_commands_that_are_named_exist(page: Path) -> None:
    words = NAMED.findall(page.read_text('utf-8').replace('\n', ' '))
    known = {*COMMANDS, 'service', 'works', 'makes', 'says', 'never', 'from',
             'and', 'itself', 'is', 'was', 'did'}
    unknown = {word for word in words if word not in known
               and word.split()[0] not in known}
    assert not unknown


@pytest.mark.parametrize('command', TYPED.findall(
    (ROOT / 'docs/hooks.md').read_text('utf-8')))
def test_checks_of_the_page_on_hooks_run(
        project: Project, command: str) -> None:
    project.stage('noxfile.py', NOXFILE)
    project.commit()
    project.stage('README.md', 'text\n')
    assert main(shlex.split(command)) == 0


def test_the_page_on_ci_shows_what_is_printed(
        project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / 'docs/ci.md').read_text('utf-8')
    command, = TYPED.findall(text)
    project.stage('noxfile.py', NOXFILE.replace(
        'python=False', 'python=["3"]'))
    project.stage('pyproject.toml',
                  '[tool.autodevelop]\nci = ["github", "appveyor"]\n')
    name = command.replace('tests-3.13(windows)', 'tests-3(windows)')
    assert main(shlex.split(name)) == 2
    printed = capsys.readouterr().err.replace('tests-3(', 'tests-3.13(')
    assert f'$ autodevelop {command}\n{printed}' in text
