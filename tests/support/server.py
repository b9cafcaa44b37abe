"""Real servers, each a process of its own on a free port of loopback."""
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

BIND = '--listen' if sys.platform == 'win32' else '--bind'
SERVICE = ('autodevelop.service', f'{BIND}=127.0.0.1:0')
STARTS_WITHIN = 20.0
STOPS_WITHIN = 40.0
"""Longer than gunicorn lets requests finish before it kills its workers."""


class Server(NamedTuple):
    """A server that listens.

    log: all that it and its workers print.
    """

    process: subprocess.Popen[bytes]
    port: int
    log: Path


@contextmanager
def serve(log: Path, *module: str, **environment: str) -> Iterator[Server]:
    """Run a module (and its arguments) that serves; stop it in the end.

    Raises AssertionError, with the log, if it does not start to listen.
    """
    command = [sys.executable, '-m', *(module or SERVICE)]
    with log.open('wb') as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT,
            env=os.environ | environment)
    try:
        yield Server(process, wait_for_port(process, log), log)
    finally:
        process.terminate()
        process.wait(STOPS_WITHIN)


def wait_for_port(process: subprocess.Popen[bytes], log: Path) -> int:
    """Read in the log which port the system gave.

    A port that is looked for beforehand may be taken by the time it is used.
    """
    end = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < end:
        if found := re.search(rb'http://[\d.]+:(\d+)', log.read_bytes()):
            return int(found[1])
        time.sleep(0.02)
    raise AssertionError(log.read_text(encoding='utf-8'))
