"""How gunicorn ends."""
import runpy
import time
from types import SimpleNamespace

import pytest

from tests.site import Site


def test_workers_end_one_after_the_other(
        site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.run('deploy', 'HEAD')
    live = site.target.live()
    assert live
    configuration = runpy.run_path(
        str(site.target.run(live) / 'gunicorn.conf.py'))
    slept: list[float] = []
    monkeypatch.setattr(time, 'sleep', slept.append)
    for age in (1, 2):
        configuration['worker_exit'](None, SimpleNamespace(age=age))
    assert sorted(slept) == [0, 0.1]
