"""Real noxfiles, listed by the real nox."""
from pathlib import Path
from textwrap import dedent

import pytest

from autodevelop.errors import AutodevelopError
from autodevelop.matrix import manifest
from autodevelop.matrix.manifest import Session, read_manifest
from autodevelop.system.process import start

STRANGE = """
    import nox
    from pathlib import PurePosixPath

    nox.options.sessions = ['plain']

    @nox.session(tags=['ci'])
    def plain(session):
        '''Say something.'''

    @nox.session(python=['3.14t', 'pypy3.11', '3'], requires=['plain'])
    @nox.parametrize('path', [PurePosixPath('a/b'), None])
    @nox.parametrize('deep', [True, [1, 2]], ids=['yes', 'list'])
    def many(session, path, deep):
        pass

    @nox.session(python=False, default=False)
    def bare(session):
        pass

    @nox.session(name='with space')
    def spaced(session):
        pass
"""


def sessions(folder: Path, noxfile: str) -> dict[str, Session]:
    (folder / 'noxfile.py').write_text(dedent(noxfile), newline='\n')
    return {each.session: each for each in read_manifest(folder)}


@pytest.fixture(scope='module')
def strange(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Session]:
    return sessions(tmp_path_factory.mktemp('strange'), STRANGE)


def test_every_session_is_listed_and_the_default_ones_marked(
        strange: dict[str, Session]) -> None:
    assert len(strange) == 15
    assert [name for name in strange if strange[name].default] == ['plain']


def test_a_session_is_what_nox_says_of_it(strange: dict[str, Session]) -> None:
    assert strange['plain'] == Session(
        'plain', 'plain', 'Say something.', None, ('ci',), {}, True,
        'virtualenv')


def test_any_python_and_any_parameter_is_read(
        strange: dict[str, Session]) -> None:
    many = [each for each in strange.values() if each.name == 'many']
    assert strange['bare'].python is None
    assert {each.python for each in many} == {'3.14t', 'pypy3.11', '3'}
    assert {str(each.parameters) for each in many} == {
        "{'deep': 'True', 'path': 'a/b'}", "{'deep': 'True', 'path': 'None'}",
        "{'deep': '[1, 2]', 'path': 'a/b'}",
        "{'deep': '[1, 2]', 'path': 'None'}"}


def test_variables_that_change_nox_are_unset(
        strange: dict[str, Session], tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('NOXSESSION', 'bare')
    monkeypatch.setenv('NOXPYTHON', '3.14t')
    monkeypatch.setenv('NOXEXTRAPYTHON', '3.99')
    monkeypatch.setenv('NOX_DEFAULT_VENV_BACKEND', 'none')
    monkeypatch.setenv('FORCE_COLOR', '1')
    assert sessions(tmp_path, STRANGE) == strange


def test_a_noxfile_is_told_to_list_all_platforms(
        tmp_path: Path) -> None:
    found = sessions(tmp_path, """
        import nox, os

        @nox.session(name=os.environ['AUTODEVELOP_PLATFORMS'])
        def tests(session):
            pass
    """)
    assert list(found) == ['all']


@pytest.mark.parametrize(('noxfile', 'said'), [
    ('raise RuntimeError("out of coffee")', 'RuntimeError: out of coffee'),
    ('import atexit, nox\natexit.register(print, "bye")\n'
     '@nox.session\ndef a(session): ...',
     "the last line of what it printed is 'bye'"),
    ('', 'No sessions found'),
    ('import sys; sys.exit(4)', 'no message'),
])
def test_a_noxfile_that_cannot_be_listed_is_an_error_with_its_reason(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noxfile: str,
        said: str) -> None:
    monkeypatch.setattr(manifest, 'start', start)  # A fork has no atexit.
    with pytest.raises(AutodevelopError) as caught:
        sessions(tmp_path, noxfile)
    assert said in caught.value.message
    assert caught.value.status == 2


def test_no_noxfile_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AutodevelopError, match='no noxfile.py'):
        read_manifest(tmp_path)
