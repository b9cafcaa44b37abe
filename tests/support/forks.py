"""A program that forks in each way of autodevelop, to be measured."""
import os
import signal
import subprocess
import sys
from pathlib import Path

from autodevelop.system.background import detach, relay_stderr
from autodevelop.system.fork import FORKS, run_module
from autodevelop.system.locks import lock, locked_by

PROGRAMS = {
    'passes': 'print("passes", sys.argv[1:])',
    'exits': 'sys.exit(4)',
    'explains': 'sys.exit("a reason")',
    'raises': '1 / 0',
    'is_interrupted': 'raise KeyboardInterrupt',
}


def run_programs() -> None:  # only on linux
    """Print how each program ends."""
    errors = os.fdopen(os.dup(2), 'wb')
    for name, program in PROGRAMS.items():
        Path(f'{name}.py').write_text(f'import sys\n{program}\n', 'utf-8')
        status = run_module(name, ['argument'], {}, Path.cwd(), errors)
        print(name, status, flush=True)
    print('nowhere', run_module(
        'passes', [], {}, Path('no such folder'), errors))
    # As in a job in the background of sh.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print('background', run_module('passes', [], {}, Path.cwd(), errors))
    sys.stdout.flush()


def run_detached() -> None:
    """Let a child hold our lock, and no pipe, after we have released it."""
    folder, reader, writer = Path('locked'), *os.pipe()
    os.mkfifo('go')
    with lock(folder, 'a folder', 'its maker'):
        detach(lambda: Path('detached').write_bytes(Path('go').read_bytes()))
    os.close(writer)
    assert not os.read(reader, 1)
    assert locked_by(folder) == 'its maker'
    Path('go').write_bytes(b'done')
    os.wait()
    assert not locked_by(folder)
    assert Path('detached').read_bytes() == b'done'


def main(lines: int) -> None:
    """Run the programs; relay so many lines."""
    run_detached()
    if FORKS:  # only on linux
        run_programs()
    with relay_stderr():
        for number in range(lines):
            os.write(2, b'%1000d\n' % number)
        left = subprocess.Popen(['sleep', '60'])
    # It still has the pipe, and nobody waits for it.
    assert left.poll() is None
    left.kill()
    left.wait()
    Path('relayed').touch()


if __name__ == '__main__':
    main(int(sys.argv[1]))
