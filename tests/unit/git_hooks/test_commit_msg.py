"""The rules of a commit message, on messages as git writes them."""
import pytest

from autodevelop.__main__ import main
from tests.support.project import Project

pytestmark = pytest.mark.once

Capture = pytest.CaptureFixture[str]
SCISSORS = f'# {"-" * 24} >8 {"-" * 24}\n'
RULES = """
[tool.autodevelop]
subject_length = 72
subject_full_stop = false
"""


def check(project: Project, content: bytes) -> int:
    path = project.folder / '.git/COMMIT_EDITMSG'
    path.write_bytes(content)
    return main(['hook', 'commit-msg', str(path)])


@pytest.mark.parametrize('message', [
    'divide two numbers', 'divide\n\nBecause we can. And more.',
    'a' * 72, '', '# nothing but a comment',
    'Merge branch "a." into b.', 'Revert "x."', 'Reapply "x."', 'fixup! x.',
    'squash! x.', 'amend! x.\nno blank line', f'divide\n{SCISSORS}diff',
    'divide\n# a comment\n', '\n\ndivide\n'])
def test_a_message_that_keeps_the_rules_passes(
        project: Project, message: str) -> None:
    project.write('pyproject.toml', RULES)
    assert check(project, message.encode()) == 0
    assert not (project.folder / '.git/autodevelop/refused-message').exists()


def test_without_a_setting_there_is_no_rule(project: Project) -> None:
    assert check(project, b'a' * 73 + b'.\ntwo') == 0


@pytest.mark.parametrize(('message', 'what'), [
    (b'a' * 73, 'the subject has 73 characters, more than subject_length = 7'),
    (b'divide.', 'ends with a full stop: subject_full_stop = false (in [tool'),
    (b'divide...', 'the subject ends with a full stop'),
    (b'divide\ntwo', 'the second line is not blank'),
    (b'divide.\ntwo', 'the second line is not blank; the subject'),
    (b'divid\xff.', 'full stop')])
def test_a_message_that_is_refused_is_kept(
        project: Project, message: bytes, what: str, capfd: Capture) -> None:
    project.write('pyproject.toml', RULES)
    assert check(project, b'\n\n' + message + b'\n# a comment') == 1
    kept = project.folder / '.git/autodevelop/refused-message'
    assert kept.read_bytes() == message + b'\n'
    first, second = capfd.readouterr().err.splitlines()
    assert what in first
    assert 'pyproject.toml' in first
    assert second == f'hint: git commit --edit --file={kept.as_posix()}'


@pytest.mark.parametrize(('setting', 'message', 'status'), [
    ('subject_length = 10', 'a' * 10 + '.', 1),
    ('subject_length = 10', 'a' * 9 + '.', 0),
    ('subject_length = 10', 'a\nb', 1),
    ('subject_full_stop = false', 'a' * 80 + '\nb', 0),
    ('subject_full_stop = false', 'a.', 1)])
def test_each_rule_is_a_setting_of_its_own(
        project: Project, setting: str, message: str, status: int) -> None:
    project.write('pyproject.toml', f'[tool.autodevelop]\n{setting}\n')
    assert check(project, message.encode()) == status


def test_without_an_editor_a_hash_is_no_comment(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write('pyproject.toml', RULES)
    assert check(project, b'#12 is done.') == 0
    monkeypatch.setenv('GIT_EDITOR', ':')
    assert check(project, b'#12 is done.') == 1


def test_the_settings_of_git_are_those_of_its_command_line(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in git -c commit.cleanup=whitespace commit."""
    project.write('pyproject.toml', RULES)
    project.git('config', 'commit.cleanup', 'strip')
    assert check(project, b'#12 is done.') == 0
    monkeypatch.setenv('GIT_CONFIG_PARAMETERS',
                       "'commit.cleanup'='whitespace'")
    assert check(project, b'#12 is done.') == 1


def test_a_merge_has_the_message_that_git_gave(project: Project) -> None:
    project.write('pyproject.toml', RULES)
    (project.folder / '.git/MERGE_HEAD').touch()
    assert check(project, b'done.') == 0


def test_an_issue_can_be_asked_for(project: Project, capfd: Capture) -> None:
    project.write('pyproject.toml',
                  "[tool.autodevelop]\nissue = '#[0-9]+'\n")
    assert check(project, b'divide') == 1
    assert 'the message does not match issue = #[0-9]+' in (
        capfd.readouterr().err)
    assert check(project, b'divide\n\nCloses #12') == 0
    assert check(project, b'# nothing but a comment') == 0


@pytest.mark.parametrize(('message', 'status'), [
    (b'divide\n\nRefs: #12\nSigned-off-by: a', 0), (b'divide Refs: #12', 1),
    (b'divide\n\nRefs: #12 and more', 1)])
def test_the_ends_in_the_pattern_of_an_issue_are_those_of_a_line(
        project: Project, message: bytes, status: int) -> None:
    project.write('pyproject.toml',
                  "[tool.autodevelop]\nissue = '^Refs: #[0-9]+$'\n")
    assert check(project, message) == status


def test_an_invalid_pattern_is_an_error(
        project: Project, capfd: Capture) -> None:
    project.write('pyproject.toml', "[tool.autodevelop]\nissue = '('\n")
    assert check(project, b'divide') == 2
    assert 'issue is not a valid regular expression' in capfd.readouterr().err


def test_a_message_that_cannot_be_kept_is_refused_all_the_same(
        project: Project, capfd: Capture) -> None:
    project.write('pyproject.toml', RULES)
    project.write('.git/autodevelop', 'a file')
    assert check(project, b'divide.') == 1
    assert '--file=' in capfd.readouterr().err
