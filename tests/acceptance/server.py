"""A server of its own: systemd in namespaces, on a copy of this machine."""
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

NEEDED = ('unshare', 'nsenter', 'setpriv', 'runuser', 'systemctl', 'sudo',
          'sshd', 'ssh', 'nginx', 'openssl', 'curl')
MISSING = [name for name in NEEDED if not shutil.which(
    name, path=f'/usr/sbin:/sbin:{os.environ["PATH"]}')]
CAN_BOOT = (
    sys.platform == 'linux' and os.getuid() == 0 and not MISSING
    and not subprocess.run(['unshare', '--mount', '--cgroup', '--net', 'true'],
                           stderr=subprocess.DEVNULL).returncode)

# What is started ends with the tests, however those end.
MORTAL = ('setpriv', '--pdeathsig', 'KILL')
# What it writes is in memory, above the files of this machine.
DISK = """\
mount -t tmpfs tmpfs "$0"
mkdir "$0/upper" "$0/work" "$0/root"
exec sleep infinity
"""
BOOT = """\
set -e
mount -t overlay -o "lowerdir=/,upperdir=$0/upper,workdir=$0/work" overlay \
    "$0/root"
cd "$0/root"
mount -t proc proc proc
# Neither settings nor devices of this machine are its to change.
ln -sf /dev/null etc/systemd/system/systemd-modules-load.service
# At boot, each file of /tmp would be removed, one by one.
mkdir -p etc/tmpfiles.d
ln -sf /dev/null etc/tmpfiles.d/tmp.conf
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom tty; do
    touch dev/$name
    mount --bind /dev/$name dev/$name
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs tmpfs run
pivot_root . mnt
umount --lazy mnt
exec env -i container=unshare /lib/systemd/systemd
"""


class Server:
    """A machine that is booted, and may be booted again.

    It has the files of this one, and what is written there is gone in the
    end. Its network is its own, and leads nowhere.

    folder: an empty one, where nothing else is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._machine: subprocess.Popen[bytes] | None = None
        self._disk = subprocess.Popen(
            [*MORTAL, 'unshare', '--mount', '--propagation', 'private', 'sh',
             '-ec', DISK, folder])
        wait_for((self.written / '../root').is_dir)

    @property
    def written(self) -> Path:
        """What differs from this machine's files; not while it runs."""
        return Path(f'/proc/{self._disk.pid}/root{self._folder}/upper')

    def boot(self) -> None:
        """Start it, and wait until all that it starts has started."""
        self._machine = subprocess.Popen(
            [*MORTAL, 'nsenter', '--mount', '--target', str(self._disk.pid),
             'unshare', '--mount', '--cgroup', '--pid', '--uts', '--ipc',
             '--net', '--fork', '--kill-child', 'sh', '-c', BOOT,
             self._folder],
            stdin=subprocess.DEVNULL)
        pid = self._machine.pid
        one = f'/proc/{pid}/task/{pid}/children'
        wait_for(lambda: bool(Path(one).read_text()))
        self._init = Path(one).read_text().strip()
        wait_for(lambda: 'running' in self.try_to(
            'systemctl is-system-running --wait')[1])

    def halt(self) -> None:
        """End all of it at once, as a power failure does."""
        if self._machine:
            # What it started is killed with it.
            self._machine.kill()
            self._machine.wait()

    def close(self) -> None:
        """Leave nothing of it."""
        self.halt()
        self._disk.kill()
        self._disk.wait()

    def run(self, script: str, user: str = 'root') -> str:
        """Have a user run a script of sh, logged in; what it prints."""
        status, said = self.try_to(script, user)
        assert status == 0, said
        return said

    def try_to(self, script: str, user: str = 'root') -> tuple[int, str]:
        """Have a user run a script; its exit status, and what it prints.

        Root is logged in, and becomes others from there.
        """
        script = f'set -e\n{script}'
        if user != 'root':
            script = f'su --login {user} --command {shlex.quote(script)}'
        done = subprocess.run(
            ['nsenter', '--all', '--target', self._init, 'env', '-i',
             'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'runuser', '--login',
             'root', '--command', script], text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        return done.returncode, done.stdout


def wait_for(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.05)
