"""Which projects a commit concerns, and the file names that sessions get."""
from pathlib import Path

from autodevelop.checks.room import Room
from autodevelop.checks.sessions import Request
from autodevelop.git_hooks import file_names
from autodevelop.git_hooks.changes import Change
from autodevelop.git_hooks.file_names import Changed, arguments_of, chunked
from autodevelop.git_hooks.pre_commit import requests_in
from autodevelop.system.git import Repository

ABSENT, FILE, LINK = '000000', '100644', '120000'


def change(path: str, old: str, new: str) -> Change:
    return Change(old, new, '', '', path)


def test_many_names_are_chunked() -> None:
    half = file_names.MAX_NAMES // 2
    names = ['a' * half, 'b' * half, 'c']
    assert list(chunked(names)) == [(names[0],), (names[1], 'c')]
    assert not list(chunked([]))


def test_a_name_that_looks_like_an_option_is_prefixed() -> None:
    assert list(chunked(['-a.py', 'b.py'])) == [('./-a.py', 'b.py')]


def test_each_session_gets_its_own_files() -> None:
    changed = [change('a.py', ABSENT, FILE), change('b.md', FILE, FILE),
               change('link.py', ABSENT, LINK)]
    assert arguments_of(
        {'lint': ('*.py',), 'docs': ('*.md',), 'go': ('*.go',)}, changed,
    ) == {'lint': (('a.py',),), 'docs': (('b.md',),), 'go': ()}
    assert arguments_of({}, changed) == {}


def test_a_session_with_a_file_that_is_gone_gets_no_names() -> None:
    for gone in (change('a.py', FILE, ABSENT), change('a.py', FILE, LINK)):
        assert arguments_of(
            {'lint': ('*.py',), 'docs': ('*.md',)},
            [gone, change('b.py', FILE, FILE), change('c.md', FILE, FILE)],
        ) == {'lint': ((),), 'docs': (('c.md',),)}


def test_the_noxfile_of_the_root_need_not_import_nox_itself(
        tmp_path: Path) -> None:
    repository = Repository(tmp_path, tmp_path, tmp_path, ())
    room = Room(tmp_path, repository, repository)
    for folder in ('', 'a', 'b'):
        (room.tree / folder).mkdir(exist_ok=True)
        (room.tree / folder / 'noxfile.py').write_bytes(
            b'import nox' if folder == 'b' else b'from sessions import *')
    found = requests_in(room, Changed([], {'', 'a', 'b', 'c'}), Request(
        repository, 'pre-commit', 'tree', None))
    assert [each.project for each in found] == ['', 'b']
