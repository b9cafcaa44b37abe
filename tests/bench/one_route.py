"""The least that Flask can serve, to compare with."""
from flask import Flask, Response

app = Flask(__name__, static_folder=None)


@app.get('/')
def hello() -> Response:
    """Greet as the service does."""
    return Response('Hello World!', mimetype='text/plain')
