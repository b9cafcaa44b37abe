"""Text files of other people, written without changing the rest of them."""
from pathlib import Path

from autodevelop.system.files import read_text, write_text


def test_line_endings_and_other_encodings_stay(tmp_path: Path) -> None:
    path = tmp_path / 'setup.cfg'
    assert read_text(path) == ''
    path.write_bytes(b'author = Andr\xe9\r\nname = a\r\n')
    text = read_text(path)
    assert text.endswith('\nname = a\n')
    write_text(path, text + 'more\n')
    assert path.read_bytes() == b'author = Andr\xe9\r\nname = a\r\nmore\r\n'
    write_text(tmp_path / 'new', 'a\n')
    assert (tmp_path / 'new').read_bytes() == b'a\n'
