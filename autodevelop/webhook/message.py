"""What a delivery says, and whether it is from GitHub."""
import hashlib
import hmac
import json
import re
from typing import Any, NamedTuple, TypeGuard

OID = re.compile('[0-9a-f]{40}|[0-9a-f]{64}')


class Wanted(NamedTuple):
    """A commit to deploy, and why."""

    oid: str
    cause: str


class InvalidMessage(Exception):
    """A body that GitHub does not send."""


def is_signed(secret: bytes, body: bytes, signature: bytes) -> bool:
    """Whether the sender of the body knows the secret.

    signature: the header X-Hub-Signature-256, ``sha256=`` and the HMAC:
        https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
    """
    expected = hmac.new(secret, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(b'sha256=' + expected.encode(), signature)


def wanted_commit(event: str, body: bytes, repository: str,
                  branch: str) -> Wanted | None:
    """The commit that an event asks to deploy; None for other events.

    event: the header X-GitHub-Event.
    repository: the one whose events are accepted, ``owner/name``.
    branch: the main branch, by its short name.

    Raises InvalidMessage for a body that is not a JSON object.
    """
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidMessage('the body is not JSON') from error
    if not isinstance(message, dict):
        raise InvalidMessage('the body is not an object')
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
