"""The rules for commit messages, and where a refused one is kept."""
import os
import re
from collections.abc import Iterator
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.git import Repository, git

LONGEST = 72
"""Characters of a subject that git log and forges show without a break."""

BY_GIT = ('Merge ', 'Revert "', 'fixup! ', 'squash! ', 'amend! ')
"""How subjects begin that git writes itself."""

SCISSORS = re.compile(rb'^\S+ -{24} >8 -{24}\r?$', re.MULTILINE)
"""Below this line git itself takes nothing into the message."""


def check_message(path: Path, repository: Repository, issue: str) -> None:
    """Refuse a message that breaks a rule, and keep it for another try.

    issue: a regular expression to be found in the message; '' for none.

    Raises AutodevelopError, with status 1, to refuse it. An empty message
    is let pass: git itself refuses it.
    """
    content = path.read_bytes()
    edited = os.environ.get('GIT_EDITOR') != ':'
    if edited:
        content = SCISSORS.split(content, maxsplit=1)[0]
    options = ['--strip-comments'] if edited else []
    message = git(repository, 'stripspace', *options, given=content).decode(
        errors='replace')
    merge = (repository.git_dir / 'MERGE_HEAD').exists()
    if not message or merge or message.startswith(BY_GIT):
        return
    found = [*_findings(message), *_missing(message, issue)]
    if found:
        import shlex
        kept = shlex.quote(_keep(path, repository, content).as_posix())
        raise AutodevelopError(
            '; '.join(found), f'git commit --edit --file={kept}', status=1)


def _findings(message: str) -> Iterator[str]:
    subject, second, *_ = [*message.split('\n'), '']
    if len(subject) > LONGEST:
        yield (f'the subject has {len(subject)} characters, and {LONGEST} '
               'are the most')
    if second:
        yield 'the second line is not blank'
    if subject.endswith('.'):
        yield 'the subject ends with a full stop'


def _missing(message: str, issue: str) -> Iterator[str]:
    try:
        if not re.search(issue, message):
            yield f'nothing in it matches {issue}'
    except re.error as error:
        raise AutodevelopError(
            f'issue is no regular expression: {error}',
            'mend issue in [tool.autodevelop] of pyproject.toml') from error


def _keep(path: Path, repository: Repository, content: bytes) -> Path:
    """Keep the message beside what git overwrites at the next commit.

    Where that cannot be written, git's own file is still there to reuse.
    """
    import tempfile
    kept = repository.git_dir / 'autodevelop' / 'refused-message'
    try:
        kept.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=kept.parent, prefix='message-')
        with open(handle, 'wb') as file:
            file.write(content)
        os.replace(name, kept)
    except OSError:
        return path.absolute()
    return kept
