"""What git makes of the file with a commit message: its own clean-up.

https://git-scm.com/docs/git-commit#Documentation/git-commit.txt---cleanupmode
The options of ``git commit`` are not known to a hook, but what git wrote into
the file for the person who edits it tells most of them.
"""
import re
from collections.abc import Mapping

SETTINGS = r'^(commit\.cleanup|core\.comment(char|string))$'
"""The settings of git that decide what the message is, for git config."""

SCISSORS = re.compile(r'^(\S+) -{24} >8 -{24}\r?$', re.MULTILINE)
"""Git ignores this line and what follows it."""

AUTOMATIC = re.compile('^([#;@!$%^&|:])$', re.MULTILINE)
"""What git chooses from for core.commentChar=auto, as it stands in the lines
that git writes below the message."""

KEPT = re.compile(r"^\S+ .*'\S+' will be kept; you may remove", re.MULTILINE)
"""Git's hint in the file with --cleanup=whitespace and --cleanup=verbatim."""


def clean_up(text: str, config: Mapping[str, str], edited: bool) -> str:
    """The message that git commits; ``edited`` says whether in an editor.

    config: the settings by their names in lower case.
    """
    mode = config.get('commit.cleanup', 'default')
    if not edited:
        strip = mode == 'strip'
        return text if mode == 'verbatim' else _strip_space(
            text, _comment(text, config) if strip else '')
    comment = _comment(text, config)
    if cut := SCISSORS.search(text):
        below, text = text[cut.end():], text[:cut.start()]
        # With --verbose it is only the diff that stands there.
        if re.search(rf'^{re.escape(comment)}\r?$', below, re.MULTILINE):
            mode = 'scissors'
    if mode == 'verbatim':
        return text
    keeps = mode in ('whitespace', 'scissors') or KEPT.search(text)
    return _strip_space(text, '' if keeps else comment)


def _comment(text: str, config: Mapping[str, str]) -> str:
    """What a comment starts with: either setting, the later one decides."""
    chosen = next((value for key, value in reversed([*config.items()])
                   if key.startswith('core.comment')), '#')
    if chosen != 'auto':
        return chosen
    cut = SCISSORS.search(text)
    found = [cut[1]] if cut else AUTOMATIC.findall(text)
    return str(found[-1]) if found else '#'


def _strip_space(text: str, comment: str) -> str:
    """As git stripspace does, without another process.

    comment: what the lines to leave out start with; '' for none.
    """
    lines = [line.rstrip(' \t\r') for line in text.split('\n')
             if not (comment and line.startswith(comment))]
    return re.sub('\n{3,}', '\n\n', '\n'.join(lines)).strip('\n')
