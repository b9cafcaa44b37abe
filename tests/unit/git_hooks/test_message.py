"""The message that git makes of its file, compared with git's own."""
import subprocess

import pytest

from autodevelop.git_hooks.message import clean_up
from tests.support.project import Project

LINE = f'{"-" * 24} >8 {"-" * 24}\n'
HINT = ('# Please enter the commit message for your changes. Lines starting\n'
        "# with '#' will be {}.\n#\n# On branch main\n#\n")
KEPT = 'kept; you may remove them yourself if you want to'
BELOW = '# Do not modify or remove the line above.\n# Everything below\n'
AUTO = {'core.commentchar': 'auto'}
SCISSORS = {'commit.cleanup': 'scissors'}


@pytest.mark.parametrize('comment', ['', '#'])
@pytest.mark.parametrize('text', [
    'a', 'a\n\n\n\nb\n', '\n \n a \t\r\n\n', '# x\na\n# y\n\n# z\n\nb', '',
    '#\n', 'a\n #b\n', '\n#\n\n'])
def test_space_is_stripped_as_git_does(
        project: Project, text: str, comment: str) -> None:
    done = subprocess.run(
        ['git', 'stripspace', *(['--strip-comments'] if comment else [])],
        input=text.encode(), capture_output=True, check=True)
    config = {'commit.cleanup': 'strip' if comment else 'whitespace'}
    assert clean_up(text, config, edited=False) == (
        done.stdout.decode().rstrip('\n'))


@pytest.mark.parametrize(('mode', 'edited', 'message'), [
    ('default', True, 'a'), ('default', False, '#12 a\n\na'),
    ('strip', True, 'a'), ('strip', False, 'a'),
    ('whitespace', True, '#12 a\n\na'), ('whitespace', False, '#12 a\n\na'),
    ('scissors', True, '#12 a\n\na'), ('scissors', False, '#12 a\n\na'),
    ('verbatim', True, '\n#12 a\n\n\na\n'),
    ('verbatim', False, '\n#12 a\n\n\na\n')])
def test_the_setting_decides_what_is_a_comment(
        mode: str, edited: bool, message: str) -> None:
    assert clean_up('\n#12 a\n\n\na\n', {'commit.cleanup': mode},
                    edited) == message


@pytest.mark.parametrize(('text', 'config', 'message'), [
    # Of --cleanup=scissors, with a status below the line.
    (f'#1 a\n# {LINE}{BELOW}#\n# On branch main\n', {}, '#1 a'),
    (f'#1 a\n# {LINE}{BELOW}#\n# On branch main\n', SCISSORS, '#1 a'),
    (f'#1 a\n# {LINE}{BELOW}#\n# {LINE}{BELOW}diff\n', SCISSORS, '#1 a'),
    (f'#1 a\r\n# {LINE}{BELOW}#\r\n', {}, '#1 a'),
    # Of --verbose, with nothing but the diff.
    (f'#1 a\nb\n\n{HINT.format("ignored")}# {LINE}{BELOW}diff\n+#\n', {}, 'b'),
    # Of --cleanup=whitespace.
    ('#1 a\n\n' + HINT.format(KEPT), {},
     '#1 a\n\n' + HINT.format(KEPT).strip('\n')),
    # Without a status there is no line to cut at.
    ('#1 a\n', SCISSORS, '#1 a'), ('#1 a\nb\n', {}, 'b')])
def test_what_git_wrote_tells_how_it_cleans_up(
        text: str, config: dict[str, str], message: str) -> None:
    assert clean_up(text, config, edited=True) == message


@pytest.mark.parametrize(('text', 'config', 'message'), [
    ('#1 a\n; b\n', {'core.commentchar': ';'}, '#1 a'),
    ('#1 a\n// b\n', {'core.commentstring': '//'}, '#1 a'),
    ('#1 a\n; b\n', {'core.commentstring': '//', 'core.commentchar': ';'},
     '#1 a'),
    ('#1 a\n\n; ignored\n;\n; On branch\n', AUTO, '#1 a'),
    (f'#1 a\n;b\n; {LINE}{BELOW}diff\n', AUTO, '#1 a'),
    (f'#1 a\n; {LINE}; Do not\n;\n; On branch\n', AUTO, '#1 a'),
    ('#1 a\n;\n\n# ignored\n#\n# On branch\n', AUTO, ';'),
    ('# b\na\n', AUTO, 'a')])
def test_comments_start_with_what_git_chose(
        text: str, config: dict[str, str], message: str) -> None:
    assert clean_up(text, config, edited=True) == message
