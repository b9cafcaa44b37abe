"""The JSON schema of the settings, against what is checked when they are read.

check-jsonschema itself reads it in the acceptance tests.
"""
import json
import re

import pytest

from autodevelop.__main__ import main
from autodevelop.ci import PROVIDERS
from autodevelop.matrix.schema import make_schema
from autodevelop.matrix.settings import KEYS

TABLE = make_schema([*PROVIDERS])['properties']['tool']['properties'][
    'autodevelop']


def test_it_has_every_key_with_its_type_and_description() -> None:
    assert [*TABLE['properties']] == KEYS
    for table in (TABLE, TABLE['properties']['deploy'],
                  TABLE['properties']['checkout']):
        assert table['additionalProperties'] is False
        for key, each in table['properties'].items():
            assert each.get('type') or each['enum'], key
            assert re.match('[A-Za-z_CI]', each['description']), key
            assert '\n' not in each['description']


def test_types_and_limits_are_those_that_are_checked() -> None:
    of = TABLE['properties']
    assert of['timeout_minutes']['minimum'] == 1
    assert of['subject_length']['minimum'] == 0
    assert of['verbose'] | {'description': ''} == {
        'type': 'boolean', 'default': False, 'description': ''}
    assert of['ci']['items'] == {'enum': [*PROVIDERS]}
    assert of['checkout']['properties']['fetch-depth']['minimum'] == 0
    assert of['stages']['properties']['ci']['items'] == {'type': 'string'}
    assert of['branch']['type'] == ['string', 'array']
    assert re.match(of['branch']['pattern'], 'main')
    assert not re.match(of['branch']['pattern'], 'a b')


def test_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(['schema']) == 0
    assert json.loads(capsys.readouterr().out) == make_schema([*PROVIDERS])
