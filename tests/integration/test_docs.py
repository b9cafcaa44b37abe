"""The pages in docs/: every link leads somewhere, every command runs.

tests/acceptance runs the commands of the README and of the pages start, deploy
and webhook.
"""
import ast
import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.cli import COMMANDS
from tests.support.project import ROOT, Project

PAGES = [*(ROOT / name for name in (
    'README.md', 'CONTRIBUTING.md', 'SECURITY.md')),
    *sorted((ROOT / 'docs').glob('*.md'))]
LINK = re.compile(r'\]\((?!https?:)([^)#\s]+)')
TYPED = re.compile(r'(?m)^\$ (?:\.venv/bin/)?autodevelop (.+)$')
FENCED = re.compile(r'(?ms)^```\w*\n(.*?)^```$')
IN_BLOCK = re.compile(r'(?m)(?:^|[$] |/)autodevelop ([a-z-].*)$')
IN_LINE = re.compile(r'`autodevelop ([a-z][^`]+)`')
QUOTED = re.compile(r'(?m)^\| (`.+?`) \|')
BLOCK = re.compile(r'(?ms)^```python\n(.*?)^```$')
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
def test_commands_take_the_options_that_are_named(
        page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in COMMANDS:
        module = f'autodevelop.cli.{name.replace(" ", ".")}'
        monkeypatch.setattr(import_module(module), 'run', lambda options: 0)
    text = page.read_text('utf-8').replace('\\\n', ' ').replace(
        '$unit', 'start.service')
    lines = [line for block in FENCED.findall(text)
             for line in IN_BLOCK.findall(block)]
    for command in [*lines, *IN_LINE.findall(text)]:
        words = [word for word in shlex.split(
            re.split('[<>|&]', command)[0], comments=True) if word != '...']
        # A command that is only named may need more.
        assert ' '.join(words) in COMMANDS or words == ['--help'] or (
            main(words) == 0), command


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


def test_messages_that_are_explained_are_printed() -> None:
    page = (ROOT / 'docs/troubleshooting.md').read_text('utf-8')
    texts = [node.value for path in (ROOT / 'autodevelop').rglob('*.py')
             for node in ast.walk(ast.parse(path.read_text('utf-8')))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    quoted = [part.strip() for row in QUOTED.findall(page)
              for message in re.findall('`(.+?)`', row)
              for part in message.split('...')]
    assert len(quoted) > 50
    assert not [part for part in quoted
                if not any(part in text for text in texts)]


def test_sessions_of_the_cookbook_are_listed(
        project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / 'docs/cookbook.md').read_text('utf-8')
    head, *recipes = BLOCK.findall(page)
    assert len(recipes) > 8
    renamed = [re.sub(r'(?m)^def (\w+)', rf'def \1_{number}', recipe)
               for number, recipe in enumerate(recipes)]
    project.stage('noxfile.py', '\n'.join([head, *renamed]))
    project.stage('pyproject.toml', '\n'.join(re.findall(
        r'(?m)^needs = .*', page)).join(['[tool.autodevelop]\n', '\n']))
    project.commit()
    assert main(['plan']) == 0
    listed = capsys.readouterr().out
    assert all(f'_{number}' in listed for number in range(len(recipes)))
