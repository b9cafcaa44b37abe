"""Files and folders that stay when releases change."""
import sys
from pathlib import Path

import pytest

from autodevelop.deploy.shared import link_shared
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


def test_what_cannot_be_shared_is_two_lines(tmp_path: Path) -> None:
    (tmp_path / 'shared').touch()
    with pytest.raises(AutodevelopError, match='cannot share media'):
        link_shared(Target(tmp_path, ''), tmp_path / 'release', ['media'])
