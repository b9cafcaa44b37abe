"""What a delivery of GitHub says, and whether GitHub says it."""
import hashlib
import hmac
import json
import re
from typing import Any, NamedTuple, TypeGuard

OID = re.compile('[0-9a-f]{40}|[0-9a-f]{64}')


class Wanted(NamedTuple):
    """A commit that shall go live, and why."""

    oid: str
    cause: str


class NoMessage(Exception):
    """A body that is none of GitHub's."""


def is_signed(secret: bytes, body: bytes, signature: bytes) -> bool:
    """Whether who sent the body knows the secret.

    signature: the header X-Hub-Signature-256, ``sha256=`` and the HMAC.
    """
    expected = hmac.new(secret, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(b'sha256=' + expected.encode(), signature)


def wanted(event: str, body: bytes, repository: str,
           branch: str) -> Wanted | None:
    """Which commit an event wants live; None for one that wants nothing.

    event: the header X-GitHub-Event.
    repository: the one whose events count, ``owner/name``.
    branch: the main branch, by its short name.

    Raises NoMessage for a body that is no object in JSON.
    """
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoMessage('the body is no JSON') from error
    if not isinstance(message, dict):
        raise NoMessage('the body is no object')
    if _at(message, 'repository', 'full_name') != repository:
        return None
    if event == 'push':
        return _pushed(message, branch)
    return _merged(message, branch) if event == 'pull_request' else None


def _pushed(message: dict[str, Any], branch: str) -> Wanted | None:
    oid = message.get('after')
    if message.get('ref') != f'refs/heads/{branch}' or not is_oid(oid):
        return None
    return Wanted(oid, f'push to {branch}')


def _merged(message: dict[str, Any], branch: str) -> Wanted | None:
    change = message.get('pull_request')
    oid, number = _at(change, 'merge_commit_sha'), _at(change, 'number')
    if (message.get('action') != 'closed' or not is_oid(oid)
            or _at(change, 'merged') is not True
            or _at(change, 'base', 'ref') != branch
            or not isinstance(number, int)):
        return None
    return Wanted(oid, f'pull request {number} is merged')


def is_oid(oid: Any) -> TypeGuard[str]:
    """Whether it is a whole object id, and not the all-zero one."""
    return (isinstance(oid, str) and bool(OID.fullmatch(oid))
            and bool(oid.strip('0')))


def _at(value: Any, *keys: str) -> Any:
    """What is at a path of keys; None where there is no such path."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
