"""No body deploys anything, unless a forge signed it."""
import pytest
from flask.testing import FlaskClient
from hypothesis import given

from autodevelop.webhook.deliveries import Deliveries
from tests.support.generated import DELIVERIES

pytestmark = pytest.mark.once


@given(what=DELIVERIES)
def test_no_random_body_deploys_or_is_a_500(
        client: FlaskClient, deliveries: Deliveries,
        what: tuple[bytes, dict[str, str], bool]) -> None:
    body, given, right = what
    answer = client.post('/', data=body, headers=given)
    assert answer.status_code in ((200, 400) if right else (403,))
    assert not deliveries.newest(1)
