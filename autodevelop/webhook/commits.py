"""What a person wants to know of commits: subject, author, and the page."""
import re
from collections.abc import Iterable
from typing import NamedTuple

from autodevelop.system.git import Repository, git_unchecked
from autodevelop.webhook.message import is_oid

HTTP = re.compile(r'(https?://)(?:[^/@]*@)?([^@]+)')
SSH = re.compile(r'(?:ssh://)?[^/@]+@([^/:]+)(?::\d+(?=/))?[:/]+(.+)')
"""git@host:owner/name, or ssh://git@host:22/owner/name."""


class Commit(NamedTuple):
    """A commit, as a page names it; without an address where none is known."""

    subject: str
    author: str
    url: str


def describe_commits(repository: Repository, remote: str,
                     oids: Iterable[str]) -> dict[str, Commit]:
    """Describe the commits that the repository has, by their ids.

    remote: the URL it fetches from.
    """
    # Without any, git would show HEAD.
    known = [*dict.fromkeys(filter(is_oid, oids))]
    done = git_unchecked(
        repository, 'log', '--no-walk=unsorted', '--ignore-missing',
        '--format=%H%x00%s%x00%an', *known, '--') if known else None
    text = done.output.decode(errors='replace') if done else ''
    page = web_page(remote)
    return {oid: Commit(subject, author, page and f'{page}/commit/{oid}')
            for oid, subject, author in (
                line.split('\0') for line in text.splitlines()
                if line.count('\0') == 2)}


def web_page(remote: str) -> str:
    """The page of a repository at its forge, without credentials; empty for
    one of this machine."""
    bare = remote.rstrip('/').removesuffix('.git')
    if found := HTTP.fullmatch(bare):
        return f'{found[1]}{found[2]}'
    found = SSH.fullmatch(bare)
    return f'https://{found[1]}/{found[2]}' if found else ''
