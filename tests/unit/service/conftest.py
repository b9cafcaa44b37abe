"""The application, and how long hypothesis looks for a counterexample."""
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

from autodevelop.service import create_app

# Said here since hypothesis's own profile for CI repeats the same examples.
settings.register_profile('fuzz', max_examples=5000, derandomize=False)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application as it is where no release is named."""
    monkeypatch.delenv('AUTODEVELOP_RELEASE', raising=False)
    return create_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """What asks the application, without a server between."""
    return app.test_client()
