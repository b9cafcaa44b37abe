"""The virtual environments of a room: which of them can be used again."""
import json
import os
import re
import shutil
from collections.abc import Iterable

from autodevelop.checks.dependencies import editable_hash, read_noxfile
from autodevelop.checks.room import Room
from autodevelop.checks.surroundings import read_source
from autodevelop.system.files import read_json, write_file

KEPT = 3
"""How many states of the dependencies keep their environments: going back to
another branch installs nothing."""

REUSE = ('--reuse-venv=always', '--no-install')
INSTALL = ('--reuse-venv=always',)
CREATE = ('--reuse-venv=never',)
"""nox's options for an environment: use it; install again; recreate it."""

STALE = 'stale'
"""The mark of an environment in which something has to be installed again."""


class Venvs:
    """The environments that one state of the dependencies made.

    Each state has its own, so that the ones that worked are still there when
    new ones cannot be installed.

    folder: nox's ``--envdir``, outside of the room's tree.
    """

    def __init__(self, room: Room, dependencies: str, tree: str) -> None:
        self._room, self._tree = room, tree
        self._editable = ''
        # Short: nox complains of a long path, and so do old kernels.
        self._prefix = f'{room.kept.name[:2]}-' if room.project else ''
        self.folder = room.folder / 'venvs' / (
            self._prefix + dependencies[:6 if room.project else 8])
        self._state = self.folder / 'installed.json'
        try:
            self._contains, marks, created = read_json(self._state)
            self._marks, self._created = dict(marks), set(created)
        except (ValueError, TypeError):
            self._contains = ''
            self._marks, self._created = dict[str, str](), set[str]()

    def options(self, session: str) -> tuple[str, ...]:
        """nox's options for the environment of a session."""
        mark = self._marks.get(session)
        if mark is None:
            return CREATE
        return REUSE if mark == self._wanted() else INSTALL

    def begin(self, sessions: Iterable[str]) -> None:
        """Record that something is being installed, in case we are killed."""
        if not self._state.exists():  # The cache was removed meanwhile.
            self._marks.clear()
            self._created.clear()
        for session in sessions:
            self._marks.pop(session, None)
        self._write()

    def finish(self, installed: Iterable[str], failed: Iterable[str],
               before: Iterable[str], created: Iterable[str]) -> None:
        """Record which environments are complete, and which nox created.

        failed: an install failed there. One that was complete ``before``
            needs no new one.
        """
        if not self._state.exists():  # The environments went with it.
            return
        self._created |= set(created)
        self._contains = self._what_they_contain()
        self._marks |= dict.fromkeys(installed, self._wanted())
        self._marks |= dict.fromkeys(set(failed) & set(before), STALE)
        self._write()
        self._remove_old_states()

    def has_one(self, session: str) -> bool:
        """Whether a session has an environment of its own."""
        return session in self._created

    def known(self) -> list[str]:
        """The sessions whose environments are, or were, complete."""
        return list(self._marks)

    def mark_stale(self, sessions: Iterable[str]) -> None:
        """Record that what was installed is no longer what is in the tree."""
        if self._contains and self._state.exists():
            self._marks |= dict.fromkeys(sessions, STALE)
            self._write()

    def _wanted(self) -> str:
        """What the mark of an environment is when nothing has to be done."""
        if self._contains == 'editable':
            self._editable = self._editable or editable_hash(self._room)
            return self._editable
        return self._tree if self._contains == 'copy' else ''

    def _write(self) -> None:
        content = json.dumps([self._contains, self._marks,
                              sorted(self._created)])
        write_file(self._state, content.encode())

    def _what_they_contain(self) -> str:
        """Whether one has the project itself: as a copy, or editable.

        direct_url.json tells an install from a folder, and whether it is
        editable: https://packaging.python.org/specifications/direct-url/
        """
        if 'run_install' in read_noxfile(self._room):
            return 'copy'
        sources = [read_source(path)
                   for pattern in ('*/lib/python*/site-packages',
                                   '*/Lib/site-packages')
                   for path in self.folder.glob(
                       f'{pattern}/*.dist-info/direct_url.json')]
        kinds = {'editable' if editable else 'copy'
                 for source, editable in sources if source}
        return min(kinds, default='')  # A copy is installed more often.

    def _remove_old_states(self) -> None:
        own = re.compile(rf'{self._prefix}[^-]+')  # Not another project's.
        others = sorted(
            (each for each in self.folder.parent.iterdir()
             if each != self.folder and own.fullmatch(each.name)),
            key=os.path.getmtime, reverse=True)
        for folder in others[KEPT - 1:]:
            shutil.rmtree(folder, ignore_errors=True)
