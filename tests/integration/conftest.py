"""What makes tests with the real nox quick."""
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autodevelop.checks import plans as kept_plans
from autodevelop.cli import hooks, project
from autodevelop.matrix import manifest, plan
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.system.fork import FORKS
from autodevelop.system.process import Variables
from tests.support.nox import Listing, import_nox

if sys.platform == 'win32':
    collect_ignore_glob = ['*']  # They run once, where there are sh and fork.


@pytest.fixture(scope='session', autouse=True)
def plans() -> Iterator[None]:
    """Plan each noxfile once, and list it in forks: 0.1 for 0.6 s of CPU."""
    import_nox()
    known: dict[tuple[bytes, str], list[Cell]] = {}
    read_plan = plan.read_plan

    def read_once(folder: Path, settings: Settings,
                  environment: Variables | None = None) -> list[Cell]:
        path = folder / 'noxfile.py'
        key = (path.read_bytes() if path.exists() else b'', repr(settings))
        if key not in known:
            known[key] = read_plan(folder, settings, environment)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        for owner in (plan, kept_plans, hooks, project):
            patch.setattr(owner, 'read_plan', read_once)
        if FORKS:
            patch.setattr(manifest, 'start', Listing)
        yield
