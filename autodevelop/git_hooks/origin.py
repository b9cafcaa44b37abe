"""Where this autodevelop is, and the command that installed it.

Never a name alone: an index need not have it, and anybody may take the name
there.
"""
import shlex
import shutil
import sys
import sysconfig
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from autodevelop.system.installed import commit_url, read_record

NAME = 'autodevelop.exe' if sys.platform == 'win32' else 'autodevelop'


KEYS = ('autodevelop.program', 'autodevelop.installCommand')
"""What the scripts look up in git's configuration."""


def program() -> str:
    """The path of the autodevelop command that runs; '' if there is none.

    A link, as in ~/.local/bin, is not followed: it outlives upgrades.
    """
    called = shutil.which(sys.argv[0]) or ''
    beside = Path(sysconfig.get_path('scripts'), NAME)
    if Path(called).stem == 'autodevelop':
        return Path(called).absolute().as_posix()
    return beside.as_posix() if beside.is_file() else ''


def install_command(root: Path) -> str:
    """The command that installs it again, for sh; '' if that is not known.

    root: where the command is run.
    """
    source, editable = _source()
    prefix = Path(sys.prefix)
    if editable and editable == root and (root / 'Makefile').exists():
        return 'make'
    if not source:
        return ''
    if (prefix / 'uv-receipt.toml').exists():
        return f'uv tool install --force {source}'
    if (prefix / 'pipx_metadata.json').exists():
        return f'pipx install --force {source}'
    return f'{_python(prefix, root)} -m pip install {source}'


def _python(prefix: Path, root: Path) -> str:
    """The Python to install for; its environment is made if it is gone."""
    python = Path(sys.executable)
    if sys.prefix == sys.base_prefix:
        return shlex.quote(python.as_posix())
    if prefix.is_relative_to(root):
        prefix, python = (each.relative_to(root) for each in (prefix, python))
    folder, command = (shlex.quote(each.as_posix())
                       for each in (prefix, python))
    start = 'python' if sys.platform == 'win32' else 'python3'
    return f'{start} -m venv {folder} && {command}'


def _source() -> tuple[str, Path | None]:
    """What pip is given to install it, and the folder if it is editable."""
    record = read_record()
    if not record:
        return '', None
    url = record['url']
    if commit := commit_url(record):
        return shlex.quote(commit), None
    if 'dir_info' not in record:
        return shlex.quote(url), None
    place = Path(url2pathname(urlsplit(url).path))
    if record['dir_info'].get('editable'):
        return f'--editable {shlex.quote(place.as_posix())}', place
    return shlex.quote(place.as_posix()), None


def remembered(root: Path) -> dict[str, str]:
    """What the scripts look up, by its key; without what is not known."""
    values = program(), install_command(root)
    return {key: value for key, value in zip(KEYS, values) if value}
