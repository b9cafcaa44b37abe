"""The lines of a change that no test runs, by diff-cover."""
import json
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.results.covered import Range, ranges
from autodevelop.system.git import find_repository, resolve
from autodevelop.system.process import run


class Change(NamedTuple):
    """Lines of a change, and those of them that ran in no cell.

    problem: why there is nothing to say.
    """

    base: str = ''
    uncovered: int = 0
    lines: int = 0
    files: Mapping[str, list[Range]] = {}
    problem: str = ''


def read_change(reports: Sequence[Path], base: str, scratch: Path) -> Change:
    """Compare with the commit ``base``."""
    if not find_spec('diff_cover'):
        return Change(base,
                      problem='install autodevelop[report] to see it here')
    commit, = resolve(find_repository(), f'{base}^{{commit}}')
    if not commit:
        return Change(base, problem=f'there is no commit {base} to compare '
                      'with')
    path = scratch / 'diff.json'
    done = run([sys.executable, '-m', 'diff_cover.diff_cover_tool',
                *map(str, reports), '--compare-branch', commit, '--quiet',
                '--ignore-staged', '--ignore-unstaged',
                '--format', f'json:{path}'], {})
    if done.status or not path.exists():
        said = done.messages.decode(errors='replace').strip()
        raise AutodevelopError(
            f'diff-cover cannot compare with {base}: '
            f'{said.rpartition(chr(10))[2]}',
            'run the cells again: a coverage.xml may be broken')
    found = json.loads(path.read_text(encoding='utf-8'))
    return Change(base, found['total_num_violations'],
                  found['total_num_lines'], {
        name: ranges({*each['violation_lines']})
        for name, each in found['src_stats'].items()
        if each['violation_lines']})
