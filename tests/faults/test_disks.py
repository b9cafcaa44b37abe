"""Disks that are full or read-only: an error of two lines, nothing lost.

Real mounts, since root may write wherever modes forbid it.
"""
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .workplace import Workplace

BAD, FIXED = 'x=1\n', 'x = 1\n'
LEFT, LONG_LEFT = [0, 8, 64, 512], [4, 16, 32, 128, 256, 1024]
"""KiB that are free on the disk when the commit begins."""

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 if hasattr(os, 'geteuid') else True,
    reason='only root may mount')


def mount(*arguments: str) -> None:
    subprocess.run(['mount', *arguments], check=True)


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A folder to mount things at and below; unmounted at the end."""
    folder = tmp_path / 'mounted'
    folder.mkdir()
    yield folder
    listed = Path('/proc/mounts').read_text().splitlines()
    points = [line.split(' ')[1] for line in listed]
    for point in reversed([each for each in points
                           if each.startswith(str(folder))]):
        subprocess.run(['umount', '--lazy', point], check=True)


def free(folder: Path) -> int:
    """KiB that are free there."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize // 1024


def fill(folder: Path, left: int) -> Path:
    """Fill a disk but for so many KiB."""
    filler = folder / 'filler'
    with filler.open('wb', buffering=0) as file:
        size = (free(folder) - left) * 1024
        os.posix_fallocate(file.fileno(), 0, size)
    assert free(folder) <= left
    return filler


def assert_work(workplace: Workplace, number: int) -> None:
    text = f'x={number}\nedited = 1\n'
    assert workplace.read('a.py') in (text, f'x = {text[2:]}')
    staged = f'x={number}\ny = 1\n'
    assert workplace.shown(':a.py') in (staged, f'x = {staged[2:]}')


@pytest.mark.parametrize('warm', [True, False], ids=['', 'a new room'])
def test_a_full_disk_costs_the_commit_alone(
        tmp_path: Path, mounted: Path, warm: bool, long: bool) -> None:
    levels = LEFT + LONG_LEFT * long
    mount('-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', str(mounted))
    workplace = Workplace.make(tmp_path, mounted / 'project')
    workplace.environment['AUTODEVELOP_CACHE'] = str(mounted / 'rooms')
    workplace.start()
    workplace.stage('b.py', FIXED)
    if warm:
        workplace.git('commit', '-q', '-m', 'warm')
    refused = 0
    for number, left in enumerate(levels):
        workplace.stage('a.py', f'x={number}\ny = 1\n')
        workplace.write('a.py', f'x={number}\nedited = 1\n')
        filler = fill(mounted, left)
        head = workplace.ask('rev-parse', 'HEAD')
        said = workplace.git('commit', '-m', 'full', status=None)
        # A tool of a session may end in a traceback; autodevelop does not.
        assert 'autodevelop/__main__.py' not in said
        assert_work(workplace, number)
        if workplace.ask('rev-parse', 'HEAD') == head:
            refused += 1
            assert said.strip()
        filler.unlink()
        workplace.path('.git/index.lock').unlink(missing_ok=True)
        workplace.git('commit', '--allow-empty', '-m', 'room again')
        assert workplace.shown('HEAD:a.py') == f'x = {number}\ny = 1\n'
    assert refused
    assert workplace.git('fsck', '--no-dangling', '--no-progress') == ''
    print(f'{len(levels)} commits on a full disk, {refused} of them refused: '
          'nothing lost, each next commit worked')


def test_a_read_only_work_tree_gets_the_fix_into_the_commit(
        tmp_path: Path, mounted: Path) -> None:
    git_dir = tmp_path / 'git'
    workplace = Workplace.make(tmp_path, mounted, '--separate-git-dir',
                               str(git_dir))
    workplace.start()
    workplace.stage('a.py', BAD)
    mount('--bind', str(mounted), str(mounted))
    mount('-o', 'remount,bind,ro', str(mounted))
    said = workplace.git('commit', '-m', 'read only')
    assert "'a.py' is fixed in the commit only: Read-only file" in said
    assert workplace.shown('HEAD:a.py') == workplace.shown(':a.py') == FIXED
    assert workplace.read('a.py') == BAD
    workplace.assert_proved()


def test_a_git_directory_that_is_read_only_is_git_s_to_refuse(
        tmp_path: Path, mounted: Path) -> None:
    workplace = Workplace.make(tmp_path, mounted)
    workplace.start()
    workplace.stage('a.py', BAD)
    mount('--bind', str(mounted), str(mounted))
    mount('-o', 'remount,bind,ro', str(mounted))
    said = workplace.git('commit', '-m', 'read only', status=None)
    assert 'Read-only file system' in said and 'Traceback' not in said
    assert workplace.shown(':a.py') == workplace.read('a.py') == BAD


@pytest.mark.parametrize('name', ['.git/autodevelop', '.git/rooms'])
def test_a_folder_of_ours_that_is_read_only_is_two_lines(
        tmp_path: Path, mounted: Path, name: str) -> None:
    workplace = Workplace.make(tmp_path, mounted)
    workplace.environment['AUTODEVELOP_CACHE'] = str(mounted / '.git/rooms')
    workplace.start()
    workplace.stage('a.py', BAD)
    folder = workplace.path(name)
    folder.mkdir(exist_ok=True)
    mount('-t', 'tmpfs', '-o', 'ro', 'tmpfs', str(folder))
    said = workplace.git('commit', '-m', 'read only', status=1)
    lines = [line for line in said.splitlines() if line]
    assert len(lines) == 2 and 'Read-only file system' in lines[0]
    assert workplace.shown(':a.py') == workplace.read('a.py') == BAD
