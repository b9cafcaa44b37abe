"""Whether a lock decides what the sessions of a noxfile install."""
from pathlib import Path

import pytest

from autodevelop.matrix.locked import installs_locked


@pytest.mark.parametrize(('text', 'locked'), [
    ("session.install('--require-hashes', '-r', 'a.txt')", True),
    ("session.run_install('uv', 'sync', '--locked')", True),
    ("session.install('-r', 'pylock.dev.toml')", True),
    ("session.install('pytest')", False),
    ("session.install('-r', 'requirements.txt')", False),
    ("session.install('--pre', 'numpy')\nuv('--frozen')", False),
    ("uv('--frozen')\nsession.install('.')", False),
    ("uv('--frozen')\nsession.run('pip', 'install', 'black')", False),
    ("uv('--frozen')\nsession.conda_install('numpy')", False)])
def test_one_install_without_a_lock_is_enough(
        tmp_path: Path, text: str, locked: bool) -> None:
    (tmp_path / 'noxfile.py').write_text(text)
    assert installs_locked(tmp_path) == locked
