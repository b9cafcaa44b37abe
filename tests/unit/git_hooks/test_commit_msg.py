"""The rules of a commit message, on messages as git writes them."""
import pytest

from autodevelop.__main__ import main
from tests.support.project import Project

Capture = pytest.CaptureFixture[str]
SCISSORS = f'# {"-" * 24} >8 {"-" * 24}\n'


def check(project: Project, content: bytes) -> int:
    path = project.folder / '.git/COMMIT_EDITMSG'
    path.write_bytes(content)
    return main(['hook', 'commit-msg', str(path)])


@pytest.mark.parametrize('message', [
    'divide two numbers', 'divide\n\nBecause we can. And more.',
    'a' * 72, '', '# nothing but a comment',
    'Merge branch "a." into b.', 'Revert "x."', 'fixup! x.', 'squash! x.',
    'amend! x.\nno blank line', f'divide\n{SCISSORS}diff',
    'divide\n# a comment\n', '\n\ndivide\n'])
def test_a_message_that_is_well(project: Project, message: str) -> None:
    assert check(project, message.encode()) == 0
    assert not (project.folder / '.git/autodevelop/refused-message').exists()


@pytest.mark.parametrize(('message', 'what'), [
    (b'a' * 73, 'the subject has 73 characters, more than 72'),
    (b'divide.', 'the subject ends with a full stop'),
    (b'divide...', 'the subject ends with a full stop'),
    (b'divide\ntwo', 'the second line is not blank'),
    (b'divide.\ntwo', 'the second line is not blank; the subject'),
    (b'divid\xff.', 'full stop')])
def test_a_message_that_is_refused_is_kept(
        project: Project, message: bytes, what: str, capfd: Capture) -> None:
    assert check(project, message) == 1
    kept = project.folder / '.git/autodevelop/refused-message'
    assert kept.read_bytes() == message
    first, second = capfd.readouterr().err.splitlines()
    assert what in first
    assert second == f'hint: git commit --edit --file={kept}'


def test_without_an_editor_a_hash_is_no_comment(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check(project, b'#12 is done.') == 0
    monkeypatch.setenv('GIT_EDITOR', ':')
    assert check(project, b'#12 is done.') == 1


def test_a_merge_has_the_message_that_git_gave(project: Project) -> None:
    (project.folder / '.git/MERGE_HEAD').touch()
    assert check(project, b'done.') == 0


def test_an_issue_can_be_asked_for(project: Project, capfd: Capture) -> None:
    project.write('pyproject.toml',
                  "[tool.autodevelop]\nissue = '#[0-9]+'\n")
    assert check(project, b'divide') == 1
    assert 'the message does not match #[0-9]+' in capfd.readouterr().err
    assert check(project, b'divide\n\nCloses #12') == 0


def test_a_pattern_that_is_none_is_two_lines(
        project: Project, capfd: Capture) -> None:
    project.write('pyproject.toml', "[tool.autodevelop]\nissue = '('\n")
    assert check(project, b'divide') == 2
    assert 'issue is not a valid regular expression' in capfd.readouterr().err


def test_a_message_that_cannot_be_kept_is_refused_all_the_same(
        project: Project, capfd: Capture) -> None:
    project.write('.git/autodevelop', 'a file')
    assert check(project, b'divide.') == 1
    assert '--file=' in capfd.readouterr().err
