"""What the service answers, as an OpenAPI 3.1 document."""
from typing import Any

from autodevelop import __version__
from autodevelop.service.division import DECIMAL, LONGEST
from autodevelop.service.problem import MEDIA_TYPE

Schema = dict[str, Any]


def _object(**properties: Schema) -> Schema:
    return {
        'type': 'object',
        'properties': properties,
        'required': list(properties),
    }


def _answer(description: str, media_type: str, schema: Schema) -> Schema:
    return {
        'description': description,
        'content': {media_type: {'schema': schema}},
    }


def _problem(description: str, **more: Schema) -> Schema:
    schema = _object(
        type={'type': 'string'},
        title={'type': 'string'},
        status={'type': 'integer'},
        detail={'type': 'string'},
        **more,
    )
    return _answer(description, MEDIA_TYPE, schema)


def _number(name: str) -> Schema:
    return {
        'name': name,
        'in': 'query',
        'required': True,
        'description': 'Given exactly once, and finite as binary64.',
        'schema': {
            'type': 'string',
            'format': 'finite-decimal',
            'minLength': 1,
            'maxLength': LONGEST,
            'pattern': f'^{DECIMAL}$',
        },
    }


def _get(summary: str, name: str, **more: Any) -> Schema:
    answers = {'405': _problem('Another method; Allow says which.')}
    answers['405']['headers'] = {'Allow': {'schema': {'type': 'string'}}}
    answers |= more.pop('responses')
    operation = {'operationId': name, 'summary': summary, **more}
    return {'get': {**operation, 'responses': answers}}


TEXT: Schema = {'type': 'string'}
QUOTIENT: Schema = {'type': 'string', 'pattern': r'^(-?[0-9].*|-?inf)$'}

DESCRIPTION: Schema = {
    'openapi': '3.1.0',
    'info': {
        'title': 'Division service',
        'version': __version__,
        'license': {'name': 'MIT', 'identifier': 'MIT'},
    },
    'servers': [{'url': '/'}],
    'paths': {
        '/': _get('Greet', 'hello', responses={
            '200': _answer('A greeting.', 'text/plain', TEXT),
        }),
        '/division': _get(
            'Divide x by y', 'division',
            parameters=[_number('x'), _number('y')],
            responses={
                '200': _answer(
                    'The quotient; inf for every x when y is zero.',
                    'text/plain', QUOTIENT,
                ),
                '400': _problem(
                    'A parameter that cannot be used.',
                    parameter={'enum': ['x', 'y']},
                ),
            },
        ),
        '/healthz': _get('Say which release answers', 'health', responses={
            '200': _answer('It is up.', 'application/json', _object(
                status={'const': 'ok'}, release=TEXT,
            )) | {'headers': {'Cache-Control': {'schema': TEXT}}},
        }),
        '/openapi.json': _get('Describe the service', 'openapi', responses={
            '200': _answer(
                'This document.', 'application/json', {'type': 'object'},
            ),
        }),
    },
}
