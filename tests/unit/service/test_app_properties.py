"""No request is an error of the server, and numbers are as documented."""
import json
import re
from string import ascii_letters

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st

from autodevelop.service.division import NotANumber, parse_number
from autodevelop.service.openapi import DESCRIPTION
from tests.support.texts import TEXTS

pytestmark = pytest.mark.once

PIECES = st.sampled_from([
    b'x', b'y', b'=', b'&', b';', b'%', b'%00', b'%ff', b'+', b'-', b'.',
    b'e', b'0', b'5', b'x=5', b'y=0', b'\xff', b' ', b'[]',
])
QUERIES = st.one_of(st.binary(), st.lists(PIECES).map(b''.join))
PATHS = st.sampled_from([b'/', b'/division', b'/healthz', b'/openapi.json'])


@given(TEXTS | st.text('0123456789+-.eE', min_size=1, max_size=66))
@example('5')
@example('x')
def test_documented_pattern_and_length_are_those_of_numbers(
        text: str) -> None:
    x, y = DESCRIPTION['paths']['/division']['get']['parameters']
    assert (x['name'], y['name']) == ('x', 'y')
    assert x['schema'] == y['schema']
    assert x['schema']['pattern'].endswith('$')
    fits = (x['schema']['minLength'] <= len(text) <= x['schema']['maxLength']
            and re.fullmatch(x['schema']['pattern'][1:-1], text))
    try:
        parse_number([text])
    except NotANumber as error:
        assert not fits or 'finite' in str(error)
    else:
        assert fits


def test_no_query_is_an_error_of_the_server(client: FlaskClient) -> None:
    @given(PATHS, QUERIES)
    @example(b'/', b'')
    @example(b'/division', b'x')
    def ask(path: bytes, query: bytes) -> None:
        answer = client.get(environ_overrides={
            'PATH_INFO': path.decode(), 'QUERY_STRING': query.decode('latin-1')
        })
        if answer.status_code == 400:
            assert path == b'/division'
            assert json.loads(answer.data)['parameter'] in ('x', 'y')
        else:
            assert answer.status_code == 200

    ask()


def test_no_path_or_method_is_an_error_of_the_server(
        client: FlaskClient) -> None:
    @given(st.binary(), st.text(ascii_letters + '-', min_size=1, max_size=9))
    def ask(path: bytes, method: str) -> None:
        answer = client.get(environ_overrides={
            'PATH_INFO': '/' + path.decode('latin-1'),
            'REQUEST_METHOD': method,
        })
        assert answer.status_code < 500

    ask()
