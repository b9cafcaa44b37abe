"""The application that a forge delivers to, and people look at."""
import time
from typing import NamedTuple

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from autodevelop.deploy.history import History
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.webhook.deliveries import Deliveries
from autodevelop.webhook.message import NoMessage, is_signed, wanted

LARGEST = 25 * 1024 * 1024
"""Bytes of a body: GitHub sends none that is larger."""

LONGEST_ID = 100
"""Characters of the id of a delivery; GitHub's have 36."""

SHOWN = 20
"""Deliveries and releases on the page."""


class Listener(NamedTuple):
    """Whom to listen to.

    target: where releases go live.
    deliveries: where what counts is stored.
    repository: the one whose events count, ``owner/name``.
    branch: the main branch, by its short name.
    """

    target: Target
    deliveries: Deliveries
    secret: bytes
    repository: str
    branch: str


def create_app(listener: Listener) -> Flask:
    """Make the WSGI application.

    Raises AutodevelopError for an empty secret: everybody knows that one.
    """
    if not listener.secret:
        raise AutodevelopError(
            'the secret of the webhook is empty',
            'write one into the file that AUTODEVELOP_SECRET_FILE names')
    app = Flask(__name__, static_folder=None)
    app.config['MAX_CONTENT_LENGTH'] = LARGEST
    app.register_error_handler(HTTPException, _answer_error)
    app.register_error_handler(AutodevelopError, _answer_busy)

    @app.post('/')
    def deliver() -> tuple[Response, int]:
        return _deliver(listener)

    @app.get('/')
    def show() -> str:
        target = listener.target
        return render_template(
            'page.html', repository=listener.repository, live=target.live(),
            deliveries=listener.deliveries.newest(SHOWN),
            attempts=History(target).attempts()[:SHOWN], when=_when)

    @app.get('/healthz')
    def health() -> Response:
        return jsonify(status='ok', waiting=len(listener.deliveries.waiting()))

    return app


def _deliver(listener: Listener) -> tuple[Response, int]:
    """Store what the request delivers, if it is signed and wants something."""
    body = request.get_data(cache=False)
    signature = request.headers.get('X-Hub-Signature-256', '')
    if not is_signed(listener.secret, body, signature.encode()):
        return _say('the signature is not of this body', 403)
    event = request.headers.get('X-GitHub-Event', '')
    id = request.headers.get('X-GitHub-Delivery', '')
    try:
        commit = wanted(event, body, listener.repository, listener.branch)
    except NoMessage as error:
        return _say(str(error), 400)
    if not commit:
        return _say('nothing to do', 200)
    if not 0 < len(id) <= LONGEST_ID:
        return _say('X-GitHub-Delivery is missing, or no id', 400)
    stored = listener.deliveries.store(id, commit.cause, commit.oid)
    return _say('stored' if stored else 'known already', 202)


def _say(what: str, status: int) -> tuple[Response, int]:
    return Response(f'{what}\n', mimetype='text/plain'), status


def _answer_error(error: HTTPException) -> tuple[Response, int]:
    return _say(error.name, error.code or 500)


def _answer_busy(error: AutodevelopError) -> tuple[Response, int]:
    """A forge sends again what was not stored, when somebody asks it to."""
    return _say('it cannot be stored now', 503)


def _when(seconds: float) -> str:
    return time.strftime('%Y-%m-%d %H:%M', time.gmtime(seconds))
