"""Patterns for files: those of gitignore(5), as git matches them."""
import subprocess
import sys

import pytest

from autodevelop.matrix.patterns import find_defect, select
from tests.support.project import Project

PATTERNS = [
    '*.py', '/top.py', 'src/**/*.py', 'src/', 'src', '**/x.py', 'a/**', '**',
    '*', '?.py', '[a-c].py', '[!a-c].py', r'a\*.py', '*/b.py', 'src/*.py',
    '/src', '**/src/', 'a/**/b.py', '[]a].py', r'[\]]q', r'\!x', 'foo**bar',
    'x[/]y', '/**/b.py', '**/**/b.py', '.*', '*.', r'\[a].py', '[a-]x',
    'dir/**/', '[&|~^]', '[.]hid']
PATHS = [
    'a.py', 'top.py', 'src/top.py', 'src/a/b.py', 'src/b.py', 'x.py', 'a/x.py',
    'a/b.py', 'a/c/d/b.py', 'd.py', '!x', 'fooXXbar', 'foo/x/bar', 'x/y',
    '.hid', 'src/.hid/x', 'a.', '[a].py', 'ax', '-x', ']q', '].py', 'b.py',
    'x/src', 'x/src/y', 'dir/a', 'dir/b/c', 'top.py/x', '&', '^', 'a\nb.py',
    'a*.py']


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == 'win32', reason='has not all these names')
@pytest.mark.parametrize('pattern', PATTERNS)
def test_a_pattern_selects_what_git_ignores_with_it(
        project: Project, pattern: str) -> None:
    project.write('.gitignore', f'{pattern}\n')
    done = subprocess.run(
        ['git', 'check-ignore', '--no-index', '-z', '--stdin'],
        cwd=project.folder, input='\0'.join(PATHS).encode(),
        capture_output=True)
    ignored = done.stdout.decode().split('\0')[:-1]
    assert list(select([pattern], PATHS)) == ignored


def test_the_last_pattern_that_matches_decides() -> None:
    paths = ['a.py', 'generated/b.py', 'generated/c/d.py', 'e.txt']
    assert list(select(['*.py', '!generated/'], paths)) == ['a.py']
    assert list(select(['*.py', '!generated/*', 'd.py'], paths)) == [
        'a.py', 'generated/c/d.py']
    assert list(select(['!a.py', '*.py'], paths)) == paths[:3]


@pytest.mark.parametrize(('patterns', 'defect'), [
    (['*.py', '!a'], ''), (['[z-a]'], 'an invalid pattern (bad'),
    ([], 'no pattern that selects'), (['!a'], 'no pattern that selects')])
def test_what_is_wrong_with_patterns_is_said(
        patterns: list[str], defect: str) -> None:
    assert find_defect(patterns).startswith(defect)
    assert bool(find_defect(patterns)) == bool(defect)
