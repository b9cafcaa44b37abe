"""Clients that ask one after another, and what each answer was.

Run as a program it is one kind of client:
``PORT SECONDS close|keep-alive [PAUSE]``.
"""
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple

CONNECTIONS = 4
PAUSE = 0.01
"""Seconds between two requests of a client: room for the deploys."""


class Answer(NamedTuple):
    """One request: when it began and ended, and which release answered.

    release: empty for a request that failed.
    """

    began: float
    ended: float
    release: str


@contextmanager
def load(port: int, seconds: float,
         pause: float = PAUSE) -> Iterator[dict[str, list[Answer]]]:
    """Have clients of both kinds ask, each kind a process of its own.

    seconds: after which they end in any case.
    pause: between two requests of a client.

    Yields what is filled in the end: their answers, by kind.
    """
    clients = {kind: subprocess.Popen(
        [sys.executable, '-m', 'tests.support.load', str(port), str(seconds),
         kind, str(pause)],
        stdout=subprocess.PIPE, stdin=subprocess.PIPE)
        for kind in ('close', 'keep-alive')}
    answers: dict[str, list[Answer]] = {}
    try:
        yield answers
    finally:
        for kind, client in clients.items():
            output, _ = client.communicate(b'\n')
            answers[kind] = [Answer(*each) for each in json.loads(output)]


def ask(port: int, keep: bool, until: float, answers: list[Answer],
        told: threading.Event, pause: float) -> None:
    """Ask until the time has come, or somebody says so."""
    connection = HTTPConnection('127.0.0.1', port, timeout=20)
    headers = {} if keep else {'Connection': 'close'}
    while time.time() < until and not told.is_set():
        began, release = time.time(), ''
        try:
            connection.request('GET', '/', headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status == 200:
                release = json.loads(body)['release']
        except (OSError, HTTPException):
            connection.close()
        answers.append(Answer(began, time.time(), release))
        time.sleep(pause)
    connection.close()


def main(port: str, seconds: str, kind: str,
         pause: str = str(PAUSE)) -> None:
    told, answers, until = threading.Event(), list[Answer](), time.time()
    clients = [threading.Thread(target=ask, args=(
        int(port), kind == 'keep-alive', until + float(seconds), answers, told,
        float(pause))) for _ in range(CONNECTIONS)]
    for client in clients:
        client.start()
    sys.stdin.readline()
    told.set()
    for client in clients:
        client.join()
    print(json.dumps(answers))


if __name__ == '__main__':
    main(*sys.argv[1:])
