"""Programs and modules that are run to their end, or ended with us."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autodevelop.checks import verdict
from autodevelop.system import background, fork, process
from autodevelop.system.fork import run_module
from tests.support.wait import wait_until


@pytest.mark.once
@pytest.mark.parametrize('forks', [fork.FORKS, False])
@pytest.mark.parametrize(('program', 'status', 'said'), [
    ('print(sys.argv[1:], os.environ["ONE"], os.environ.get("HOME"))', 0,
     "['two'] 1 None"),
    ('print(os.getcwd() == os.environ["FOLDER"])', 0, 'True'),
    ('import email.utils; print(email.utils.quote("x"))', 0, 'x'),
    ('sys.exit(4)', 4, ''), ('sys.exit()', 0, ''),
    ('sys.exit("a reason")', 1, 'a reason'),
    ('1 / 0', 1, 'ZeroDivisionError'),
    ('print(sys.stdin.read() == "")', 0, 'True'),
    ('print("\\udcff", "autodevelop" in sys.modules)', 0, 'False')])
def test_a_module_is_run_as_a_program(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forks: bool,
        program: str, status: int, said: str) -> None:
    monkeypatch.setattr(fork, 'FORKS', forks)
    (tmp_path / 'program.py').write_text(
        f'import os, sys\nif __name__ == "__main__":\n    {program}\n')
    (tmp_path / 'email.py').write_text('1 / 0\n')
    monkeypatch.delitem(sys.modules, 'email', raising=False)
    monkeypatch.delitem(sys.modules, 'email.utils', raising=False)
    folder = tmp_path.resolve()
    variables = {'ONE': '1', 'HOME': None, 'FOLDER': str(folder),
                 'PYTHONIOENCODING': 'utf-8:backslashreplace'}
    with open(tmp_path / 'output', 'wb') as output:
        assert run_module('program', ['two'], variables, folder,
                          output) == status
    assert said in (tmp_path / 'output').read_text('utf-8')


def test_an_interrupt_does_not_kill_a_child_of_root(
        monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def not_permitted(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(subprocess.Popen, 'communicate', interrupted)
    monkeypatch.setattr(subprocess.Popen, 'kill', not_permitted)
    with pytest.raises(KeyboardInterrupt):
        process.run([sys.executable, '-c', ''], {})


def test_a_child_need_not_read_what_it_is_given(tmp_path: Path) -> None:
    assert process.run_foreground(
        [sys.executable, '-c', 'raise SystemExit(4)'], {}, tmp_path,
        input=b'x' * 10_000_000) == 4
    assert process.run_foreground([
        sys.executable, '-c', 'raise SystemExit(len(input()))'], {},
        tmp_path, input=b'xxx') == 3


@pytest.mark.skipif(not fork.FORKS, reason='no process is copied here')
def test_a_child_that_ends_in_time_has_a_status() -> None:  # only on linux
    child = subprocess.Popen([sys.executable, '-c', 'raise SystemExit(3)'])
    assert fork._Forked(child.pid).wait(60) == 3
    child.returncode = 3  # It was waited for without its knowledge.


@pytest.mark.parametrize(('found', 'beside', 'said'), [
    ('/usr/bin/autodevelop', True, 'autodevelop'),
    (None, False, 'autodevelop'), (None, True, "'{}/autodevelop'")])
def test_a_printed_command_can_be_pasted(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: str | None,
        beside: bool, said: str) -> None:
    folder = tmp_path / 'a folder'
    folder.mkdir()
    monkeypatch.setattr('shutil.which', lambda name: found)
    monkeypatch.setattr(sys, 'executable', str(folder / 'python'))
    if beside:
        (folder / 'autodevelop').touch()
    assert verdict.own_command() == said.format(folder.as_posix())


def test_nobody_waits_for_what_is_detached(
        tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    program = ('import sys; print("a"); sys.stderr.write(sys.stdin.read()); '
               f'open({str(tmp_path / "ran")!r}, "w")')
    process.start_detached([sys.executable, '-S', '-c', program])
    wait_until((tmp_path / 'ran').exists)
    assert capfd.readouterr() == ('', '')


@pytest.mark.skipif(not hasattr(os, 'setsid'), reason='has no setsid')
def test_relayed_output_may_be_unread(
        monkeypatch: pytest.MonkeyPatch) -> None:
    (reader, writer), (told, end) = os.pipe(), os.pipe()
    os.write(writer, b'said')
    written: list[bytes] = []

    def write(descriptor: int, text: bytes) -> int:
        written.append(text)
        raise BrokenPipeError

    def leave(status: int) -> None:
        os.close(reader)
        os.close(told)
        raise SystemExit(status)

    monkeypatch.setattr(os, 'setsid', lambda: None)
    monkeypatch.setattr(os, 'write', write)
    monkeypatch.setattr(os, '_exit', leave)
    with pytest.raises(SystemExit):
        background._relay(reader, told, [writer, end], lambda: None)
    assert written == [b'said']
