"""The application factory and its four routes."""
import os
from urllib.parse import parse_qs

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from autodevelop.service.division import (
    NotANumber, compute_division, parse_number,
)
from autodevelop.service.openapi import DESCRIPTION
from autodevelop.service.problem import InvalidParameter, problem_response


def create_app() -> Flask:
    """Make the WSGI application.

    The environment variable ``AUTODEVELOP_RELEASE`` names the release that
    ``/healthz`` answers with; it is read once, here.
    """
    app = Flask(__name__, static_folder=None)
    release = os.environ.get('AUTODEVELOP_RELEASE', 'unknown')
    app.register_error_handler(HTTPException, problem_response)

    @app.get('/')
    def hello() -> Response:
        return Response('Hello World!', mimetype='text/plain')

    @app.get('/division')
    def division() -> Response:
        x, y = numbers('x', 'y')
        quotient = compute_division(x, y)
        return Response(str(quotient), mimetype='text/plain')

    @app.get('/healthz')
    def health() -> Response:
        response = jsonify(status='ok', release=release)
        response.headers['Cache-Control'] = 'no-store'
        return response

    @app.get('/openapi.json')
    def openapi() -> Response:
        return jsonify(DESCRIPTION)

    return app


def numbers(*parameters: str) -> list[float]:
    """Read query parameters; an unusable one is answered with 400.

    ``request.args`` would raise, a 500, for raw bytes that are not UTF-8;
    gunicorn refuses them, other servers let them pass.
    """
    query = request.query_string.decode(errors='replace')
    values = parse_qs(query, keep_blank_values=True)
    read = []
    for parameter in parameters:
        try:
            read.append(parse_number(values.get(parameter, [])))
        except NotANumber as error:
            raise InvalidParameter(parameter, str(error)) from error
    return read
