"""What the workflows of a repository run with nox, read as text.

That needs no YAML parser: a command is a line of a shell.
"""
import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from autodevelop.ci.template import HEADER
from autodevelop.matrix.platforms import SYSTEMS
from autodevelop.matrix.special import PLATFORMS

PLACES = ('.github/workflows/*.y*ml', '.gitlab-ci.yml', '.travis.yml',
          '.circleci/config.yml', 'azure-pipelines.yml', '.appveyor.yml',
          'appveyor.yml')
COMMAND = re.compile(r'(?:^|[\s:;&|])(?:-m )?nox(?= )([^#\n;&|]*)')
SESSIONS = ('-s', '--session', '--sessions', '-e')
TAGS = ('-t', '--tag', '--tags')
RUNNER = re.compile(r'\b(ubuntu|macos|windows)-[\w.]+')
DEFAULT = re.compile(
    r'(?m)^\s*(?:- )?(?:run:\s*)?(?:(?:uvx|pipx run|uv run|python3? -m) )?nox'
    r'(?: (?:-[rRvx]+|--(?:force-color|verbose|reuse-\S+|error-on-\S+)))*\s*$')
"""A command that names no session."""

EXPRESSION = re.compile(r'\$\{\{(.*?)\}\}|\$\{?(\w+)\}?')
MATRIX = re.compile(r'\bmatrix\.([\w-]+)')
FORMAT = re.compile(r"\bformat\('([^']*)'")
MARK = re.compile('<([^<>]*)>')
"""A key of a matrix, or a variable, in a word of a command."""


class Workflows(NamedTuple):
    """What they run.

    files: those that run nox, as paths in the repository.
    sessions: names for ``nox -s``; what a matrix would fill in is ``*``.
    tags: names for ``nox -t``.
    default: whether nox runs without names, too.
    platforms: in the order of PLATFORMS; of GitHub alone.
    """

    files: tuple[str, ...]
    sessions: tuple[str, ...]
    tags: tuple[str, ...]
    platforms: tuple[str, ...]
    default: bool = False


def read_workflows(root: Path) -> Workflows:
    """Read those of a repository, but not what autodevelop wrote."""
    files, sessions, tags = list[str](), list[str](), list[str]()
    platforms, default = set[str](), False
    for path in sorted(each for place in PLACES for each in root.glob(place)):
        text = path.read_text('utf-8', errors='replace')
        commands = [*map(_words, COMMAND.findall(text))]
        bare = DEFAULT.search(text) is not None
        if HEADER.match(text) or not (commands or bare):
            continue
        default = default or bare
        files.append(path.relative_to(root).as_posix())
        for words in commands:
            sessions += [name for word in _values(words, SESSIONS)
                         for name in _names(word, text)]
            tags += _values(words, TAGS)
        platforms |= {SYSTEMS[name] for name in RUNNER.findall(text)}
    return Workflows(
        tuple(files), tuple(dict.fromkeys(sessions)),
        tuple(dict.fromkeys(tags)),
        tuple(each for each in PLATFORMS if each in platforms),
        default)


def _words(command: str) -> list[str]:
    command = EXPRESSION.sub(_mark, command).rstrip(' \\')
    try:
        return shlex.split(command)
    except ValueError:  # The quote ends in another line.
        return command.replace('"', ' ').replace("'", ' ').split()


def _mark(expression: re.Match[str]) -> str:
    """A mark without spaces, which a shell would split."""
    key = MATRIX.search(expression[0])
    return f'<{key[1] if key else expression[2] or ""}>'


def _names(word: str, text: str) -> list[str]:
    """The sessions that a word of a command may name, as patterns."""
    mark = MARK.fullmatch(word)
    found = _of_key(mark[1], text) if mark and mark[1] else []
    return found or [MARK.sub('*', word)]


def _of_key(key: str, text: str) -> list[str]:
    """The values of a key of a matrix, or those that a variable is made of."""
    found = list[str]()
    for indent, value in re.findall(
            rf'(?m)^([ -]*){re.escape(key)}:[ \t]*(.*)$', text):
        if '${{' in value:
            names = re.sub(r'format\([^)]*\)', '', value)
            found += [name for each in MATRIX.findall(names)
                      if each != key for name in _of_key(each, text)]
            found += [re.sub(r'\{\d\}', '*', name)
                      for name in FORMAT.findall(value)]
        elif value:
            found += value.strip('[]').split(',')
        else:
            below = re.search(rf'(?m)^{indent}{re.escape(key)}:\s*\n'
                              r'((?:\s+- .*\n)+)', text)
            found += re.findall(r'- (.*)', below[1]) if below else []
    stripped = (name.strip().strip('"\'') for name in found)
    return [*dict.fromkeys(name for name in stripped if name)]


def _values(words: Iterable[str], options: Iterable[str]) -> Iterator[str]:
    """The arguments of these options, each of which takes several."""
    taken = False
    for word in words:
        if word == '--':
            return
        name, equals, value = word.partition('=')
        if word.startswith('-'):
            taken = name in options
            if taken and equals:
                yield value
        elif taken:
            yield word
