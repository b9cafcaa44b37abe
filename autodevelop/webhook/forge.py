"""Which forge a delivery is from, and whether its sender knows the secret."""
import hashlib
import hmac
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qs

from werkzeug.datastructures import Headers

from autodevelop.webhook.message import InvalidMessage


class Forge(NamedTuple):
    """The headers of a forge's deliveries.

    event: names the event; by it the forge is recognised.
    ids: name the delivery, the same in a redelivery; the first that is there
        counts.
    proof: what only a sender who knows the secret can send.
    prefix: what precedes an HMAC there; None for the secret itself.
    """

    event: str
    ids: tuple[str, ...]
    proof: str
    prefix: str | None


# https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
GITHUB = Forge('X-GitHub-Event', ('X-GitHub-Delivery',),
               'X-Hub-Signature-256', 'sha256=')
FORGES = (
    # https://docs.gitlab.com/user/project/integrations/webhooks/
    Forge('X-Gitlab-Event', ('Idempotency-Key', 'X-Gitlab-Event-UUID'),
          'X-Gitlab-Token', None),
    # https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/
    Forge('X-Event-Key', ('X-Request-UUID',), 'X-Hub-Signature', 'sha256='),
    # https://forgejo.org/docs/latest/user/webhooks/ and Gitea, which send
    # GitHub's headers, too, and older ones another signature.
    Forge('X-Gitea-Event', ('X-Gitea-Delivery',), 'X-Gitea-Signature', ''),
    GITHUB,
)


def forge_of(headers: Headers) -> Forge:
    """The forge whose headers these are; GitHub's if none is known."""
    return next((forge for forge in FORGES if forge.event in headers), GITHUB)


def is_from(forge: Forge, secrets: Sequence[bytes], body: bytes,
            headers: Headers) -> bool:
    """Whether the sender of a delivery knows one of the secrets."""
    proof = headers.get(forge.proof, '').encode()
    expected = secrets if forge.prefix is None else [
        (forge.prefix + hmac.new(secret, body, hashlib.sha256).hexdigest()
         ).encode() for secret in secrets]
    # All are compared, whichever is right: the time says nothing.
    return any([hmac.compare_digest(each, proof) for each in expected])


def delivery_id(forge: Forge, headers: Headers) -> str:
    """The id of a delivery; empty without one."""
    return next((headers[name] for name in forge.ids if name in headers), '')


def json_of(body: bytes, is_form: bool) -> bytes:
    """The JSON of a body; a form has it in its field ``payload``.

    Raises InvalidMessage for a form without one.
    """
    if not is_form:
        return body
    try:
        return parse_qs(body, max_num_fields=9)[b'payload'][0]
    except (ValueError, LookupError) as error:
        raise InvalidMessage('the form has no field payload') from error
