"""Do what a page of docs/ says: write its files, and run its commands.

A block of code that begins with a comment is the file that it names. In a
block ``console``, what follows ``$`` is run by sh, and the lines after it are
the output; ``...`` in them stands for any text.
"""
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

BLOCK = re.compile(r'(?ms)^```(\w+)\n(.*?)^```$')
NAMED = re.compile(r'# ([\w./-]+\.\w+)\n')
COMMAND = re.compile(r'(?m)^\$ (.*)\n((?:(?!\$ ).*\n)*)')
VARYING = [
    (r'\d+(\.\d+)? s\b', 'N s'),
    (r'\b[0-9a-f]{7,40}\b', 'COMMIT'),
    (r'  +', '  '),
]
RUNNING = re.compile(
    r'(?m)^autodevelop: (\d+ of \d+ done; .*|.*: (passed|failed) in .*)\n')
"""What is printed while a session takes long."""


class File(NamedTuple):
    """A file that a page has the reader write."""

    name: str
    text: str


class Command(NamedTuple):
    """A command that a page has the reader type, and what it prints."""

    line: str
    output: str


def steps(page: str) -> Iterator[File | Command]:
    """Yield the files and commands of a page."""
    for language, text in BLOCK.findall(page):
        if language == 'console':
            yield from (Command(*each) for each in COMMAND.findall(text))
        elif named := NAMED.match(text):
            yield File(named[1], text)


def follow(page: str, folder: Path, variables: Mapping[str, str],
           ) -> Iterator[tuple[Command, str]]:
    """Do what a page says in a folder; yield what each command printed."""
    for step in steps(page):
        if isinstance(step, File):
            (folder / step.name).parent.mkdir(parents=True, exist_ok=True)
            (folder / step.name).write_text(step.text, 'utf-8')
        elif step.line.startswith('cd '):
            folder /= step.line[3:]
        else:
            done = subprocess.run(
                ['sh', '-c', step.line], cwd=folder, env=variables,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True)
            yield step, done.stdout


def lasting(output: str) -> str:
    """Output without the lines that depend on how long it took."""
    return RUNNING.sub('', output)


def is_shown(output: str, shown: str) -> bool:
    """Whether a page shows this output, but for times and commits."""
    output = lasting(output)
    for pattern, text in VARYING:
        output = re.sub(pattern, text, output)
        shown = re.sub(pattern, text, shown)
    parts = map(re.escape, re.split(r'\.\.\.\n?', shown))
    return bool(re.fullmatch('(?s:.*)'.join(parts), output))
