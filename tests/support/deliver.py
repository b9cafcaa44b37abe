"""Deliveries as GitHub makes them."""
import hashlib
import hmac
import json
from typing import Any

SECRET = b'a secret of these tests'
REPOSITORY = 'owner/division'


def signed(body: bytes, secret: bytes = SECRET) -> str:
    """The header X-Hub-Signature-256 of a body."""
    return 'sha256=' + hmac.new(secret, body, hashlib.sha256).hexdigest()


def headers(body: bytes, event: str, id: str) -> dict[str, str]:
    """The headers of a delivery that count."""
    return {'X-GitHub-Event': event, 'X-GitHub-Delivery': id,
            'X-Hub-Signature-256': signed(body),
            'Content-Type': 'application/json'}


def push(oid: str, **changed: Any) -> bytes:
    """The body of a push to main; ``changed`` replaces its keys."""
    return json.dumps({
        'ref': 'refs/heads/main', 'after': oid,
        'repository': {'full_name': REPOSITORY}, **changed}).encode()


def merge(oid: str, action: str = 'closed', **changed: Any) -> bytes:
    """The body of a pull request that is merged into main."""
    change = {'number': 7, 'merged': True, 'merge_commit_sha': oid,
              'base': {'ref': 'main'}, **changed}
    return json.dumps({'action': action, 'pull_request': change,
                       'repository': {'full_name': REPOSITORY}}).encode()
