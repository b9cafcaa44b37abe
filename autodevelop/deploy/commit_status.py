"""The status of a commit at a forge: whether its deploy succeeded.

GitHub, GitLab, Gitea and Forgejo have it at the same place below the URL of a
repository in their APIs:
https://docs.github.com/rest/commits/statuses
https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
"""
import json
from pathlib import Path
from typing import Any

from autodevelop.deploy.target import Target
from autodevelop.system.git import config_get
from autodevelop.system.output import say

TIMEOUT = 10.0
"""Seconds that a deploy waits for the forge."""

LONGEST = 140
"""Characters of a description that GitHub accepts."""


def set_status(target: Target, commit: str, outcome: str, why: str) -> None:
    """Set the status of a commit, if git's configuration says where.

    outcome: live or failed.

    A forge that rejects it does not change what is live.
    """
    url = config_get('autodevelop.statusUrl')
    if not url:
        return
    failed = 'failed' if '/api/v4/' in url else 'failure'
    try:
        token = Path(config_get('autodevelop.statusTokenFile')).read_text(
            'utf-8').strip()
        _post(f'{url.rstrip("/")}/statuses/{commit}', token, {
            'state': 'success' if outcome == 'live' else failed,
            'context': f'deploy/{target.folder.name}',
            'description': (why or 'live')[:LONGEST]})
    except (OSError, ValueError) as error:
        # Among them is HTTPError, with the status in its words.
        say(f'cannot set the status of {commit[:12]} at {url}: {error}')


def _post(url: str, token: str, content: dict[str, str]) -> None:
    from urllib import error, request  # Rarely needed, and slow to import.

    class NoRedirect(request.HTTPRedirectHandler):
        """Another host must not get the token."""

        def redirect_request(self, *_: Any) -> None:
            return None

    message = request.Request(url, json.dumps(content).encode(), {
        'Content-Type': 'application/json', 'Accept': 'application/json',
        'Authorization': f'Bearer {token}', 'User-Agent': 'autodevelop'})
    try:
        request.build_opener(NoRedirect).open(
            message, timeout=TIMEOUT).close()
    except error.HTTPError as answer:
        answer.close()
        raise
