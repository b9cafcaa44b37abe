"""How gunicorn is told to serve the webhook; it does not run here."""
from pathlib import Path
from typing import Any

import pytest

from autodevelop.deploy.target import open_target
from autodevelop.webhook import serve
from autodevelop.webhook.app import Listener
from autodevelop.webhook.deliveries import Deliveries


def test_gunicorn_serves_the_listener_where_it_is_bound(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: dict[str, Any] = {}
    answers: list[int] = []

    class Server:
        def run(self: Any) -> None:
            self.cfg = self
            self.load_config()
            answers.append(
                self.load().test_client().get('/healthz').status_code)

        def set(self, name: str, value: Any) -> None:
            settings[name] = value

    monkeypatch.setattr(serve, 'BaseApplication', Server)
    serve.serve(Listener(open_target(tmp_path), Deliveries(tmp_path), b's',
                         'owner/name', 'main'), '127.0.0.1:9')
    assert (settings['bind'], settings['workers']) == ('127.0.0.1:9', 2)
    assert answers == [200]


@pytest.mark.parametrize(('settings', 'name'), [
    ({'autodevelop.repository': 'owner/set'}, 'owner/set'),
    ({'remote.origin.url': 'git@example.org:owner/a.git'}, 'owner/a')])
def test_the_repository_is_set_or_that_of_origin(
        monkeypatch: pytest.MonkeyPatch, settings: dict[str, str],
        name: str) -> None:
    monkeypatch.setattr(serve, 'config_get',
                        lambda key: settings.get(key, ''))
    assert serve.repository_name() == name
