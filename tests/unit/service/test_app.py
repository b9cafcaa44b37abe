"""Every route, every error, and that the description tells the truth."""
import json
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from autodevelop import __version__
from autodevelop.service import create_app
from autodevelop.service.openapi import DESCRIPTION

ROUTES = ['/', '/division?x=5&y=2', '/healthz', '/openapi.json']
TEXT = 'text/plain; charset=utf-8'
PROBLEM = 'application/problem+json'
DOCUMENTED = [
    (path, status, answer)
    for path, operations in DESCRIPTION['paths'].items()
    for status, answer in operations['get']['responses'].items()
]


def test_root_greets(client: FlaskClient) -> None:
    answer = client.get('/')
    assert (answer.status_code, answer.text) == (200, 'Hello World!')
    assert answer.content_type == TEXT


@pytest.mark.parametrize('query, quotient', [
    ('x=5&y=2', '2.5'),
    ('x=6&y=2', '3.0'),
    ('y=2&x=5', '2.5'),
    ('x=5&y=2&z=nan', '2.5'),
    ('x=%2B5&y=-2', '-2.5'),
    ('x=0&y=-5', '-0.0'),
    ('x=1e22&y=1', '1e+22'),
    ('x=5&y=0', 'inf'),
    ('x=0&y=0', 'inf'),
    ('x=-5&y=-0.0', 'inf'),
    ('x=-5&y=1e-400', 'inf'),
    ('x=-1e308&y=.1', '-inf'),
])
def test_division_answers_with_the_quotient(
        client: FlaskClient, query: str, quotient: str) -> None:
    answer = client.get(f'/division?{query}')
    assert (answer.status_code, answer.text) == (200, quotient)
    assert answer.content_type == TEXT


@pytest.mark.parametrize('query, parameter, why', [
    ('', 'x', 'must be given exactly once, not 0 times'),
    ('y=2', 'x', 'must be given exactly once, not 0 times'),
    ('x=5', 'y', 'must be given exactly once, not 0 times'),
    ('X=5&y=2', 'x', 'must be given exactly once, not 0 times'),
    ('x=5&x=5&y=2', 'x', 'must be given exactly once, not 2 times'),
    ('x=5&y=2&y=0', 'y', 'must be given exactly once, not 2 times'),
    ('x=&y=2', 'x', 'must be a decimal number such as 5, -2.5 or 1e-3'),
    ('x=5&y', 'y', 'must be a decimal number such as 5, -2.5 or 1e-3'),
    ('x=+5&y=2', 'x', 'must be a decimal number such as 5, -2.5 or 1e-3'),
    ('x=nan&y=2', 'x', 'must be a decimal number such as 5, -2.5 or 1e-3'),
    ('x=5&y=1_0', 'y', 'must be a decimal number such as 5, -2.5 or 1e-3'),
    ('x=5&y=%FF', 'y', 'must be a decimal number such as 5, -2.5 or 1e-3'),
    ('x=5&y=%D9%A1', 'y', 'must be a decimal number such as 5, -2.5 or 1e-3'),
    ('x=5&y=1e309', 'y', 'must be finite as a binary64 number'),
    (f'x=5&y={"0" * 65}', 'y', 'must have at most 64 characters'),
])
def test_unusable_parameter_is_a_problem_that_names_it(
        client: FlaskClient, query: str, parameter: str, why: str) -> None:
    answer = client.get(f'/division?{query}')
    assert answer.status_code == 400
    assert answer.content_type == PROBLEM
    assert answer.json == {
        'type': 'about:blank',
        'title': 'Bad Request',
        'status': 400,
        'detail': f'{parameter} {why}.',
        'parameter': parameter,
    }


@pytest.mark.parametrize('query, status', [
    (b'x=\xff&y=2', 400),
    (b'x=5&y=2&z=\xff', 200),
    (b'x=\xd9\xa1&y=2', 400),
])
def test_raw_bytes_are_treated_like_escaped_ones(
        client: FlaskClient, query: bytes, status: int) -> None:
    for text in (query.decode('latin-1'), quote(query, safe='=&')):
        answer = client.get(environ_overrides={
            'PATH_INFO': '/division', 'QUERY_STRING': text})
        assert answer.status_code == status


@pytest.mark.parametrize('path', [
    '/nothing', '/division/', '/Division', '/static/a', '/%00', '/%FF'])
def test_unknown_path_is_a_problem(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    problem = json.loads(answer.data)
    assert (answer.status_code, answer.content_type) == (404, PROBLEM)
    assert problem.pop('detail')
    assert problem == {
        'type': 'about:blank', 'title': 'Not Found', 'status': 404}


@pytest.mark.parametrize('method', [
    'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'QUERY', 'NONSENSE'])
@pytest.mark.parametrize('path', ROUTES)
def test_other_method_is_a_problem_and_allow_says_which(
        client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, environ_overrides={'REQUEST_METHOD': method})
    problem = json.loads(answer.data)
    assert (answer.status_code, answer.content_type) == (405, PROBLEM)
    assert set(answer.allow) == {'GET', 'HEAD', 'OPTIONS'}
    assert problem.pop('detail')
    assert problem == {
        'type': 'about:blank', 'title': 'Method Not Allowed', 'status': 405}


@pytest.mark.parametrize('path', [*ROUTES, '/division', '/nothing'])
def test_head_is_get_without_the_body(client: FlaskClient, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert head.status_code == get.status_code
    assert dict(head.headers) == dict(get.headers)
    assert head.data == b''


@pytest.mark.parametrize('path', ROUTES)
def test_options_says_which_methods_there_are(
        client: FlaskClient, path: str) -> None:
    answer = client.options(path)
    assert answer.status_code == 200
    assert set(answer.allow) == {'GET', 'HEAD', 'OPTIONS'}


def test_health_names_no_release_unless_told(client: FlaskClient) -> None:
    answer = client.get('/healthz')
    assert answer.json == {'status': 'ok', 'release': 'unknown'}


def test_health_names_the_release_and_is_never_cached(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('AUTODEVELOP_RELEASE', '0123abc')
    app = create_app()
    monkeypatch.setenv('AUTODEVELOP_RELEASE', 'a later one')
    answer = app.test_client().get('/healthz')
    assert answer.status_code == 200
    assert answer.content_type == 'application/json'
    assert answer.json == {'status': 'ok', 'release': '0123abc'}
    assert answer.headers['Cache-Control'] == 'no-store'


def test_description_is_served_as_openapi(client: FlaskClient) -> None:
    answer = client.get('/openapi.json')
    assert answer.status_code == 200
    assert answer.content_type == 'application/json'
    assert answer.json == DESCRIPTION
    assert DESCRIPTION['openapi'] == '3.1.0'
    assert DESCRIPTION['info']['version'] == __version__


def test_description_has_exactly_the_routes_of_the_application(
        app: Flask) -> None:
    served = {rule.rule: rule.endpoint for rule in app.url_map.iter_rules()}
    assert served == {path: operations['get']['operationId'] for
                      path, operations in DESCRIPTION['paths'].items()}


@pytest.mark.parametrize('path, status, documented', DOCUMENTED)
def test_documented_answer_is_the_one_given(
        client: FlaskClient, path: str, status: str,
        documented: dict[str, Any]) -> None:
    query = '?x=5&y=2' if status == '200' else ''
    method = 'POST' if status == '405' else 'GET'
    answer = client.open(path + query, method=method)
    (media_type, content), = documented['content'].items()
    assert str(answer.status_code) == status
    assert answer.mimetype == media_type
    assert set(documented.get('headers', {})) <= set(answer.headers.keys())
    required = content['schema'].get('required', [])
    assert not required or set(json.loads(answer.data)) == set(required)
