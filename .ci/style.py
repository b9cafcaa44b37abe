"""What no other checker of the session ``lint`` checks: names and bytes.

Nothing is changed here; each finding is a line ``file:line: what``.
"""
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ALLOWED = frozenset('\N{MULTIPLICATION SIGN}\N{RIGHTWARDS ARROW}')
"""Characters beyond ASCII that code may have."""

CODE = frozenset({'', '.cfg', '.jinja', '.py', '.sh', '.toml', '.yml'})
"""Suffixes of files that count as code; prose may have any character."""

SNAKE_CASE = re.compile(r'[a-z0-9_]+\.py')


def findings(path: Path) -> Iterator[str]:
    """Yield what is wrong with one file; symlinks and folders are skipped."""
    if not path.as_posix().isascii():
        yield f'{_name(path)}:1: file name with non-ASCII characters'
    if path.suffix == '.py' and not SNAKE_CASE.fullmatch(path.name):
        yield f'{_name(path)}:1: file name is not snake_case'
    if path.is_symlink() or not path.is_file():
        return
    content = path.read_bytes()
    if not is_text(content):
        return
    if content and not content.endswith(b'\n'):
        lines = content.count(b'\n') + 1
        yield f'{_name(path)}:{lines}: no newline at the end of the file'
    if path.suffix in CODE:
        yield from non_ascii(path, content.decode(errors='surrogateescape'))


def is_text(content: bytes) -> bool:
    """Whether a file has no NUL byte: git looks for one, too."""
    return b'\0' not in content


def non_ascii(path: Path, text: str) -> Iterator[str]:
    """Yield each line that has a character outside the allowed list."""
    for number, line in enumerate(text.split('\n'), start=1):
        strange = {char for char in line if not char.isascii()} - ALLOWED
        if strange:
            yield (f'{_name(path)}:{number}: non-ASCII '
                   f'{", ".join(map(ascii, sorted(strange)))}')


def _name(path: Path) -> str:
    return ascii(str(path))[1:-1]


def main(names: list[str]) -> int:
    """Check the files of these names; 1 when there is something to say."""
    found = [line for name in names for line in findings(Path(name))]
    sys.stdout.writelines(f'{line}\n' for line in found)
    return int(bool(found))


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
