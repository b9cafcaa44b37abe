"""The application, without a server."""
import pytest
from flask import Flask
from flask.testing import FlaskClient

from autodevelop.service import create_app


@pytest.fixture(scope='session')
def app() -> Flask:
    """The application as it is where no release is named; it has no state."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv('AUTODEVELOP_RELEASE', raising=False)
        return create_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """What asks the application, without a server between."""
    return app.test_client()
