"""The listener of a server that deploys."""
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from autodevelop.deploy.target import Target, open_target
from autodevelop.webhook.app import Listener, create_app
from autodevelop.webhook.deliveries import Deliveries
from tests.support.deliver import REPOSITORY, SECRET

if sys.platform == 'win32':  # only on windows
    collect_ignore_glob = ['*']  # Deploys need Unix sockets and signals.


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return open_target(tmp_path)


@pytest.fixture
def client(target: Target, deliveries: Deliveries) -> FlaskClient:
    return create_app(Listener(target, deliveries, SECRET, REPOSITORY, 'main',
                               )).test_client()


@pytest.fixture
def deliveries(target: Target) -> Deliveries:
    return Deliveries(target.folder)
