"""What is printed where not every character can be."""
import io
import os
import signal
import sys
from pathlib import Path

import pytest

from autodevelop.__main__ import READER_LEFT, flushed, main, program
from autodevelop.matrix import manifest

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


@pytest.mark.once
@pytest.mark.parametrize(('kind', 'printed'), [
    pytest.param(io.TextIOWrapper, '\u2192'.encode(), marks=pytest.mark.slow),
    (Terminal, b'?')])
def test_a_name_is_printed_in_any_code_page(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        listed_in_forks: None, kind: type[io.TextIOWrapper], printed: bytes,
        ) -> None:
    (tmp_path / 'noxfile.py').write_text(NOXFILE, 'utf-8')
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv('PYTHONDONTWRITEBYTECODE', raising=False)
    output = io.BytesIO()
    stream = kind(output, 'cp1252')
    with monkeypatch.context() as patch:
        patch.setattr('sys.stdout', stream)
        assert main(['plan']) == 0
    stream.flush()
    assert b"fix(how='%s')" % printed in output.getvalue()
    assert os.listdir(tmp_path) == ['noxfile.py']  # As "git add ." finds it.


def test_what_is_not_a_stream_is_left_alone(
        monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr('sys.stdout', io.StringIO())
        assert main([]) == 2


@pytest.mark.skipif(sys.platform == 'win32', reason='has no SIGPIPE')
def test_a_reader_may_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, 'w', 4096) as stream, monkeypatch.context() as patch:
        patch.setattr('sys.stdout', stream)
        assert main(['schema']) == READER_LEFT
        patch.setattr('sys.argv', ['autodevelop', '--help'])
        with pytest.raises(SystemExit) as ended:
            program()
        assert ended.value.code == READER_LEFT
        stream.write('no longer written anywhere')


def test_without_standard_output_there_is_none_to_write(
        monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr('sys.stdout', None)
        assert flushed(1) == 1


class Listing:
    """A nox that lists until it is killed."""

    killed = 0

    def communicate(self) -> None:
        signal.raise_signal(signal.SIGTERM)

    def kill(self) -> None:
        Listing.killed += 1


@pytest.mark.skipif(sys.platform == 'win32', reason='has signals')
def test_what_ends_a_plan_ends_its_listings(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM reaches one process alone."""
    (tmp_path / 'noxfile.py').write_text('import nox\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(manifest, 'start', lambda *given: Listing())
    assert main(['plan']) == 130
    assert Listing.killed == 2
