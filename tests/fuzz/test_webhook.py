"""The webhook, asked what no forge asks, thousands of times."""
from pathlib import Path

import pytest
from hypothesis import given, settings

from autodevelop.deploy.target import open_target
from autodevelop.webhook.app import Listener, create_app
from autodevelop.webhook.deliveries import Deliveries
from tests.support.deliver import REPOSITORY, SECRET
from tests.support.generated import DELIVERIES


def test_nothing_that_is_generated_deploys_or_breaks_it(
        tmp_path: Path, capsys: pytest.CaptureFixture[str],
        pytestconfig: pytest.Config) -> None:
    examples = 10_000 if pytestconfig.getoption('--long') else 2_000
    deliveries, counts = Deliveries(tmp_path), dict[int, int]()
    client = create_app(
        Listener(open_target(tmp_path), deliveries, SECRET, REPOSITORY, 'main',
                 )).test_client()

    @settings(max_examples=examples, deadline=None)
    @given(what=DELIVERIES)
    def ask(what: tuple[bytes, dict[str, str], bool]) -> None:
        body, headers, right = what
        status = client.post('/', data=body, headers=headers).status_code
        assert status in ((200, 400) if right else (403,))
        counts[status] = counts.get(status, 0) + 1

    ask()
    assert deliveries.newest(1) == []
    with capsys.disabled():
        print(f'\nanswers by status: {counts}')
    assert sum(counts.values()) >= examples
    assert min(counts.values()) > 100
