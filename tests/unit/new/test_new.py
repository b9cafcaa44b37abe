"""autodevelop new: what it writes, and where it does not."""
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.ci import tool
from autodevelop.matrix.manifest import read_manifest
from autodevelop.new.project import TEMPLATES, package_of
from tests.support.project import NO_CONFIG, ROOT, Project

pytestmark = pytest.mark.once

Capture = pytest.CaptureFixture[str]
URL = 'https://example.org/autodevelop'
RECORD = {'url': URL, 'vcs_info': {'vcs': 'git', 'commit_id': 'c0ffee'}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
           listed_in_forks: None) -> Path:
    monkeypatch.setattr(tool, 'read_record', lambda: RECORD)
    for name, value in NO_CONFIG.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_project_is_committed_with_its_ci_files(
        folder: Path, capfd: Capture) -> None:
    assert main(['new', 'web-shop']) == 0
    assert capfd.readouterr().err.endswith(
        'created web-shop; next: cd web-shop && make\n')
    made = Project(folder / 'web-shop')
    assert made.git('status', '--porcelain') == ''
    assert made.git('log', '--format=%s') == 'Start web-shop\n'
    assert {path.name for path in folder.iterdir()} == {'web-shop'}
    names = set(made.git('ls-files').split())
    assert {'.gitignore', '.flake8', '.github/workflows/ci.yml',
            '.appveyor.yml', 'web_shop/app.py', 'Makefile',
            '.githooks/pre-commit', 'requirements.txt'} <= names
    settings = tomllib.loads(made.read('pyproject.toml'))['tool'][
        'autodevelop']
    assert settings['tool'] == f'git+{URL}@c0ffee'
    assert settings['deploy']['application'] == 'web_shop:create_app()'
    text = made.read('.github/workflows/ci.yml')
    assert f'autodevelop[report] @ git+{URL}@c0ffee' in text
    assert main(['ci', '--check']) == 0
    assert made.read('noxfile.py').count('\n') <= 45
    assert 'from web_shop import create_app' in made.read('tests/test_app.py')


@pytest.mark.slow
def test_a_bare_one_has_no_service(folder: Path, capfd: Capture) -> None:
    assert main(['new', 'shop', '--bare']) == 0
    made = Project(folder / 'shop')
    text = ''.join(made.read(name) for name in (
        'Makefile', 'README.md', 'test-requirements.txt', 'pyproject.toml'))
    assert 'flask' not in text.lower()
    assert made.git('ls-files', 'shop') == 'shop/__init__.py\n'
    assert 'next: cd shop && make' in capfd.readouterr().err


def test_without_an_identity_or_a_public_origin_it_says_so(
        folder: Path, capfd: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, 'read_record', lambda: {'url': 'file:///here'})
    monkeypatch.setenv('GIT_AUTHOR_NAME', '')
    assert main(['new', 'shop']) == 0
    said = capfd.readouterr().err
    assert 'not committed yet: fatal: empty ident name' in said
    assert "run there: git commit --message 'Start shop'" in said
    assert 'a CI job cannot install autodevelop from file:///here' in said
    assert 'A  noxfile.py' in Project(folder / 'shop').git('status', '-s')


def test_nothing_is_written_where_something_is(
        folder: Path, capfd: Capture) -> None:
    (folder / 'shop').mkdir()
    assert main(['new', 'shop']) == 2
    assert 'error: shop already exists\n' in capfd.readouterr().err
    subprocess.run(['git', 'init', '-q'], check=True)
    assert main(['new', 'other']) == 2
    assert 'already in a git repository' in capfd.readouterr().err
    assert not (folder / 'other').exists()


@pytest.mark.parametrize('name', ['Shop', '../shop', '1', 'a-', 'json', 'if'])
def test_names_that_no_package_can_have(name: str, capfd: Capture) -> None:
    assert main(['new', name]) == 2
    assert repr(name) in capfd.readouterr().err or package_of(f'{name}-x')


@pytest.mark.slow
def test_both_noxfiles_agree_where_they_do_the_same(folder: Path) -> None:
    assert main(['new', 'shop']) == 0
    new, own = ({each.name: each for each in read_manifest(path)}
                for path in (folder / 'shop', ROOT))
    assert [(name, each.tags) for name, each in new.items()] == [
        (name, own[name].tags) for name in new]
    texts = [(path / 'noxfile.py').read_text('utf-8') for path in (
        folder / 'shop', ROOT)]
    for start in ('PYTHONS = ', 'HERE = ', 'GATE = ', 'LOCKED = ',
                  'nox.options.'):
        # Sorted: here the newest Python comes first.
        line, ours = ([sorted(line.partition('  #')[0])
                       for line in text.splitlines()
                       if line.startswith(start)] for text in texts)
        assert line == ours


def test_locks_have_the_versions_that_are_tested_here() -> None:
    tested = (ROOT / 'test-requirements.txt').read_text('utf-8')
    locks = sorted(TEMPLATES.glob('*/*requirements.txt'))
    assert len(locks) == 3
    for lock in locks:
        pins = [line for line in lock.read_text('utf-8').splitlines()
                if line[:1].isalpha()]
        assert [pin for pin in pins if pin.split(' ')[0] not in tested] == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == 'win32', reason='has no make')
def test_make_lists_its_targets(
        folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # These tests may run in a make, which would be told of.
    monkeypatch.delenv('MAKELEVEL', raising=False)
    monkeypatch.delenv('MAKEFLAGS', raising=False)
    assert main(['new', 'shop']) == 0
    listed = subprocess.run(['make', 'help'], cwd=folder / 'shop', text=True,
                            check=True, capture_output=True).stdout
    assert [line.split()[0] for line in listed.splitlines()] == [
        'check', 'run', 'setup', 'lock', 'help']
