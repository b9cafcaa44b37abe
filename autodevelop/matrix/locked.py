"""Whether sessions install the same tomorrow."""
import re
from pathlib import Path

LOCK = re.compile(r'--require-hashes|pylock[\w.]*\.toml|--(locked|frozen)\b')
INSTALL = re.compile(
    r'\.(?:conda_)?install\((?P<arguments>[^)]*)\)|[\'"]pip[\'"],\s*'
    r'[\'"]install[\'"](?P<more>[^)]*)')
FREE = re.compile(
    r'[\'"](?:(?![^\'"]*(?:\.txt|\.lock|\.toml)[\'"])'
    r'(?:\.|[A-Za-z][^\'"]*))[\'"]')
"""An argument that is a package: not an option, and not a file of locks."""


def installs_locked(folder: Path) -> bool:
    """Whether a lock decides all that the sessions of a noxfile install.

    It errs on the safe side: one install that a lock does not cover is
    enough.
    """
    text = (folder / 'noxfile.py').read_text('utf-8', 'replace')
    if not LOCK.search(text):
        return False
    return not any(FREE.search(found['arguments'] or found['more'] or '')
                   for found in INSTALL.finditer(text))
