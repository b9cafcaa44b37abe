"""What is stored of what arrives, and what people see."""
import json
import random
import sqlite3
import xml.etree.ElementTree as ElementTree
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from autodevelop.deploy.history import History
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import find_repository
from autodevelop.webhook.app import MAX_BODY, Listener, create_app
from autodevelop.webhook.commits import web_page
from autodevelop.webhook.deliveries import MAX_TRIES, Deliveries
from autodevelop.webhook.forge import GITHUB, is_from
from tests.support.deliver import (
    REPOSITORY, SECRET, headers, merge, push, signed,
)
from tests.support.project import Project

A, B = 'a' * 40, 'b' * 40


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
    right = Headers({'X-Hub-Signature-256': f'sha256={digest}'})
    assert is_from(GITHUB, [secret], body, right)
    for other in ('', 'sha256=', digest, 'sha1=' + '0' * 40,
                  f'sha256={digest.upper()}', '\xff\xfe',
                  f'sha256={digest}0'):
        wrong = Headers({'X-Hub-Signature-256': other})
        assert not is_from(GITHUB, [secret], body, wrong)
    assert not is_from(GITHUB, [secret], b'Hello, World', right)
    assert not is_from(GITHUB, [b'another'], body, right)


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


GITLAB = {'X-Gitlab-Event': 'Push Hook', 'X-Gitlab-Token': SECRET.decode(),
          'X-Gitlab-Event-UUID': '1'}
PROJECT = {'path_with_namespace': REPOSITORY}


def merge_request(**changed: Any) -> bytes:
    """GitLab's body of a merge request that is merged."""
    change = {'action': 'merge', 'iid': 7, 'target_branch': 'main',
              'merge_commit_sha': A, **changed}
    return json.dumps({'object_attributes': change,
                       'project': PROJECT}).encode()


def bitbucket(**changed: Any) -> bytes:
    """Bitbucket's body of a push to main."""
    new = {'type': 'branch', 'name': 'main', 'target': {'hash': A}, **changed}
    return json.dumps({'push': {'changes': [{'new': None}, {'new': new}]},
                       'repository': {'full_name': REPOSITORY}}).encode()


def pipeline(**changed: Any) -> bytes:
    """GitLab's body of a pipeline of main that passed."""
    run = {'status': 'success', 'ref': 'main', 'tag': False, 'sha': A,
           'source': 'push', **changed}
    return json.dumps({'object_attributes': run,
                       'project': PROJECT}).encode()


def workflow_run(**changed: Any) -> bytes:
    """GitHub's body of a workflow of main that passed."""
    run = {'conclusion': 'success', 'event': 'push', 'head_branch': 'main',
           'head_sha': A, **changed}
    return json.dumps({'action': 'completed', 'workflow_run': run,
                       'repository': {'full_name': REPOSITORY}}).encode()


def gitlab(event: str, **changed: str) -> dict[str, str]:
    return {**GITLAB, 'X-Gitlab-Event': event, **changed}


def of_bitbucket(body: bytes) -> dict[str, str]:
    return {'X-Event-Key': 'repo:push', 'X-Request-UUID': '1',
            'X-Hub-Signature': signed(body)}


def gitea(body: bytes, event: str = 'push') -> dict[str, str]:
    return {'X-Gitea-Event': event, 'X-Gitea-Delivery': '1',
            'X-Gitea-Signature': signed(body).removeprefix('sha256=')}


RUN, FAILED = workflow_run(), workflow_run(conclusion='failure')
FORM = b'payload=' + quote(push(A)).encode()
PUSHED = push(A, repository=None, project=PROJECT)


@pytest.mark.parametrize(('body', 'given', 'cause'), [
    (PUSHED, GITLAB, 'push to main'),
    (PUSHED, GITLAB | {'Idempotency-Key': '1'}, 'push to main'),
    (merge_request(), gitlab('Merge Request Hook'),
     'merge request 7 is merged'),
    (merge_request(merge_commit_sha=None, squash_commit_sha=A,
                   last_commit={'id': 'b' * 40}),
     gitlab('Merge Request Hook'), 'merge request 7 is merged'),
    (merge_request(merge_commit_sha=None, last_commit={'id': A}),
     gitlab('Merge Request Hook'), 'merge request 7 is merged'),
    (RUN, headers(RUN, 'workflow_run', '1'), 'CI passed on main'),
    (pipeline(), gitlab('Pipeline Hook'), 'CI passed on main'),
    (bitbucket(), of_bitbucket(bitbucket()), 'push to main'),
    (push(A), gitea(push(A)), 'push to main'),
    (merge(A), gitea(merge(A), 'pull_request'), 'pull request 7 is merged'),
    (push(A, repository={'full_name': REPOSITORY.upper()}), None,
     'push to main'),
    (FORM, headers(FORM, 'push', '1') | {
        'Content-Type': 'application/x-www-form-urlencoded'},
     'push to main')])
def test_deliveries_of_each_forge_are_stored(
        client: FlaskClient, deliveries: Deliveries, body: bytes,
        given: dict[str, str] | None, cause: str) -> None:
    answer = client.post('/', data=body,
                         headers=given or headers(body, 'push', '1'))
    assert answer.status_code == 202, answer.text
    one, = deliveries.waiting()
    assert (one.id, one.oid, one.cause) == ('1', A, cause)


@pytest.mark.parametrize(('body', 'given', 'status'), [
    (PUSHED, gitlab('Push Hook', **{'X-Gitlab-Token': 'guess'}), 403),
    (PUSHED, {'X-Gitlab-Event': 'Push Hook'}, 403),
    (push(A), {**gitea(push(A)), 'X-Gitea-Signature': signed(push(A))}, 403),
    (push(A), {**of_bitbucket(push(A)), 'X-Hub-Signature': ''}, 403),
    (PUSHED, {'X-Gitlab-Event': 'Push Hook',
              'X-Gitlab-Token': SECRET.decode()}, 400),
    (merge_request(action='open'), gitlab('Merge Request Hook'), 200),
    (merge_request(target_branch='other'), gitlab('Merge Request Hook'), 200),
    (merge_request(merge_commit_sha='1'), gitlab('Merge Request Hook'), 200),
    (merge_request(iid=None), gitlab('Merge Request Hook'), 200),
    (FAILED, headers(FAILED, 'workflow_run', '1'), 200),
    (pipeline(status='failed'), gitlab('Pipeline Hook'), 200),
    (bitbucket(name='other'), of_bitbucket(bitbucket(name='other')), 200),
    (push(A), of_bitbucket(push(A)), 200),
    (b'payload', headers(b'payload', 'push', '1') | {
        'Content-Type': 'application/x-www-form-urlencoded'}, 400)])
def test_other_events_are_not_stored(
        client: FlaskClient, deliveries: Deliveries, body: bytes,
        given: dict[str, str], status: int) -> None:
    assert client.post('/', data=body, headers=given).status_code == status
    assert deliveries.newest(9) == []


def test_a_renamed_repository_is_said(client: FlaskClient) -> None:
    body = push(A, repository={'full_name': 'owner/renamed'})
    answer = client.post('/', data=body, headers=headers(body, 'push', '1'))
    assert "about 'owner/renamed'" in answer.text
    assert 'git config autodevelop.repository' in answer.text


def test_two_secrets_hold_while_one_is_changed(
        target: Target, deliveries: Deliveries) -> None:
    client = create_app(Listener(target, deliveries, SECRET + b'\nnew',
                                 REPOSITORY, 'main')).test_client()
    assert deliver(client, push(A)) == 202
    assert deliver(client, push(A), id='2', X_Hub_Signature_256=signed(
        push(A), b'new')) == 202
    assert deliver(client, push(A), X_Hub_Signature_256=signed(
        push(A), SECRET + b'\nnew')) == 403
    with pytest.raises(AutodevelopError, match='secret of the webhook is em'):
        create_app(Listener(target, deliveries, b'a\n\nb', REPOSITORY, 'main'))


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


def test_what_kills_its_worker_is_not_retried_forever(
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


def test_an_empty_secret_is_an_error(
        target: Target, deliveries: Deliveries) -> None:
    with pytest.raises(AutodevelopError, match='secret of the webhook is em'):
        create_app(Listener(target, deliveries, b'', REPOSITORY, 'main'))


def test_the_page_shows_what_happened_as_text(
        client: FlaskClient, target: Target, deliveries: Deliveries) -> None:
    assert client.get('/').text.count('none yet') == 2
    deliveries.enqueue('id <script>', 'cause <b>', A)
    deliveries.finish('id <script>', 'failed', 'of https://a:token@b.org/c: '
                      'detail <script> with /srv/path unix:/srv/run/1/sock')
    History(target).start(B, 'who <i> from 192.0.2.7', None)
    page = client.get('/').text
    assert A[:12] in page and B[:12] in page
    assert 'cause &lt;b&gt;' in page and 'who &lt;i&gt;' in page
    assert 'c: detail &lt;script&gt; with path sock<' in page
    for hidden in (SECRET.decode(), '/srv', str(target.folder), '192.0.2.7',
                   'token'):
        assert hidden not in page
    assert page.count('<script>') == 1
    assert 'width=device-width' in page


def test_the_page_names_commits_and_links_them(
        project: Project, target: Target, deliveries: Deliveries) -> None:
    project.stage('a', '')
    project.git('commit', '--quiet', '--message', 'Halve <b>')
    oid = project.git('rev-parse', 'HEAD').strip()
    History(target).start(oid, 'a', None)
    History(target).start('--output=x', 'a', None)
    deliveries.enqueue('1', 'push', B)
    page = create_app(Listener(
        target, deliveries, SECRET, REPOSITORY, 'main', find_repository(),
        'https://user:token@example.org/o/n.git')).test_client().get('/').text
    assert f'href="https://example.org/o/n/commit/{oid}"' in page
    assert 'Halve &lt;b&gt; <span class="author">by ' in page
    assert 'token' not in page


@pytest.mark.parametrize(('remote', 'page'), [
    ('https://example.org/o/n.git', 'https://example.org/o/n'),
    ('http://u:p@example.org:3000/o/n/', 'http://example.org:3000/o/n'),
    ('git@example.org:o/n.git', 'https://example.org/o/n'),
    ('ssh://git@example.org:22/o/n.git', 'https://example.org/o/n'),
    ('/srv/n.git', ''), ('javascript:a', ''), ('', '')])
def test_a_remote_may_have_a_page(remote: str, page: str) -> None:
    assert web_page(remote) == page


def test_the_page_says_why_a_deploy_failed_and_what_took_how_long(
        client: FlaskClient, target: Target) -> None:
    history = History(target)
    attempt = history.start(A, 'a from b', None)
    assert 'content="3"' in client.get('/').text  # It is running.
    history.finish(attempt._replace(
        outcome='failed', detail='it did not <answer>',
        steps={'check': 2.5, 'start': 1.0}))
    page = client.get('/').text
    assert 'content="60"' in page
    assert 'at start: it did not &lt;answer&gt;' in page
    assert 'autodevelop deploy logs aaaaaaaaaaaa<' in page
    assert 'check 2.5 s' in page and 'flex-grow:2.500' in page
    assert page.count('<i class="failed" style="flex-grow:1') == 1


def test_a_badge_says_what_is_live_since_when(
        client: FlaskClient, target: Target,
        monkeypatch: pytest.MonkeyPatch) -> None:
    answer = client.get('/badge.svg')
    assert (answer.mimetype, answer.status_code) == ('image/svg+xml', 200)
    assert '<title>live: nothing is live</title>' in answer.text
    attempt = History(target).start(A, 'a', None)
    monkeypatch.setattr(Target, 'live', lambda self: attempt.number)
    badge = ElementTree.fromstring(client.get('/badge.svg').text)
    assert str(badge.get('aria-label')).startswith('live: aaaaaaa since 20')


@pytest.mark.once
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
