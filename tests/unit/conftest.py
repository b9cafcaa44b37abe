"""What runs on every Python, and how long hypothesis looks for examples."""
import re
from pathlib import Path

import pytest

from autodevelop.matrix import manifest
from tests.support.nox import Listing, import_nox

ONCE = re.compile(r'^pytestmark = .*\bmark\.once\b', re.MULTILINE)
"""A file that says so of all its tests."""


def pytest_configure(config: pytest.Config) -> None:
    """Register how many examples hypothesis tries, where it is used."""
    if not _once_is_deselected(config):
        _register_profiles()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config,
                          ) -> bool | None:
    """Leave out files of which the newest Python alone runs every test.

    To deselect is not enough: to import them takes 2 of 12 s of CPU in a new
    environment, and 2 more when one of them imports hypothesis.
    """
    return (_once_is_deselected(config) and collection_path.suffix == '.py'
            and ONCE.search(collection_path.read_text('utf-8')) is not None
            ) or None


def _once_is_deselected(config: pytest.Config) -> bool:
    return 'not once' in config.getoption('markexpr')


def _register_profiles() -> None:
    from hypothesis import HealthCheck, settings

    # Short: people wait for these. `nox -s fuzz` looks for longer. Named
    # here, since hypothesis's own profile for CI repeats the same examples.
    settings.register_profile(
        'short', max_examples=10, deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture])
    for name, examples in [('fuzz', 500), ('fuzz-slow', 50),
                           ('fuzz-long', 5000), ('fuzz-slow-long', 500)]:
        settings.register_profile(
            name, max_examples=examples, deadline=None, derandomize=False)
    settings.load_profile('short')


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests in a real repository: git is the same on each Python.

    And those that run before a push. First, since pytest's own hook then
    deselects by `-m`.
    """
    folder = str(Path(__file__).parent)
    for item in (each for each in items if str(each.path).startswith(folder)):
        if 'project' in getattr(item, 'fixturenames', []):
            item.add_marker('once')
        if not item.get_closest_marker('slow'):
            item.add_marker('core')


@pytest.fixture
def listed_in_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    """List noxfiles in forks, which have nox imported."""
    import_nox()
    monkeypatch.setattr(manifest, 'start', Listing)
