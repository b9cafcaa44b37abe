"""Check that a tag, the version and the changelog agree: TAG"""
import re
import sys
from datetime import date
from pathlib import Path

VERSION = re.compile(r"^__version__ = '(.+)'$", re.MULTILINE)
HEADING = re.compile(r'^## (\S+) \((.+)\)$', re.MULTILINE)


def complaints(tag: str, root: Path) -> list[str]:
    """What disagrees; nothing for a release."""
    package = (root / 'autodevelop/__init__.py').read_text('utf-8')
    changes = (root / 'CHANGELOG.md').read_text('utf-8')
    found, newest = VERSION.search(package), HEADING.search(changes)
    assert found and newest
    wrong = []
    if tag != f'v{found[1]}':
        wrong.append(f'the tag is {tag}, and the version {found[1]}')
    if newest[1] != found[1]:
        wrong.append(f'CHANGELOG.md begins with {newest[1]}, and the version '
                     f'is {found[1]}')
    try:
        date.fromisoformat(newest[2])
    except ValueError:
        wrong.append(f'CHANGELOG.md has {newest[2]!r} for the date of '
                     f'{newest[1]}')
    return wrong


if __name__ == '__main__':
    disagree = complaints(sys.argv[1], Path())
    sys.exit('\n'.join(f'error: {each}' for each in disagree))
