"""A JSON schema of the settings, made from their table.

For pyproject.toml as a whole, as editors and check-jsonschema read it; what
is beside ``[tool.autodevelop]`` may be anything.
"""
import re
from collections.abc import Mapping, Sequence
from inspect import cleandoc
from typing import Any

from autodevelop.matrix.settings import FIELDS, Settings
from autodevelop.matrix.special import (
    BRANCH, ENVIRONMENTS, PLATFORMS, REQUIREMENT, STAGES, TOOL, WORKFLOW,
)
from autodevelop.matrix.tables import Checkout, Deploy

Schema = dict[str, Any]


def make_schema(providers: Sequence[str]) -> Schema:
    """The schema, for these CI providers."""
    keys = {field: key for key, field in FIELDS.items()}
    special = _special(providers)
    described = {keys.get(name, name): {**each, **special.get(name, {})}
                 for name, each in _described(Settings).items()}
    table = _table(Settings, described)
    tool = {'type': 'object', 'properties': {'autodevelop': table}}
    return {'$schema': 'http://json-schema.org/draft-07/schema#',
            'title': 'pyproject.toml with the settings of autodevelop',
            'type': 'object', 'properties': {'tool': tool}}


def _special(providers: Sequence[str]) -> dict[str, Schema]:
    """What the type of a default does not tell."""
    branch, names = _pattern(BRANCH), _list({'type': 'string'})
    deploy = _described(Deploy)
    deploy['health']['pattern'] = '^/'
    checkout = {name.replace('_', '-'): each
                for name, each in _described(Checkout).items()}
    checkout['fetch-depth']['minimum'] = 0
    return {
        'branch': {**branch, 'type': ['string', 'array'], 'items': branch},
        'branches': _list(branch),
        'checkout': _table(Checkout, checkout),
        'ci': _list({'enum': [*providers]}),
        'commits': {'enum': ['tip', 'each']},
        'deploy': _table(Deploy, deploy),
        'environments': _list({'enum': [*ENVIRONMENTS]}),
        'files': _map(names),
        'github': _pattern(WORKFLOW),
        'platforms': _map(_list({'enum': [*PLATFORMS]})),
        'runners': _map({'type': 'string'}),
        'stages': {'type': 'object', 'additionalProperties': False,
                   'properties': dict.fromkeys(STAGES, names)},
        'subject_length': {'minimum': 0},
        'tests': {'type': ['string', 'array'], 'items': {'type': 'string'}},
        'tool': _pattern(TOOL), 'with_': _list(_pattern(REQUIREMENT))}


def _described(table: Any) -> dict[str, Schema]:
    """The type and the description of each field of a NamedTuple."""
    # Python 3.13 removes the indentation of docstrings, older ones keep it.
    texts = dict(re.findall(r'(?m)^(\w+): ((?:.|\n {4})+)$',
                            cleandoc(table.__doc__)))
    return {name: {**_type_of(default),
                   'description': ' '.join(texts[name].split()).replace(
                     '``', '`')}
            for name, default in table._field_defaults.items()}


def _type_of(default: object) -> Schema:
    if isinstance(default, bool):
        return {'type': 'boolean', 'default': default}
    if isinstance(default, int):
        return {'type': 'integer', 'minimum': 1, 'default': default}
    if isinstance(default, str):
        return {'type': 'string', 'default': default}
    if isinstance(default, Mapping):
        return {'type': 'object'}
    # Tables are tuples, too; they have schemas of their own.
    return _list({'type': 'string'})


def _list(items: Schema) -> Schema:
    return {'type': 'array', 'items': items}


def _map(values: Schema) -> Schema:
    return {'type': 'object', 'additionalProperties': values}


def _pattern(pattern: re.Pattern[str]) -> Schema:
    return {'type': 'string', 'pattern': f'^({pattern.pattern})$'}


def _table(table: Any, properties: Mapping[str, Schema]) -> Schema:
    """No other key is known: one that is written wrong is underlined."""
    return {'type': 'object', 'properties': properties,
            'description': table.__doc__.partition('\n')[0],
            'additionalProperties': False}
