"""What is printed where not every character can be."""
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autodevelop.__main__ import main

NOXFILE = """
import nox


@nox.session(python=False)
@nox.parametrize('how', ['\u2192'])
def fix(session, how):
    pass
"""


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(('kind', 'printed'), [
    (io.TextIOWrapper, '\u2192'.encode()), (Terminal, b'?')])
def test_a_name_is_printed_in_any_code_page(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        kind: type[io.TextIOWrapper], printed: bytes) -> None:
    (tmp_path / 'noxfile.py').write_text(NOXFILE, 'utf-8')
    monkeypatch.chdir(tmp_path)
    output = io.BytesIO()
    stream = kind(output, 'cp1252')
    with monkeypatch.context() as patch:
        patch.setattr('sys.stdout', stream)
        assert main(['plan']) == 0
    stream.flush()
    assert b"fix(how='%s')" % printed in output.getvalue()


@pytest.mark.skipif(sys.platform == 'win32', reason='has signals')
def test_what_ends_a_plan_ends_its_listing(tmp_path: Path) -> None:
    """SIGTERM reaches one process alone."""
    (tmp_path / 'noxfile.py').write_text(
        'import os, time\nopen(f"pid-{os.getpid()}", "x")\n'
        'time.sleep(60)\n')
    with subprocess.Popen(
            [sys.executable, '-m', 'autodevelop', 'plan'], cwd=tmp_path,
            env=os.environ | {'PYTHONPATH': str(Path(__file__).parents[2])},
            stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + 60
        while len(found := [*tmp_path.glob('pid-*')]) < 2:
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 130
    for path in found:
        wait_for_end(int(path.name.partition('-')[2]))


def wait_for_end(pid: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    raise AssertionError(f'{pid} still runs')
