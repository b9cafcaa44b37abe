"""Releases that threads of this process serve, not a gunicorn of their own.

A deploy takes 0.1 s of CPU then, not 1 s. All but the processes is real: the
check, the folders, the sockets, what they answer, the switch, the history.
"""
import json
import os
import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from autodevelop.__main__ import main
from autodevelop.deploy import going_live, receive, retire, serving
from autodevelop.system.process import Completed, run_foreground
from autodevelop.webhook import worker


@contextmanager
def served_in_threads() -> Iterator[None]:
    """Let this process serve what is deployed from it."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        def start(command: Sequence[str], variables: Mapping[str, str],
                  folder: Path) -> Completed:
            run = Path(command[command.index('--config') + 1]).parent
            with suppress(ImportError):  # gunicorn ends soon after its start.
                answer = load(folder / 'small.py', variables)
                for name in ('sock', 'w1'):
                    stack.enter_context(serving_at(run / name, answer))
                (run / 'ready').write_text(json.dumps({'workers': 1}))
                (run / 'pid').write_text(str(os.getpid()))
                (run / 'log').write_text('started\n')
            return Completed(0, b'', b'')

        patch.setattr(serving, 'run', start)
        patch.setattr(going_live, 'SETTLE_SECONDS', 0)
        patch.setattr(going_live, 'start_detached', retire_here)
        patch.setattr(retire, 'ACCEPT_GRACE', 0)
        patch.setattr(receive, 'detach', lambda _: None)
        patch.setattr(worker, 'run_foreground', run_here)
        yield


def load(path: Path, variables: Mapping[str, str]) -> Any:
    """Load the application as a release of its own."""
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('AUTODEVELOP_RELEASE', variables['AUTODEVELOP_RELEASE'])
        exec(compile(path.read_text('utf-8'), path, 'exec'), names)
    return names['app']


@contextmanager
def serving_at(path: Path, application: Any) -> Iterator[None]:
    """Answer on a Unix socket, in a thread."""
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            body = application({}, lambda status, headers: None)
            self.wfile.write(b'HTTP/1.0 200 OK\r\n\r\n' + b''.join(body))

    with socketserver.UnixStreamServer(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield
        server.shutdown()
        thread.join()


def retire_here(command: Sequence[str]) -> None:
    """Stop what was replaced at once."""
    retire.main(*command[command.index('autodevelop.deploy.retire') + 1:])


def run_here(command: Sequence[str], variables: Mapping[str, str],
             folder: Path) -> int:
    """Run autodevelop in this process."""
    if 'autodevelop' not in command:
        return run_foreground(command, variables, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return main([*command[command.index('autodevelop') + 1:]])
