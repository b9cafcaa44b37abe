"""A new project, as its owner checks and pushes it; nothing is downloaded."""
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.project import NO_CONFIG, write_launcher

from .act import clean_environment, program
from .conftest import CACHES, fill_cache

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='runs make')
HERE = f'{sys.version_info[0]}.{sys.version_info[1]}'


class Owner:
    """Who has a new home, and runs commands in a folder."""

    def __init__(self, home: Path) -> None:
        write_launcher(home / 'bin')
        (home / 'bin/uv').symlink_to(program('uv'))
        clean = {name: value for name, value in clean_environment().items()
                 if name != 'CI'}
        self.folder = home
        self.variables = {
            **clean, **NO_CONFIG, 'HOME': str(home), 'UV_OFFLINE': '1',
            'UV_CACHE_DIR': str(CACHES / 'uv'), 'PIP_NO_INDEX': '1',
            'AUTODEVELOP_CACHE': str(home / 'rooms'),
            'PATH': f'{home}/bin:{clean["PATH"]}'}

    def run(self, *command: str, status: int = 0) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.variables, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == status, done.stdout
        return done.stdout


@pytest.fixture(params=[[], pytest.param(
    ['--bare'], marks=pytest.mark.long)], ids=['service', 'bare'])
def owner(request: pytest.FixtureRequest, tmp_path: Path) -> Owner:
    """With a new project, whose tests run on this Python alone."""
    fill_cache(tmp_path / 'environment', HERE)
    made = Owner(tmp_path)
    made.run('autodevelop', 'new', 'shop', *request.param)
    made.run('git', 'init', '--quiet', '--bare', 'shop.git')
    made.folder = tmp_path / 'shop'
    noxfile = made.folder / 'noxfile.py'
    noxfile.write_text(re.sub(r'(?m)^PYTHONS = .*', f"PYTHONS = ['{HERE}']",
                              noxfile.read_text()), newline='\n')
    made.run('autodevelop', 'ci')
    made.run('git', 'commit', '--quiet', '--all', '--message=Test on one')
    made.run('git', 'remote', 'add', 'origin', '../shop.git')
    return made


def test_it_is_checked_pushed_and_refused_when_broken(owner: Owner) -> None:
    checked = owner.run('make')
    assert '100%' in checked
    assert f'* tests-{HERE}: success' in checked
    assert owner.run('git', 'status', '--porcelain') == ''
    pushed = owner.run('git', 'push', 'origin', 'main')
    assert re.search(r'(?m)^3 passed, 0 failed', pushed)
    again = owner.run('git', 'push', 'origin', 'main:other')
    assert 'passed    ' not in again
    owner.run('autodevelop', 'doctor')
    test = next(owner.folder.glob('tests/test_*.py'))
    test.write_text(test.read_text() + '\n\ndef test_more():\n    assert 0\n')
    owner.run('git', 'commit', '--quiet', '--all', '--message=Break it')
    refused = owner.run('git', 'push', 'origin', 'main', status=1)
    assert 'test_more' in refused
    assert owner.run('git', 'rev-parse', 'origin/main') == owner.run(
        'git', 'rev-parse', 'main~1')
