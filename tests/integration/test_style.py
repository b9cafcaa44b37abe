"""The checks that no other tool of the session lint has."""
from pathlib import Path

import pytest

from autodevelop.style import main


def said(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    status = main([str(path)])
    output = capsys.readouterr().out
    assert status == bool(output)
    return output


@pytest.mark.parametrize(('name', 'content', 'expected'), [
    ('fine.py', b'x = 1\n', ''),
    ('empty.py', b'', ''),
    ('CamelCase.py', b'', ':1: file name is not snake_case'),
    ('dash-ed.py', b'', ':1: file name is not snake_case'),
    ('CHANGELOG.md', b'text\n', ''),
    ('gr\xfc\xdfe.txt', b'', ':1: file name with non-ASCII characters'),
    ('end.txt', b'one\ntwo', ':2: no newline at the end of the file'),
    ('prose.md', 'gr\xfc\xdfe\n'.encode(), ''),
    ('code.py', 'x = 1\ny = "\xfc"\n'.encode(), ":2: non-ASCII '\\xfc'"),
    ('code.py', '# 2 \xd7 3 \u2192 6\n'.encode(), ''),
    ('latin.py', b'# \xfc\n', ":1: non-ASCII '\\udcfc'"),
    ('binary.py', b'\0\xff', ''),
])
def test_a_file_is_checked(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str,
        content: bytes, expected: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert said(path, capsys).removesuffix('\n').endswith(expected)
    assert bool(said(path, capsys)) == bool(expected)


def test_a_folder_is_let_be(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(tmp_path, capsys) == ''
