"""Clients that ask a site while something happens to it, on its machine.

Run as a program: ``URL LIMIT [WEBSOCKET]``. It ends with standard input, and
prints how many requests there were, which failed, and the connections that
the one WebSocket took.
"""
import json
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from importlib import import_module
from urllib.parse import urlsplit

CLIENTS = 6
PAUSE = 0.02
"""Seconds between two requests of a client."""

TOLD = threading.Event()


class Asked:
    """What all clients have seen."""

    def __init__(self) -> None:
        self.requests = 0
        self.failed: list[str] = []
        self.connections = 0


def ask(url: str, limit: int, keep: bool, asked: Asked) -> None:
    """Ask until somebody says so, but no more than so many times."""
    parts = urlsplit(url)
    connect = HTTPSConnection if parts.scheme == 'https' else HTTPConnection
    connection = connect(parts.netloc, timeout=20)
    for _ in range(limit):
        if TOLD.is_set():
            break
        try:
            connection.request('GET', parts.path, headers={} if keep else {
                'Connection': 'close'})
            answer = connection.getresponse()
            if answer.status != 200 or not json.loads(answer.read())[
                    'release']:
                asked.failed.append(f'it answers {answer.status}')
        except (OSError, HTTPException, ValueError) as error:
            asked.failed.append(repr(error))
            connection.close()
        asked.requests += 1
        time.sleep(PAUSE)
    connection.close()


def talk(url: str, limit: int, asked: Asked) -> None:
    """Talk on a WebSocket; connect again when the server closes it."""
    client = import_module('websockets.sync.client')
    closed = import_module('websockets.exceptions').ConnectionClosed
    while limit and not TOLD.is_set():
        try:
            with client.connect(url) as connection:
                asked.connections += 1
                while limit and not TOLD.is_set():
                    connection.send('which?')
                    assert json.loads(connection.recv(20))['release']
                    limit -= 1
                    time.sleep(PAUSE)
        except closed:
            pass
        except Exception as error:
            asked.failed.append(repr(error))
            limit -= 1


def main(url: str, limit: str, websocket: str = '') -> None:
    asked, most = Asked(), int(limit)
    clients = [threading.Thread(target=ask, args=(
        url, most, bool(number % 2), asked)) for number in range(CLIENTS)]
    if websocket:
        clients.append(threading.Thread(target=talk, args=(
            websocket, most, asked)))
    for each in clients:
        each.start()
    sys.stdin.read()
    TOLD.set()
    for each in clients:
        each.join()
    json.dump(vars(asked), sys.stdout)


if __name__ == '__main__':
    main(*sys.argv[1:])
