"""Files and folders that stay when releases change."""
import os
import sys
from pathlib import Path

import pytest

from autodevelop.deploy.shared import link_shared, say_left_behind
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError

pytestmark = pytest.mark.skipif(sys.platform == 'win32',
                                reason='nothing is deployed there')


def test_what_releases_write_there_stays(tmp_path: Path) -> None:
    target = Target(tmp_path, '')
    names = ['media', 'db.sqlite3', 'var/data.d/', 'notes.txt']
    for number in (1, 2, 2):
        release = tmp_path / f'release{number}'
        (release / 'media').mkdir(parents=True, exist_ok=True)
        (release / 'media' / f'of{number}').touch()
        if not (release / 'notes.txt').exists():
            (release / 'notes.txt').write_text(f'of {number}')
        link_shared(target, release, names)
        (release / 'db.sqlite3').write_text(f'rows of {number}')
        (release / 'var/data.d' / f'of{number}').touch()
    shared = tmp_path / 'shared'
    assert (shared / 'db.sqlite3').read_text() == 'rows of 2'
    assert (tmp_path / 'release1/db.sqlite3').read_text() == 'rows of 2'
    assert (shared / 'notes.txt').read_text() == 'of 1'
    assert sorted(path.name for path in (shared / 'media').iterdir()) == [
        'of1', 'of2']
    assert len([*(shared / 'var/data.d').iterdir()]) == 2


def test_what_cannot_be_shared_is_an_error(tmp_path: Path) -> None:
    (tmp_path / 'shared').touch()
    with pytest.raises(AutodevelopError, match='cannot share media'):
        link_shared(Target(tmp_path, ''), tmp_path / 'release', ['media'])


def test_files_that_go_with_a_release_are_named(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = Target(tmp_path, '')
    for number, release in ((1, 'old'), (2, 'old'), (3, 'new')):
        files = tmp_path / f'releases/{release}'
        (files / '__pycache__').mkdir(parents=True, exist_ok=True)
        (files / 'app.py').touch()
        target.run(number).mkdir(parents=True)
        (target.run(number) / 'release').symlink_to(files)
    say_left_behind(target, 1, 3)
    ready = target.run(1) / 'ready'
    ready.touch()
    os.utime(ready, (ready.stat().st_mtime + 100,) * 2)
    say_left_behind(target, 1, 3)
    for name in ('media', '__pycache__/app.pyc', *'abc'):
        (tmp_path / 'releases/old' / name).touch()
        os.utime(tmp_path / 'releases/old' / name, (ready.stat().st_mtime + 1,
                                                    ) * 2)
    say_left_behind(target, 1, 2)
    assert not capsys.readouterr().err
    say_left_behind(target, 1, 3)
    said = capsys.readouterr().err
    assert f'{tmp_path}/releases/old' in said
    assert 'a, b, c...\n' in said
    assert f'move them to {tmp_path}/shared' in said
