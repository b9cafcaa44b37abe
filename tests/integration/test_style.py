"""The checks of names and bytes, .ci/style.py, run as a program."""
import subprocess
import sys
from pathlib import Path

from tests.support.project import ROOT

STYLE = ROOT / '.ci/style.py'
FILES = {
    'fine.py': b'x = 1\n',
    'empty.py': b'',
    'CamelCase.py': b'',
    'dash-ed.py': b'',
    'CHANGELOG.md': b'text\n',
    'gr\xfc\xdfe.txt': b'',
    'end.txt': b'one\ntwo',
    'prose.md': 'gr\xfc\xdfe\n'.encode(),
    'letter.py': 'x = 1\ny = "\xfc"\n'.encode(),
    'signs.py': '# 2 \xd7 3 \u2192 6\n'.encode(),
    'latin.py': b'# \xfc\n',
    'binary.py': b'\0\xff',
}
SAID = [
    'CamelCase.py:1: file name is not snake_case',
    'dash-ed.py:1: file name is not snake_case',
    r'gr\xfc\xdfe.txt:1: file name with non-ASCII characters',
    'end.txt:2: no newline at the end of the file',
    r"letter.py:2: non-ASCII '\xfc'",
    r"latin.py:1: non-ASCII '\udcfc'",
]


def check(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, STYLE, *names], cwd=folder,
                          capture_output=True, text=True, encoding='utf-8')


def test_each_fault_is_a_line(tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    run = check(tmp_path, *FILES)
    assert run.stdout.splitlines() == SAID
    assert run.returncode == 1


def test_a_folder_is_not_checked(tmp_path: Path) -> None:
    run = check(tmp_path, '.')
    assert (run.returncode, run.stdout) == (0, '')
