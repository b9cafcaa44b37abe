"""What setup.cfg says of the package, against the code and other files."""
import ast
import re
import runpy
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from autodevelop import __version__
from autodevelop.cli import COMMANDS
from tests.support.project import ROOT

pytestmark = pytest.mark.once

METADATA = ConfigParser(interpolation=None)
METADATA.read(ROOT / 'setup.cfg', encoding='utf-8')


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding='utf-8')


@pytest.mark.slow
def test_what_the_harness_imports_is_a_requirement() -> None:
    # The service and the webhook run with the extra `service` installed, and
    # gunicorn's configuration in the environment of a release. The extra
    # `report` brings what reads the data of coverage.
    extra = {'service', 'webhook', 'gunicorn_conf.py', 'covered.py'}
    modules = [path for path in (ROOT / 'autodevelop').rglob('*.py')
               if extra.isdisjoint(path.parts)]
    nodes = [node for path in modules
             for node in ast.walk(ast.parse(path.read_text('utf-8')))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import)
             for alias in node.names} | {
        node.module or '' for node in nodes
        if isinstance(node, ast.ImportFrom)}
    used = {name.partition('.')[0] for name in names}
    declared = {re.split(r'[^a-z0-9-]', line)[0].replace('-', '_')
                for line in METADATA['options']['install_requires'].split()}
    # nox[uv] brings uv.
    assert used - sys.stdlib_module_names - {'autodevelop', 'uv'} <= declared


def test_the_extra_service_is_what_requirements_in_asks_for() -> None:
    asked = [line for line in read('requirements.in').splitlines()
             if not line.startswith('#')]
    extra = METADATA['options.extras_require']['service']
    assert asked == extra.split('\n')[1:]


def test_the_readme_names_the_oldest_python() -> None:
    oldest = METADATA['options']['python_requires'].removeprefix('>=')
    assert f'Python {oldest} or newer' in read('README.md')


def test_the_package_itself_holds_only_the_version() -> None:
    # setuptools reads it without importing what is not installed yet.
    assert re.fullmatch(r"__version__ = '\d+\.\d+\.\d+'\n",
                        read('autodevelop/__init__.py'))


def test_version_changelog_and_tag_agree() -> None:
    newest = re.search(r'(?m)^## (\S+) \(', read('CHANGELOG.md'))
    assert newest and newest[1] == __version__
    tags = subprocess.run(['git', 'tag', '--points-at', 'HEAD'], cwd=ROOT,
                          capture_output=True, text=True).stdout.split()
    assert all(tag == f'v{__version__}' for tag in tags if tag[0] == 'v')


def test_a_release_needs_its_tag_and_its_date(tmp_path: Path) -> None:
    complaints = runpy.run_path(str(ROOT / '.ci/release.py'))['complaints']
    (tmp_path / 'autodevelop').mkdir()
    (tmp_path / 'autodevelop/__init__.py').write_text("__version__ = '1.2'\n")
    changes = tmp_path / 'CHANGELOG.md'
    changes.write_text('# Changelog\n\n## 1.2 (2026-11-27)\n')
    assert complaints('v1.2', tmp_path) == []
    assert complaints('v1.3', tmp_path) == [
        'the tag is v1.3, and the version 1.2']
    changes.write_text('## 1.3 (unreleased)\n\n## 1.2 (2026-11-27)\n')
    assert [line.split()[0] for line in complaints('v1.2', tmp_path)] == [
        'CHANGELOG.md', 'CHANGELOG.md']


@pytest.mark.slow
@pytest.mark.parametrize('url', ['https://example.org/a', ''])
def test_a_release_has_urls_and_absolute_links(
        url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = dict[str, object]()
    monkeypatch.setattr('setuptools.setup', given.update)
    monkeypatch.setenv('PROJECT_URL', url)
    runpy.run_path(str(ROOT / 'setup.py'))
    assert bool(given) == bool(url)
    text = str(given.get('long_description', ''))
    assert not re.findall(r'\]\((?!https?:|#)', text)
    assert (f'({url}/blob/HEAD/docs/adopt.md)' in text) == bool(url)


def test_hooks_of_pre_commit_run_commands_that_exist() -> None:
    hooks = yaml.safe_load(read('.pre-commit-hooks.yaml'))
    entries = [hook['entry'].split() for hook in hooks]
    assert all(entry[0] == 'autodevelop' and entry[1] in COMMANDS
               for entry in entries)
    assert re.search(hooks[0]['files'], 'sub/noxfile.py')
    assert re.search(hooks[0]['files'], '.github/workflows/ci.yml')


@pytest.mark.skipif(sys.platform == 'win32', reason='has no make')
@pytest.mark.parametrize('made', [True, False])
def test_make_clears_what_a_failed_one_left(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: bool) -> None:
    # These tests may run in a make, which would be told of.
    for name in ('MAKELEVEL', 'MAKEFLAGS'):
        monkeypatch.delenv(name, raising=False)
    if made:
        (tmp_path / 'autodevelop').touch()
    planned = subprocess.run(
        ['make', '--dry-run', '--always-make', f'BIN={tmp_path}', 'setup'],
        cwd=ROOT, text=True, capture_output=True, check=True).stdout
    assert (' -m venv --clear ' in planned) != made
