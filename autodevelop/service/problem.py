"""Errors as problem details (RFC 9457)."""
from flask import json
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Response

MEDIA_TYPE = 'application/problem+json'


class InvalidParameter(BadRequest):
    """A query parameter that cannot be used; carries the parameter's name."""

    def __init__(self, parameter: str, why: str) -> None:
        super().__init__(f'{parameter} {why}.')
        self.parameter = parameter


def problem_response(error: HTTPException) -> Response:
    """Answer with the error's status and headers (``Allow`` among them)."""
    response = error.get_response()
    problem = {
        'type': 'about:blank',
        'title': error.name,
        'status': error.code,
        'detail': error.description,
    }
    if isinstance(error, InvalidParameter):
        problem['parameter'] = error.parameter
    response = Response(json.dumps(problem), error.code, response.headers)
    response.content_type = MEDIA_TYPE
    return response
