"""What the workflows of a repository run with nox, read as text.

Nobody needs a parser of YAML for that: a command is a line of a shell.
"""
import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from autodevelop.ci.template import HEADER

PLACES = ('.github/workflows/*.y*ml', '.gitlab-ci.yml', '.travis.yml',
          '.circleci/config.yml', 'azure-pipelines.yml', '.appveyor.yml',
          'appveyor.yml')
COMMAND = re.compile(r'(?:^|[\s:;&|])(?:-m )?nox(?= )([^#\n;&|]*)')
SESSIONS = ('-s', '--session', '--sessions', '-e')
TAGS = ('-t', '--tag', '--tags')
RUNNER = re.compile(r'\b(ubuntu|macos|windows)-[\w.]+')
PLATFORMS = {'ubuntu': 'linux', 'macos': 'macos', 'windows': 'windows'}
EXPRESSION = re.compile(r'\$\{\{.*?\}\}|\$\{?\w+\}?')


class Workflows(NamedTuple):
    """What they run.

    files: those that run nox, as paths in the repository.
    sessions: names for ``nox -s``; what a matrix would fill in is ``*``.
    tags: names for ``nox -t``.
    platforms: in the order of PLATFORMS; of GitHub alone.
    """

    files: tuple[str, ...]
    sessions: tuple[str, ...]
    tags: tuple[str, ...]
    platforms: tuple[str, ...]


def read_workflows(root: Path) -> Workflows:
    """Read those of a repository, but not what autodevelop wrote."""
    files, sessions, tags = list[str](), list[str](), list[str]()
    platforms = set[str]()
    for path in sorted(each for place in PLACES for each in root.glob(place)):
        text = path.read_text('utf-8', errors='replace')
        commands = [*map(_words, COMMAND.findall(text))]
        if HEADER.match(text) or not commands:
            continue
        files.append(path.relative_to(root).as_posix())
        for words in commands:
            sessions += _values(words, SESSIONS)
            tags += _values(words, TAGS)
        platforms |= {PLATFORMS[name] for name in RUNNER.findall(text)}
    return Workflows(
        tuple(files), tuple(dict.fromkeys(sessions)),
        tuple(dict.fromkeys(tags)),
        tuple(each for each in PLATFORMS.values() if each in platforms))


def _words(command: str) -> list[str]:
    command = EXPRESSION.sub('*', command).rstrip(' \\')
    try:
        return shlex.split(command)
    except ValueError:  # The quote ends in another line.
        return command.replace('"', ' ').replace("'", ' ').split()


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
