"""The Flask application: receives deliveries, and shows them on a page."""
import re
import time
from typing import NamedTuple

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from autodevelop.deploy.history import History
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import Repository
from autodevelop.webhook.commits import describe_commits
from autodevelop.webhook.deliveries import Deliveries
from autodevelop.webhook.forge import delivery_id, forge_of, is_from, json_of
from autodevelop.webhook.message import (
    InvalidMessage, OtherRepository, wanted_commit,
)

MAX_BODY = 25 * 1024 * 1024
"""Bytes of a body; GitHub sends no larger one:
https://docs.github.com/webhooks/webhook-events-and-payloads"""

MAX_ID = 100
"""Characters of a delivery id; GitHub's have 36."""

MAX_DETAIL = 1000
"""Characters of a reason on the page."""

FORM = 'application/x-www-form-urlencoded'

MAX_SHOWN = 20
"""Deliveries and releases on the page."""


class Listener(NamedTuple):
    """What the application needs to know.

    target: where to deploy.
    deliveries: where deliveries are stored.
    secret: of the webhook; while it is changed two, a line each.
    repository: the one whose events are accepted, ``owner/name``.
    branch: the main branch, by its short name.
    source: has the commits, and fetches them from ``remote``.
    """

    target: Target
    deliveries: Deliveries
    secret: bytes
    repository: str
    branch: str
    source: Repository | None = None
    remote: str = ''


def create_app(listener: Listener) -> Flask:
    """Create the WSGI application."""
    if not listener.secret or b'' in listener.secret.splitlines():
        raise AutodevelopError(
            'the secret of the webhook is empty',
            'write one to the file named by AUTODEVELOP_SECRET_FILE')
    app = Flask(__name__, static_folder=None)
    app.config['MAX_CONTENT_LENGTH'] = MAX_BODY
    app.register_error_handler(HTTPException, _answer_error)
    app.register_error_handler(AutodevelopError, _answer_busy)

    @app.post('/')
    def deliver() -> tuple[Response, int]:
        return _deliver(listener)

    @app.get('/')
    def show() -> str:
        return _page(listener)

    @app.get('/badge.svg')
    def badge() -> Response:
        live = History(listener.target).live()
        return Response(
            render_template('badge.svg', live=live, when=_when),
            mimetype='image/svg+xml',
            # Where a README shows it, proxies would keep it.
            headers={'Cache-Control': 'no-cache, max-age=0'})

    @app.get('/healthz')
    def health() -> Response:
        return jsonify(status='ok', waiting=len(listener.deliveries.waiting()))

    return app


def _page(listener: Listener) -> str:
    """The newest deliveries and attempts, and what is live."""
    target = listener.target
    deliveries = listener.deliveries.newest(MAX_SHOWN)
    attempts = History(target).attempts()[:MAX_SHOWN]
    commits = describe_commits(listener.source, listener.remote, [
        *(each.release for each in attempts),
        *(each.oid for each in deliveries)]) if listener.source else {}
    return render_template(
        'page.html', repository=listener.repository, live=target.live(),
        deliveries=deliveries, attempts=attempts, commits=commits,
        when=_when, public=_public,
        busy={each.outcome for each in attempts} & {'open', 'ready'}
        or {each.state for each in deliveries} & {'waiting', 'running'})


def _deliver(listener: Listener) -> tuple[Response, int]:
    """Store a delivery, if it is signed and names a commit to deploy."""
    body, headers = request.get_data(cache=False), request.headers
    forge = forge_of(headers)
    if not is_from(forge, listener.secret.splitlines(), body, headers):
        return _say('the signature does not match the body', 403)
    try:
        commit = wanted_commit(
            headers.get(forge.event, ''), json_of(body, request.mimetype
                                                  == FORM),
            listener.repository, listener.branch)
    except InvalidMessage as error:
        return _say(str(error), 400)
    except OtherRepository as error:
        return _say(f'nothing to do: {error}', 200)
    if not commit:
        return _say('nothing to do', 200)
    id = delivery_id(forge, headers)
    if not 0 < len(id) <= MAX_ID:
        return _say(f'{forge.ids[-1]} is missing or too long', 400)
    stored = listener.deliveries.enqueue(id, commit.cause, commit.oid)
    return _say('stored' if stored else 'already known', 202)


def _say(what: str, status: int) -> tuple[Response, int]:
    return Response(f'{what}\n', mimetype='text/plain'), status


def _answer_error(error: HTTPException) -> tuple[Response, int]:
    return _say(error.name, error.code or 500)


def _answer_busy(error: AutodevelopError) -> tuple[Response, int]:
    """Ask the forge to deliver it again later."""
    return _say('cannot store it now', 503)


def _public(detail: str) -> str:
    """A reason without what only administrators should know: the folders of
    files, and credentials in a URL."""
    text = re.sub(r'://[^\s/@]+@', '://', detail[:MAX_DETAIL])
    text = text.replace('unix:/', '/')
    return re.sub(r'(?<![\w:/.])(?:/[^\s/:\'"]+)*/(?=[^\s/:\'"])', '', text)


def _when(seconds: float) -> str:
    return time.strftime('%Y-%m-%d %H:%M', time.gmtime(seconds))
