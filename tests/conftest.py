"""What tests of several modules start from."""
import signal
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.project import NO_CONFIG, NOXFILE, Project

Write = Callable[[str, str], Path]


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Undo what a command of this process does with signals.

    Else flake8's workers inherit it, and one that is told to end while it
    waits for a lock may wait for ever.
    """
    numbers = [signal.SIGINT, signal.SIGTERM,
               getattr(signal, 'SIGHUP', signal.SIGTERM)]
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before):
        signal.signal(number, handler)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a file of an empty project, and stand in that project."""
    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding='utf-8', newline='\n')
        return path

    monkeypatch.chdir(tmp_path)
    return write_file


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A repository of its own; stand in it, away from any configuration."""
    for name, value in NO_CONFIG.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv('GITHUB_OUTPUT', raising=False)
    monkeypatch.setenv('RUNS', str(tmp_path / 'runs'))
    made = Project(tmp_path / 'project')
    subprocess.run(['git', 'init', '-q', '-b', 'main', made.folder],
                   check=True)
    monkeypatch.chdir(made.folder)
    made.write('.gitignore', 'results/\n__pycache__/\n')
    made.stage('noxfile.py', NOXFILE)
    made.git('add', '.')
    return made
