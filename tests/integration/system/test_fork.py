"""Copies of a process: modules run as programs, tasks, what is relayed."""
import os
import subprocess
from pathlib import Path

import pytest

from autodevelop.system import fork
from tests.support import measured
from tests.support.forks import PROGRAMS


@pytest.mark.core
def test_a_fork_exits_as_a_program_does(tmp_path: Path) -> None:
    done = subprocess.run(
        measured.command(tmp_path, 'tests.support.forks', '3'),
        cwd=measured.ROOT, env=measured.variables(), text=True,
        capture_output=True)
    assert done.returncode == 0, done.stderr
    if fork.FORKS:
        assert done.stdout.splitlines() == [
            *(f'{name} {status}' for name, status in zip(
                PROGRAMS, [0, 4, 1, 1, 130], strict=True)),
            'nowhere 1', 'background 0']
        for said in ("passes ['argument']", 'a reason', 'ZeroDivisionError',
                     'FileNotFoundError'):
            assert said in done.stderr
    *_, one, two, three = done.stderr.splitlines()
    assert [one.strip(), two.strip(), three.strip()] == ['0', '1', '2']


def test_relayed_output_may_be_unread(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    with subprocess.Popen(
            measured.command(tmp_path, 'tests.support.forks', '1000'),
            cwd=measured.ROOT, env=measured.variables(), stderr=writer,
            stdout=subprocess.DEVNULL) as program:
        os.close(writer)
        os.read(reader, 10)
        os.close(reader)
        assert program.wait(60) == 0
    assert (tmp_path / 'relayed').exists()
