"""The commit-msg hook: the rules for messages; a refused one is kept.

Without a setting there is no rule.
"""
import os
import re
from collections.abc import Iterator
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks import local_config
from autodevelop.matrix.settings import Settings
from autodevelop.system.git import Repository

BY_GIT = ('Merge ', 'Revert "', 'Reapply "', 'fixup! ', 'squash! ', 'amend! ')
"""How the subjects that git writes start."""


def check_message(path: Path, repository: Repository,
                  settings: Settings) -> None:
    """Refuse a message that breaks a rule, and keep it for a retry.

    Raises AutodevelopError, with status 1, to refuse it. An empty message
    passes: git refuses it itself.
    """
    if not (settings.subject_length or settings.issue
            or not settings.subject_full_stop):
        return
    from autodevelop.git_hooks.message import SETTINGS, clean_up
    message = clean_up(
        path.read_bytes().decode(errors='surrogateescape'),
        local_config.matching(SETTINGS), os.environ.get('GIT_EDITOR') != ':')
    merge = (repository.git_dir / 'MERGE_HEAD').exists()
    if not message.strip() or merge or message.startswith(BY_GIT):
        return
    if found := broken_rules(message, settings):
        from autodevelop.git_hooks.retry_command import commit_again, keep
        raise AutodevelopError(
            f'{"; ".join(found)} (in [tool.autodevelop] of pyproject.toml)',
            commit_again(repository, keep(path, repository, message)),
            status=1)


def broken_rules(message: str, settings: Settings) -> list[str]:
    """What the rules have against a message."""
    return [*_findings(message.lstrip('\n'), settings),
            *_missing(message, settings.issue)]


def _findings(message: str, settings: Settings) -> Iterator[str]:
    subject, second, *_ = [*message.split('\n'), '']
    if limit := settings.subject_length:
        if len(subject) > limit:
            yield (f'the subject has {len(subject)} characters, more than '
                   f'subject_length = {limit}')
        if second:
            yield f'subject_length = {limit}, but the second line is not blank'
    if subject.endswith('.') and not settings.subject_full_stop:
        yield 'the subject ends with a full stop: subject_full_stop = false'


def _missing(message: str, issue: str) -> Iterator[str]:
    try:
        if not re.search(issue, message, re.MULTILINE):
            yield f'the message does not match issue = {issue}'
    except re.error as error:
        raise AutodevelopError(
            f'issue is not a valid regular expression: {error}',
            'fix issue in [tool.autodevelop] of pyproject.toml') from error
