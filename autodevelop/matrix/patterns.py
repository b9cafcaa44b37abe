"""Patterns for files, as in .gitignore, that say which ones a session gets.

https://git-scm.com/docs/gitignore#_pattern_format, with two differences: a
later ``!pattern`` also takes files of a folder that matches out again, and
there are no comments, nor are trailing blanks removed. Git itself matches
these only against the work tree (``git check-ignore``), not against a tree.
"""
import re
from collections.abc import Iterator, Sequence

TOKEN = (
    r'(?s)(?P<folders>(?:(?<=/)|^)\*\*/)|(?P<below>(?<=/)\*\*$)|(?P<any>\*+)'
    r'|(?P<one>\?)|\[(?P<set>!?\]?(?:\\.|[^]\\])*)\]|\\?(?P<text>.)')
"""Compiled where there is a pattern: most commits have none."""

PARTS = {'folders': '(?:.*/)?', 'below': '.+', 'any': '[^/]*', 'one': '[^/]'}


def select(patterns: Sequence[str], paths: Sequence[str]) -> Iterator[str]:
    """Yield the paths that the patterns select; the last that matches decides.

    Raises re.error for an invalid pattern, such as ``[z-a]``.
    """
    rules = [(not pattern.startswith('!'),
              re.compile(_expression(pattern.removeprefix('!')), re.DOTALL))
             for pattern in reversed(patterns)]
    for path in paths:
        if next((takes for takes, expression in rules
                 if expression.fullmatch(path)), False):
            yield path


def find_defect(patterns: Sequence[str]) -> str:
    """What is wrong with these patterns; empty if nothing is."""
    try:
        list(select(patterns, ()))
    except re.error as error:
        return f'an invalid pattern ({error})'
    selecting = any(not each.startswith('!') for each in patterns)
    return '' if selecting else 'no pattern that selects a file'


def _expression(pattern: str) -> str:
    """The regular expression of a pattern, without its ``!``."""
    body = pattern.removeprefix('/').removesuffix('/')
    anywhere = not pattern.startswith('/') and '/' not in body
    # A pattern matches a folder with all that is below it.
    return (('(?:.*/)?' if anywhere else '')
            + ''.join(map(_part, re.finditer(TOKEN, body)))
            + ('/.*' if pattern.endswith('/') else '(?:/.*)?'))


def _part(token: re.Match[str]) -> str:
    kind, text = str(token.lastgroup), token[token.lastgroup or 0]
    if kind == 'text':
        return re.escape(text)
    if kind != 'set':
        return PARTS[kind]
    negated = '^' if text.startswith('!') else ''
    inside = re.sub(r'\\(.)|[\[\]^&~|]', lambda found: re.escape(
        found[1] or found[0]), text.removeprefix('!'))
    return f'(?!/)[{negated}{inside}]'
