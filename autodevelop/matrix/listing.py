"""nox's listing, with what nox leaves out of it: the backend of a session.

Run as a program in place of nox, with nox's arguments; where modules of the
project come last, as one may be an email.py.
"""
import io
import json
import runpy
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import nox

Backends = dict[str, str]


def recording(decorate: Callable[..., Any],
              backends: Backends) -> Callable[..., Any]:
    """``nox.session``, which also records the backends, by names."""
    def session(*given: Any, **options: Any) -> Any:
        made = decorate(*given, **options)
        if given or not options.get('venv_backend'):
            return made

        def named(function: Callable[..., Any]) -> Any:
            name = options.get('name') or function.__name__
            backends[name] = str(options['venv_backend'])
            return made(function)
        return named
    return session


def with_backends(printed: str, backends: Backends, default: str) -> str:
    """What nox printed, with the backends in the listing, its last line."""
    before, line, last = printed.rstrip().rpartition('\n')
    try:
        entries = json.loads(last)
    except ValueError:  # nox prints it from an environment of its own.
        return printed
    for entry in entries:
        entry['backend'] = backends.get(entry['name'], default)
    return f'{before}{line}{json.dumps(entries)}\n'


def main() -> None:
    backends: Backends = {}
    sys.path.append('.')
    nox.session = recording(nox.session, backends)
    with redirect_stdout(io.StringIO()) as printed:
        try:
            runpy.run_module('nox', run_name='__main__', alter_sys=True)
        except SystemExit as end:
            status = end.code
    default = nox.options.default_venv_backend or 'virtualenv'
    sys.stdout.write(with_backends(printed.getvalue(), backends, default))
    sys.exit(status)


if __name__ == '__main__':
    main()
