"""What actions/cache does, with a folder.

A cache belongs to the ref that saved it: github.ref, which for a pull request
is its merge. A run reads those of its own ref, then of the default branch;
none is ever written again.
"""
import os
import shutil
import sys
from pathlib import Path
from urllib.parse import quote

CACHES = Path(os.environ['ACT_CACHE'])
KEY = os.environ['KEY']


def save() -> None:
    """Keep the files, unless there are some by this key."""
    target = CACHES / quote(os.environ['GITHUB_REF'], '') / KEY
    if target.exists():
        return
    for pattern in os.environ['GLOBS'].split():
        for found in Path().glob(pattern):
            files = [found] if found.is_file() else [
                path for path in found.rglob('*') if path.is_file()]
            for path in files:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target / path)


def restore() -> None:
    """Bring back the files of the key, or of the newest that is like it."""
    scopes = [CACHES / quote(ref, '') for ref in (
        os.environ['GITHUB_REF'], 'refs/heads/main')]
    exact = [scope / KEY for scope in scopes if (scope / KEY).is_dir()]
    like = os.environ['OTHER_KEYS'].strip()
    others = sorted((path for scope in scopes
                     for path in scope.glob(f'{like}*') if like),
                    key=lambda path: path.stat().st_mtime)
    if exact or others:
        shutil.copytree((exact or others[-1:])[0], '.', dirs_exist_ok=True)
        with open(os.environ['GITHUB_OUTPUT'], 'a') as output:
            output.write(f'cache-hit={str(bool(exact)).lower()}\n')


save() if sys.argv[1] == 'save' else restore()
