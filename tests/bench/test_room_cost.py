"""What it costs to open the room of a large tree for a change of one file."""
import os
from pathlib import Path
from statistics import median

import pytest

from autodevelop.checks.room import open_room
from autodevelop.system.git import find_repository
from tests.support.project import NO_CONFIG, Project

FILES = 10_000
ROUNDS = 9


def cpu() -> float:
    """Seconds of this process and of the children that it waited for."""
    return sum(os.times()[:4])


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    for name, value in NO_CONFIG.items():
        monkeypatch.setenv(name, value)
    made = Project(tmp_path)
    made.git('init', '-q', '-b', 'main')
    for number in range(FILES):
        made.write(f'folder_{number % 97}/file_{number}.py', f'x = {number}\n')
    made.git('add', '.')
    monkeypatch.chdir(tmp_path)
    return made


def test_entering_the_room_of_a_large_tree(
        large: Project, capsys: pytest.CaptureFixture[str]) -> None:
    repository, costs = find_repository(), list[float]()
    for number in range(ROUNDS + 1):
        large.stage('folder_0/file_0.py', f'x = {number}\n')
        oid = large.commit()
        tree = large.git('rev-parse', 'HEAD^{tree}').strip()
        start = cpu()
        with open_room(repository, 'pre-commit', tree, oid) as room:
            costs.append(cpu() - start)
            text = (room.tree / 'folder_0/file_0.py').read_text()
            assert text == f'x = {number}\n'
    first, *others = costs
    with capsys.disabled():
        print(f'\n\nentering a room of {FILES:,} files: the first time '
              f'{first:.2f} s of CPU, for a change of one file '
              f'{median(others):.3f} s ({min(others):.3f} to '
              f'{max(others):.3f}) in {ROUNDS} rounds')
