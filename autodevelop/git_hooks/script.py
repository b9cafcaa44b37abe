"""The scripts that git runs as hooks: their text, and how to know them."""
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

NAMES = ('pre-commit', 'pre-merge-commit', 'commit-msg', 'pre-push')

LFS_NAMES = ('post-checkout', 'post-commit', 'post-merge')
"""The hooks of git-lfs beside pre-push: see git-lfs-install(1)."""

RECEIVING = ('pre-receive', 'update', 'proc-receive', 'post-receive',
             'post-update', 'push-to-checkout', 'reference-transaction')
"""Hooks that git runs where it is pushed to."""

ONLY = {'reference-transaction': """\
# Git calls it for each change of a ref; that of a push is to be deployed.
[ "$1" = prepared ] && [ -e autodevelop/ready ] || exit 0
""", 'post-receive': """\
# A push of nothing but what is live now need not wait for Python: 90 ms.
if [ -e autodevelop/switching ]; then
    read -r git said <autodevelop/switching
    if [ "$git" = "$PPID" ] && [ "$said" ]; then
        rm autodevelop/switching
        echo "autodevelop: $said" >&2
        exit
    fi
fi
"""}
"""Lines at the start of a script: what need not start autodevelop."""

SCRIPT = r"""#!/bin/sh
# Run the hook NAME with autodevelop, and look for it in .venv, on
# PATH, where it was when it installed this, and in ~/.local/bin.
@ONLY@venv=.venv
if [ -f .git ] && [ ! -e .venv ]; then
    venv=$(git rev-parse --path-format=absolute --git-common-dir)/../.venv
fi
install=
for place in "$venv/bin" "$venv/Scripts" PATH remembered "$HOME/.local/bin"; do
    # The usual path starts no process; a GUI often has a shorter PATH.
    case $place in
        PATH) found=$(command -v autodevelop) ;;
        remembered) found=$(git config --get autodevelop.program) ;;
        *) found=$place/autodevelop; [ -x "$found" ] || found=$found.exe ;;
    esac
    [ -x "$found" ] || continue
    # Who upgrades Python or moves the folder leaves a script that names a
    # Python which is gone; sh would only say "not found".
    python=${found%/*}/python
    read -r first rest <"$found"
    case $first in
        '#!') named=${rest%% *} ;;
        '#!'*) named=${first#'#!'} ;;
        *) named=$found ;;
    esac
    if [ -x "$named" ] && { [ ! -L "$python" ] || [ -x "$python" ]; }; then
        exec "$found" hook NAME "$@"
    elif "$python" -Pc 'import autodevelop' 2>/dev/null; then
        exec "$python" -Pm autodevelop hook NAME "$@"
    fi
    break
done
@OFF@instead='@ELSE@'
install=$(git config --get autodevelop.installCommand)
if [ -x "$found" ]; then
    error="$found is broken: its Python, $named, is gone"
    case $found in "$venv"/*)
        new="python3 -m venv \"$venv\" && \"$python\" -m pip install"
        case $install in
            *' install '*)
                source=${install##* install }
                install="$new ${source#--force }" ;;
        esac
        install="rm -r \"$venv\"${install:+ && $install}" ;;
    esac
else
    error='found no autodevelop in .venv, on PATH, where it was when the hooks'
    error="$error were installed, or in ~/.local/bin"
fi
echo "error: NAME: $error" >&2
echo "hint: ${install:-$instead}" >&2
exit 1
"""

OFF = """\
if [ "$AUTODEVELOP" = 0 ] || [ "$AUTODEVELOP_SKIP" = all ]; then
    echo 'autodevelop: NAME is turned off' >&2
@LFS@    exit 0
fi
"""
"""People without autodevelop can still commit; a server's hooks stay on."""

LFS = """\
    if [ -d "$(git rev-parse --git-common-dir)/lfs/objects" ]; then
        exec git lfs NAME "$@"
    fi
"""

LFS_SCRIPT = """\
#!/bin/sh
# Run the hook NAME with git-lfs; autodevelop hooks install wrote this file.
exec git lfs NAME "$@"
"""

OURS = (b'# Run the hook NAME with autodevelop',
        b'# Run the hook NAME with git-lfs; autodevelop',
        b'# Have autodevelop do what NAME asks')
"""How the second line of a script of any version starts."""

SUFFIXES = ('', '.exe') if sys.platform == 'win32' else ('',)
"""What may follow the name of a hook, in git's order."""

HOOK = re.compile(f'[a-z][a-z0-9-]+({"|".join(map(re.escape, SUFFIXES))})')


def script(name: str) -> bytes:
    """The script of a hook, for any sh: dash, bash, busybox, Git's own."""
    off, instead = '', 'install it from where you got it'
    if name not in RECEIVING:
        off = OFF.replace('@LFS@', LFS if name == 'pre-push' else '')
        instead += '; to go on without it, set AUTODEVELOP=0'
    text = SCRIPT.replace('@OFF@', off).replace('@ELSE@', instead)
    return text.replace('@ONLY@', ONLY.get(name, '')).replace(
        'NAME', name).encode()


def lfs_script(name: str) -> bytes:
    """The script of a hook that only git-lfs needs."""
    return LFS_SCRIPT.replace('NAME', name).encode()


def is_ours(path: Path) -> bool:
    """Whether a file is a script of any version that install wrote."""
    return path.is_file() and is_script(path.read_bytes(), path.name)


def is_script(content: bytes, name: str) -> bool:
    """Whether this is a script that install wrote, with any line ends."""
    first, _, second = content.partition(b'\n')
    return first.rstrip(b'\r') == b'#!/bin/sh' and second.startswith(tuple(
        line.replace(b'NAME', name.encode()) for line in OURS))


def is_hook(path: Path) -> bool:
    """Whether git would run this file as a hook."""
    return bool(HOOK.fullmatch(path.name)) and path.is_file() and (
        os.access(path, os.X_OK))


def find_hook(folder: Path, name: str) -> Path | None:
    """The file that git would run as this hook."""
    paths = (folder / f'{name}{suffix}' for suffix in SUFFIXES)
    return next(filter(is_hook, paths), None)


def hook_names(folder: Path) -> list[str]:
    """The names of the hooks that git would run in a folder."""
    names = os.listdir(folder) if folder.is_dir() else []
    return [name for name in sorted(names) if is_hook(folder / name)]


def foreign_hooks(folder: Path) -> list[str]:
    """The hooks in a folder that are not scripts of autodevelop."""
    return [name for name in hook_names(folder) if not is_ours(folder / name)]


def write_scripts(folder: Path, scripts: Mapping[str, bytes],
                  shown: str) -> list[str]:
    """Write scripts, unless other people's are there; return lines on them.

    shown: the folder, as people read it.
    """
    names: dict[str, list[str]] = {}
    for name, content in scripts.items():
        names.setdefault(_write(folder / name, content), []).append(name)
    return [f'{what}: {", ".join(each)} in {shown}'
            for what, each in names.items()]


def _write(path: Path, content: bytes) -> str:
    """Write a script; return what was done."""
    if os.path.lexists(path) and not is_ours(path):
        return 'not a script of autodevelop, left unchanged'
    old = path.read_bytes() if path.is_file() else None
    if old == content and os.access(path, os.X_OK):
        return 'up to date'
    from autodevelop.system.files import write_file  # No hook needs it.
    write_file(path, content, 0o755)
    path.chmod(path.stat().st_mode | 0o111)
    return 'wrote' if old is None else 'updated'
