"""The project's own noxfile, run on a small project in its place."""
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autodevelop.matrix.interpreters import (
    PLATFORM, is_present, read_listing, start_listing,
)
from autodevelop.matrix.manifest import read_manifest
from tests.support.project import write_launcher

from .act import clean_environment

ROOT = Path(__file__).parents[2]
TAKEN = ['noxfile.py', 'pyproject.toml', 'setup.cfg', 'test-requirements.txt',
         '.ci/lint.py', '.ci/measure.py', '.ci/style.py', '.ci/structure.py',
         *(str(path.relative_to(ROOT)) for pattern in ('*.py', '*.jinja')
           for path in ROOT.glob(f'autodevelop/**/{pattern}'))]
# In the service, since setup.cfg names every module of the harness.
HALF = 'autodevelop/service/half.py'
FILES = {
    HALF: 'def half(number: int) -> int:\n'
          '    if number:\n        number //= 2\n'
          '    return number\n',
    'tests/unit/test_half.py':
        'from autodevelop.service.half import half\n\n\n'
        'def test_half() -> None:\n    assert half(4) == 2\n',
    # The other branch; a number that is no source may be another.
    'tests/integration/test_zero.py':
        'from pathlib import Path\n\nimport pytest\n\n'
        'from autodevelop.service.half import half\n\n\n'
        '@pytest.mark.core\ndef test_number() -> None:\n'
        "    number = int(Path('number').read_text())\n"
        '    assert half(number) == number // 2\n',
    'number': '0\n',
    # Read before setup.cfg, which measures the others, too.
    '.coveragerc': '[run]\nbranch = true\nrelative_files = true\n'
                   'include = */half.py\n',
}


PICTURE = b'\x89PNG\0\xff'
FAULTS = [
    ('quotes.py', 'x = "1"\n', 'Q000'),
    ('naming.py', 'def Half() -> None:\n    pass\n', 'N802'),
    ('long.py', f"x = '{'1' * 80}'\n", 'E501'),
    ('debugger.py', 'import pdb\n\npdb.set_trace()\n', 'T100'),
    ('printing.py', 'print(1)\n', 'T201'),
    ('spaces.py', 'x=1\n', 'E225'),
    ('end.md', 'no newline', 'no newline at the end'),
    ('letters.py', "x = '\xfc'\n", 'non-ASCII'),
    ('gr\xfc\xdfe.md', '', 'file name with non-ASCII'),
    ('CamelCase.py', '', 'not snake_case'),
    ('merge.md', '<<<<<<< ours\n', 'Merge conflict string'),
    ('large.md', 'large\n' * 100_000, 'exceeds 500 KB'),
    ('-dash.py', 'x=1\n', 'E225'),
    ('a space.py', 'x = "1"\n', 'Q000'),
]
"""Files, and what the session lint says of each."""


@pytest.fixture(scope='module', autouse=True)
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have the hooks find autodevelop: a session's environment has none."""
    folder = tmp_path_factory.mktemp('bin')
    write_launcher(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('PATH', os.environ['PATH'] + os.pathsep + str(folder))
        yield


@pytest.fixture(scope='module')
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp('small')
    for name in TAKEN:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    found = read_listing(start_listing())
    here = [each.python for each in read_manifest(ROOT) if each.python
            and each.parameters.get('platform') == PLATFORM
            and is_present(str(each.python), found)]
    # Each Python takes ten seconds.
    noxfile = folder / 'noxfile.py'
    noxfile.write_text(re.sub(r'PYTHONS = .*', f'PYTHONS = {here[:2]}',
                              noxfile.read_text(), count=1), newline='\n')
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, newline='\n')
    subprocess.run(['git', 'init', '--quiet', folder], check=True)
    subprocess.run(['git', 'add', '.'], cwd=folder, check=True)
    return folder


@pytest.fixture(scope='module')
def cells(small: Path) -> list[str]:
    """The cells that measure coverage; each can run here."""
    return [each.session for each in read_manifest(small)
            if each.name in ('tests', 'integration')
            and each.parameters.get('platform', PLATFORM) == PLATFORM]


def nox(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, '-m', 'nox', '--nocolor', *arguments], cwd=folder,
        env=clean_environment(), text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)


def test_coverage_is_combined_and_a_cell_without_any_is_named(
        small: Path, cells: list[str]) -> None:
    assert nox(small, '--session', cells[0]).returncode == 0
    run = nox(small, '--session', 'coverage')
    assert (run.returncode == 0) == (len(cells) == 1)
    assert all(cell in run.stdout for cell in cells[1:])
    assert cells[0] not in run.stdout
    run = nox(small, '--session', *cells[1:], 'coverage')
    assert run.returncode == 0, run.stdout
    assert '100%' in run.stdout


def test_a_branch_that_no_cell_took_fails_the_gate(
        small: Path, cells: list[str]) -> None:
    (small / 'number').write_text('2\n')
    run = nox(small, '--session', *cells, 'coverage')
    (small / 'number').write_text(FILES['number'])
    assert run.returncode == 1
    assert 'is less than fail-under=100' in run.stdout


def test_coverage_of_other_sources_is_none(
        small: Path, cells: list[str]) -> None:
    source = small / HALF
    source.write_text(f'{FILES[HALF]}# changed\n')
    run = nox(small, '--session', 'coverage')
    source.write_text(FILES[HALF])
    assert run.returncode == 1
    assert f'no up-to-date coverage data from {", ".join(cells)}' in (
        run.stdout)


def test_a_cell_of_another_platform_is_skipped(
        small: Path, cells: list[str]) -> None:
    other = 'windows' if PLATFORM == 'macos' else 'macos'
    cell = cells[0].replace(PLATFORM, other)
    run = subprocess.run(
        [sys.executable, '-m', 'nox', '--session', cell], cwd=small,
        env=clean_environment() | {'AUTODEVELOP_PLATFORMS': 'all'},
        text=True, capture_output=True)
    assert f'needs {other}' in run.stderr
    assert not list(small.glob(f'results/*{other}'))


def test_files_are_checked_and_left_as_they_are(small: Path) -> None:
    for name, content, _ in FAULTS:
        (small / name).write_text(content, encoding='utf-8', newline='\n')
    run = nox(small, '--session', 'lint', '--', '--check',
              *(name for name, _, _ in FAULTS))
    for name, content, said in FAULTS:
        path = small / name
        assert path.read_bytes() == content.encode()
        path.unlink()
        assert any(ascii(name)[1:-1] in line and said in line
                   for line in run.stdout.splitlines()), (name, run.stdout)
    assert run.returncode == 1


def test_a_file_without_a_fault_passes(small: Path) -> None:
    path = small / 'fine.py'
    path.write_text('x = 1\n', encoding='utf-8', newline='\n')
    run = nox(small, '--session', 'lint', '--', '--check', 'fine.py')
    path.unlink()
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize(('content', 'said'), [
    ('x = 1\n' * 221, f'{HALF}:221: file has 221 lines'),
    pytest.param(
        'import autodevelop.errors\n\nx = autodevelop.errors\n',
        'autodevelop.service.half -> autodevelop.errors',
        marks=pytest.mark.long),
])
def test_the_structure_is_checked_when_no_file_is_named(
        small: Path, content: str, said: str) -> None:
    source = small / HALF
    source.write_text(content, encoding='utf-8', newline='\n')
    named = nox(small, '--session', 'lint', '--', HALF)
    run = nox(small, '--session', 'lint')
    source.write_text(FILES[HALF], encoding='utf-8', newline='\n')
    assert named.returncode == 0, named.stdout
    assert said in run.stdout
    assert run.returncode == 1


def test_without_names_the_whole_project_is_fixed(small: Path) -> None:
    source, prose = small / HALF, small / 'prose.md'
    source.write_text(FILES[HALF].replace(': int', ':int'))
    prose.write_text('prose')
    (small / 'picture.png').write_bytes(PICTURE)
    subprocess.run(['git', 'add', '.'], cwd=small, check=True)
    run = nox(small, '--session', 'lint')
    subprocess.run(['git', 'add', '.'], cwd=small, check=True)
    assert run.returncode == 0, run.stdout
    assert prose.read_text() == 'prose\n'
    assert (small / 'picture.png').read_bytes() == PICTURE
    assert source.read_text() == FILES[HALF]


def git(folder: Path, *arguments: str,
        **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ['git', '-c', f'core.hooksPath={ROOT / "hooks"}', '-c', 'user.name=A',
         '-c', 'user.email=a@example.org', *arguments], cwd=folder,
        env=clean_environment() | variables, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


@pytest.mark.parametrize(('content', 'status'), [
    ("x = '1'\n", 0), ('x = "1"\n', 1)])
def test_the_hook_lets_in_what_is_clean(
        small: Path, content: str, status: int) -> None:
    (small / 'staged.py').write_text(content, newline='\n')
    (small / 'unstaged.py').write_text('x = "1"\n', newline='\n')
    git(small, 'add', 'staged.py')
    run = git(small, 'commit', '--message=Add it')
    (small / 'unstaged.py').unlink()
    assert run.returncode == status, run.stdout
    assert ('Q000' in run.stdout) == bool(status)
    git(small, 'reset', '--quiet', '--hard')


def test_the_hook_checks_a_file_that_was_renamed(small: Path) -> None:
    git(small, 'mv', HALF, HALF.replace('half', 'Half'))
    run = git(small, 'commit', '--message=Rename it')
    git(small, 'reset', '--quiet', '--hard')
    assert run.returncode == 1
    assert 'not snake_case' in run.stdout


def test_a_push_of_what_has_to_be_mended_is_refused(
        small: Path, tmp_path: Path) -> None:
    git(small, 'init', '--quiet', '--bare', str(tmp_path))
    (small / 'spaces.py').write_text('x=1\n', newline='\n')
    git(small, 'add', 'spaces.py')
    git(small, 'commit', '--no-verify', '--message=Add it')
    # All the others would take a minute.
    run = git(small, 'push', str(tmp_path), 'HEAD', AUTODEVELOP_SKIP=(
        'types,tests,integration,coverage,drift,build'))
    assert run.returncode == 1
    assert (small / 'spaces.py').read_text() == 'x=1\n'
    assert not git(tmp_path, 'for-each-ref').stdout
