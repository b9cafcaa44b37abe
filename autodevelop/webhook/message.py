"""What a delivery says: at GitHub, GitLab, Gitea, Forgejo or Bitbucket."""
import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypeGuard

OID = re.compile('[0-9a-f]{40}|[0-9a-f]{64}')


class Wanted(NamedTuple):
    """A commit to deploy, and why."""

    oid: str
    cause: str


class OtherRepository(Exception):
    """A body about another repository than the one that is deployed."""


class InvalidMessage(Exception):
    """A body that no forge sends."""


def wanted_commit(event: str, body: bytes, repository: str,
                  branch: str) -> Wanted | None:
    """The commit that an event asks to deploy; None for other events.

    event: the name of the event.
    repository: the one whose events are accepted, ``owner/name``.
    branch: the main branch, by its short name.

    Raises InvalidMessage for a body that is not a JSON object, and
    OtherRepository for one that is about another.
    """
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidMessage('the body is not JSON') from error
    if not isinstance(message, dict):
        raise InvalidMessage('the body is not an object')
    reader = READERS.get(event)
    if not reader:
        return None
    named = _at(message, 'repository', 'full_name') or _at(
        message, 'project', 'path_with_namespace')
    # Forges find it in any case.
    if not isinstance(named, str) or named.lower() != repository.lower():
        raise OtherRepository(f'it is about {named!r}, and deliveries are '
                              f'accepted for {repository!r}: git config '
                              'autodevelop.repository')
    return reader(message, branch)


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


def _merged_at_gitlab(message: dict[str, Any], branch: str) -> Wanted | None:
    change = message.get('object_attributes')
    # A fast-forward has no commit of its own; some versions name that of a
    # squash nowhere: https://gitlab.com/gitlab-org/gitlab/-/issues/415449
    oid = (_at(change, 'merge_commit_sha') or _at(change, 'squash_commit_sha')
           or _at(change, 'last_commit', 'id'))
    number = _at(change, 'iid')
    if (_at(change, 'action') != 'merge' or not is_oid(oid)
            or _at(change, 'target_branch') != branch
            or not isinstance(number, int)):
        return None
    return Wanted(oid, f'merge request {number} is merged')


def _pushed_to_bitbucket(message: dict[str, Any],
                         branch: str) -> Wanted | None:
    changes = _at(message, 'push', 'changes')
    for change in changes if isinstance(changes, list) else ():
        new = _at(change, 'new')
        oid = _at(new, 'target', 'hash')
        if (_at(new, 'type') == 'branch' and _at(new, 'name') == branch
                and is_oid(oid)):
            return Wanted(oid, f'push to {branch}')
    return None


def _passed(message: dict[str, Any], branch: str) -> Wanted | None:
    run = message.get('workflow_run')
    oid = _at(run, 'head_sha')
    # The branch of a fork may have the same name.
    if (message.get('action') != 'completed' or not is_oid(oid)
            or _at(run, 'conclusion') != 'success'
            or _at(run, 'event') != 'push'
            or _at(run, 'head_branch') != branch):
        return None
    return Wanted(oid, f'CI passed on {branch}')


def _passed_at_gitlab(message: dict[str, Any], branch: str) -> Wanted | None:
    run = message.get('object_attributes')
    oid = _at(run, 'sha')
    if (_at(run, 'status') != 'success' or _at(run, 'tag') is not False
            or _at(run, 'source') == 'merge_request_event'
            or _at(run, 'ref') != branch or not is_oid(oid)):
        return None
    return Wanted(oid, f'CI passed on {branch}')


READERS: dict[str, Callable[[dict[str, Any], str], Wanted | None]] = {
    'push': _pushed, 'pull_request': _merged,
    'workflow_run': _passed, 'Pipeline Hook': _passed_at_gitlab,
    'Push Hook': _pushed, 'Merge Request Hook': _merged_at_gitlab,
    'repo:push': _pushed_to_bitbucket}
"""What reads the body of an event; the names of forges differ."""


def is_oid(oid: Any) -> TypeGuard[str]:
    """Whether it is a whole object id, and not the all-zero one."""
    return (isinstance(oid, str) and bool(OID.fullmatch(oid))
            and bool(oid.strip('0')))


def _at(value: Any, *keys: str) -> Any:
    """The value at a path of keys; None without one."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
