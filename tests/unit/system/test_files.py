"""Text files of other people, written without changing the rest of them."""
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from autodevelop.errors import AutodevelopError
from autodevelop.system.files import read_text, remove_folder, write_text


def test_line_endings_and_other_encodings_stay(tmp_path: Path) -> None:
    path = tmp_path / 'setup.cfg'
    assert read_text(path) == ''
    path.write_bytes(b'author = Andr\xe9\r\nname = a\r\n')
    text = read_text(path)
    assert text.endswith('\nname = a\n')
    write_text(path, text + 'more\n', tmp_path)
    assert path.read_bytes() == b'author = Andr\xe9\r\nname = a\r\nmore\r\n'
    write_text(tmp_path / 'new', 'a\n', tmp_path)
    assert (tmp_path / 'new').read_bytes() == b'a\n'


@pytest.mark.skipif(os.name == 'nt', reason='has symlinks')
def test_a_symlink_stays_one_and_leads_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / 'shared').write_bytes(b'a\n')
    (tmp_path / 'link').symlink_to('shared')
    write_text(tmp_path / 'link', 'b\n', tmp_path)
    assert (tmp_path / 'link').is_symlink()
    assert (tmp_path / 'shared').read_bytes() == b'b\n'
    (tmp_path / 'root').mkdir()
    (tmp_path / 'root/link').symlink_to('../shared')
    with pytest.raises(AutodevelopError, match='leads out of'):
        write_text(tmp_path / 'root/link', 'c\n', tmp_path / 'root')
    assert (tmp_path / 'shared').read_bytes() == b'b\n'


def test_a_folder_is_removed_with_read_only_ones_in_it(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for users who are not root: a folder has to be writable first."""
    remove, inner = shutil.rmtree, tmp_path / 'cache/mod'

    def only_writable(path: Path, **options: Any) -> None:
        if not inner.exists() or inner.stat().st_mode & 0o200:
            remove(path, **options)

    inner.mkdir(parents=True)
    inner.chmod(0o555)
    monkeypatch.setattr(shutil, 'rmtree', only_writable)
    remove_folder(tmp_path / 'cache')
    assert not (tmp_path / 'cache').exists()
    remove_folder(tmp_path / 'cache')
