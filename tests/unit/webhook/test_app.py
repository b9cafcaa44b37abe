"""What is stored of what arrives, and what people see."""
import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given

from autodevelop.deploy.history import History
from autodevelop.deploy.target import Target, open_target
from autodevelop.errors import AutodevelopError
from autodevelop.webhook.app import MAX_BODY, Listener, create_app
from autodevelop.webhook.deliveries import MAX_TRIES, Deliveries
from autodevelop.webhook.message import is_signed
from tests.support.deliver import (
    REPOSITORY, SECRET, headers, merge, push, signed,
)
from tests.support.generated import DELIVERIES

A, B = 'a' * 40, 'b' * 40


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return open_target(tmp_path)


@pytest.fixture
def client(target: Target, deliveries: Deliveries) -> FlaskClient:
    return create_app(Listener(target, deliveries, SECRET, REPOSITORY, 'main',
                               )).test_client()


@pytest.fixture
def deliveries(target: Target) -> Deliveries:
    return Deliveries(target.folder)


def deliver(client: FlaskClient, body: bytes, event: str = 'push',
            id: str = '1', **changed: str) -> int:
    given = headers(body, event, id) | {
        name.replace('_', '-'): text for name, text in changed.items()}
    answer = client.post('/', data=body, headers=given)
    assert answer.mimetype == 'text/plain'
    return answer.status_code


def test_the_published_signature_is_right() -> None:
    """GitHub's own example, of its page on validating deliveries."""
    secret, body = b"It's a Secret to Everybody", b'Hello, World!'
    digest = ('757107ea0eb2509fc211221cce984b8a'
              '37570b6d7586c22c46f4379c8b043e17')
    assert is_signed(secret, body, f'sha256={digest}'.encode())
    for other in (b'', b'sha256=', digest.encode(), b'sha1=' + b'0' * 40,
                  f'sha256={digest.upper()}'.encode(), b'\xff\xfe',
                  f'sha256={digest}0'.encode()):
        assert not is_signed(secret, body, other)
    assert not is_signed(secret, b'Hello, World', f'sha256={digest}'.encode())
    assert not is_signed(b'another', body, f'sha256={digest}'.encode())


@pytest.mark.parametrize(('event', 'body', 'cause'), [
    ('push', push(A), 'push to main'),
    ('pull_request', merge(A), 'pull request 7 is merged')])
def test_what_is_merged_is_stored_before_it_is_answered(
        client: FlaskClient, deliveries: Deliveries, event: str, body: bytes,
        cause: str) -> None:
    assert deliver(client, body, event) == 202
    one, = deliveries.waiting()
    assert (one.id, one.oid, one.cause) == ('1', A, cause)
    assert client.get('/healthz').json == {'status': 'ok', 'waiting': 1}


@pytest.mark.parametrize(('event', 'body'), [
    ('ping', push(A)), ('', push(A)), ('push', merge(A)),
    ('pull_request', push(A)), ('release', push(A)),
    ('push', push(A, ref='refs/heads/other')),
    ('push', push(A, ref='refs/tags/main')),
    ('push', push(A, ref='refs/heads/refs/heads/main')),
    ('push', push('0' * 40)), ('push', push('a' * 39)),
    ('push', push('$(id)')),
    ('push', push(A, after=None)), ('push', push(A, after=[A])),
    ('push', push(A, ref=['refs/heads/main'])),
    ('push', push(A, repository={'full_name': 'mallory/division'})),
    ('push', push(A, repository=None)), ('push', push(A, repository='x')),
    ('pull_request', merge(A, 'opened')),
    ('pull_request', merge(A, merged=False)),
    ('pull_request', merge(A, merged='true')),
    ('pull_request', merge(A, base={'ref': 'other'})),
    ('pull_request', merge(A, base=None)),
    ('pull_request', merge(A, merge_commit_sha=None)),
    ('pull_request', merge(A, number=None)),
    ('pull_request', b'{"repository": {"full_name": "owner/division"}}')])
def test_anything_else_is_nothing_to_do(
        client: FlaskClient, deliveries: Deliveries, event: str,
        body: bytes) -> None:
    assert deliver(client, body, event) == 200
    assert deliveries.newest(9) == []


@pytest.mark.parametrize(('body', 'changed', 'status'), [
    (b'', {}, 400), (b'[]', {}, 400), (b'null', {}, 400), (b'{', {}, 400),
    (b'\xff', {}, 400), (b'[' * 100_000, {}, 400),
    (push(A), {'X_GitHub_Delivery': ''}, 400),
    (push(A), {'X_GitHub_Delivery': 'x' * 101}, 400),
    (push(A), {'X_Hub_Signature_256': ''}, 403),
    (push(A), {'X_Hub_Signature_256': signed(push(B))}, 403),
    (push(A), {'X_Hub_Signature_256': signed(push(A), b'guess')}, 403),
    (push(A), {'X_Hub_Signature_256': 'sha256=\xe9'}, 403)])
def test_what_is_not_githubs_is_refused(
        client: FlaskClient, deliveries: Deliveries, body: bytes,
        changed: dict[str, str], status: int) -> None:
    assert deliver(client, body, **changed) == status
    assert deliveries.newest(9) == []


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    assert deliver(client, b' ' * (MAX_BODY + 1)) == 413


def test_other_methods_and_paths_are_refused(client: FlaskClient) -> None:
    assert client.put('/').status_code == 405
    assert client.post('/healthz').status_code == 405
    assert client.get('/deliveries.sqlite').status_code == 404


@pytest.mark.parametrize(('state', 'again'), [
    ('waiting', False), ('running', False), ('live', False),
    ('superseded', False), ('failed', True)])
def test_only_a_failure_is_tried_again(
        client: FlaskClient, deliveries: Deliveries, state: str,
        again: bool) -> None:
    deliver(client, push(A))
    deliveries.finish('1', state)
    answer = client.post('/', data=push(A),
                         headers=headers(push(A), 'push', '1'))
    assert answer.status_code == 202
    assert answer.text == ('stored\n' if again else 'already known\n')
    assert (deliveries.newest(1)[0].state == 'waiting') == (
        again or state == 'waiting')


def test_an_id_is_of_one_commit(
        client: FlaskClient, deliveries: Deliveries) -> None:
    deliver(client, push(A))
    deliveries.finish('1', 'failed')
    assert deliver(client, push(B)) == 202
    assert [each.oid for each in deliveries.newest(9)] == [A]


def test_what_kills_its_worker_is_not_tried_for_ever(
        deliveries: Deliveries) -> None:
    deliveries.enqueue('1', 'why', A)
    for _ in range(MAX_TRIES):
        assert deliveries.waiting()
        deliveries.mark_running('1')
        assert not deliveries.waiting()
        deliveries.requeue()
    assert deliveries.newest(1)[0].state == 'failed'
    assert deliveries.enqueue('1', 'why', A)
    assert deliveries.newest(1)[0].tries == 0


def test_what_cannot_be_stored_is_not_answered_as_if(
        client: FlaskClient, target: Target) -> None:
    (target.folder / 'deliveries.sqlite').mkdir()
    assert deliver(client, push(A)) == 503
    assert client.get('/healthz').status_code == 503


def test_an_empty_secret_is_two_lines(
        target: Target, deliveries: Deliveries) -> None:
    with pytest.raises(AutodevelopError, match='secret of the webhook is em'):
        create_app(Listener(target, deliveries, b'', REPOSITORY, 'main'))


def test_the_page_shows_what_happened_as_text(
        client: FlaskClient, target: Target, deliveries: Deliveries) -> None:
    assert client.get('/').text.count('none yet') == 2
    deliveries.enqueue('id <script>', 'cause <b>', A)
    deliveries.finish('id <script>', 'failed', 'detail with /srv/path')
    History(target).start(B, 'who <i> from 192.0.2.7', None)
    page = client.get('/').text
    assert A[:12] in page and B[:12] in page
    assert 'cause &lt;b&gt;' in page and 'who &lt;i&gt;' in page
    for hidden in (SECRET.decode(), 'detail', str(target.folder), '<script>',
                   '192.0.2.7'):
        assert hidden not in page
    assert 'width=device-width' in page


@given(what=DELIVERIES)
def test_no_body_deploys_and_none_is_a_500(
        client: FlaskClient, deliveries: Deliveries,
        what: tuple[bytes, dict[str, str], bool]) -> None:
    body, given, right = what
    answer = client.post('/', data=body, headers=given)
    assert answer.status_code in ((200, 400) if right else (403,))
    assert not deliveries.newest(1)


def test_a_delivery_is_spoiled_by_any_byte(
        client: FlaskClient, deliveries: Deliveries) -> None:
    body, chance = bytearray(push(A)), random.Random(5)
    given: dict[str, Any] = headers(bytes(body), 'push', '1')
    for _ in range(200):
        spoiled = body.copy()
        spoiled[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        answer = client.post('/', data=bytes(spoiled), headers=given)
        assert answer.status_code == 403
    assert deliveries.newest(1) == []
    assert client.post('/', data=bytes(body), headers=given).status_code == 202


def test_a_store_of_another_kind_stays(target: Target) -> None:
    path = target.folder / 'deliveries.sqlite'
    with sqlite3.connect(path) as database:
        database.execute('CREATE TABLE deliveries (other TEXT)')
    database.close()
    with pytest.raises(AutodevelopError, match='cannot use'):
        Deliveries(target.folder).enqueue('1', 'why', A)
