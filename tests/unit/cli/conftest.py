"""Where commands run."""
from pathlib import Path

import pytest


@pytest.fixture
def no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project in no repository; it is the current folder."""
    monkeypatch.setenv('GIT_CEILING_DIRECTORIES', str(tmp_path))
    (tmp_path / 'plain').mkdir()
    monkeypatch.chdir(tmp_path / 'plain')
    Path('noxfile.py').write_text('import nox\n')
