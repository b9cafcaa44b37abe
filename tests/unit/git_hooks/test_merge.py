"""A fix of the staged file, brought back into the working file."""
from collections.abc import Callable

import pytest

from autodevelop.git_hooks.merge import merge_fixes


def lines(text: str) -> bytes:
    """Each character a line; a dot at the end: no newline there."""
    content = '\n'.join(text.removesuffix('.')) + '\n' * bool(text)
    return (content[:-1] if text.endswith('.') else content).encode()


@pytest.mark.parametrize(('staged', 'fixed', 'working', 'expected'), [
    ('abc', 'aBc', 'abc', 'aBc'),
    ('abc', 'aBc', 'aBc', 'aBc'),
    ('abc', 'abc', 'xyz', 'xyz'),
    ('abc', '', 'abc', ''),
    ('', 'x', '', 'x'),
], ids=['no edits', 'the same edit', 'no fix', 'all is deleted',
        'an empty file'])
def test_the_simple_cases(staged: str, fixed: str, working: str,
                          expected: str) -> None:
    assert merge_fixes(*map(lines, (staged, fixed, working))) == (
        lines(expected), [])


@pytest.mark.parametrize(('staged', 'fixed', 'working', 'expected'), [
    ('abcde', 'aBcde', 'abcDe', 'aBcDe'),
    ('abcde', 'abCde', 'aBcDe', 'aBCDe'),
    ('abcde', 'abCde', 'abxcyde', 'abxCyde'),
    ('abcde', 'abCde', 'acde', 'aCde'),
    ('abcde', 'abde', 'aBcDe', 'aBDe'),
    ('abcde', 'aBCde', 'xabcdE', 'xaBCdE'),
    ('abcde', 'AbcdE', 'abCde', 'AbCdE'),
    ('abcde', 'aXYcde', 'uabcd', 'uaXYcd'),
    ('abcde', 'e', 'uabcde', 'ue'),
    ('aabbcc', 'aabBcc', 'xaabbc', 'xaabBc'),
], ids=['far', 'both neighbours edited', 'inserted beside it',
        'the line above deleted', 'deletion between edits', 'moved down',
        'two hunks', 'a longer hunk', 'the whole top deleted',
        'no line is unique'])
def test_lines_which_the_user_left_alone_are_fixed(
        staged: str, fixed: str, working: str, expected: str) -> None:
    assert merge_fixes(*map(lines, (staged, fixed, working))) == (
        lines(expected), [])


@pytest.mark.parametrize(('staged', 'fixed', 'working', 'expected'), [
    ('abc', 'axbc', 'abC', 'axbC'),
    ('abc', 'axbc', 'aBc', 'axBc'),
    ('abc', 'axbc', 'Abc', 'Axbc'),
    ('abc', 'axbc', 'ac', 'axc'),
    ('abc', 'xabc', 'Abc', 'xAbc'),
    ('abc', 'xabc', 'abcd', 'xabcd'),
    ('abc', 'abcx', 'abC', 'abCx'),
    ('abc', 'abcx', 'uabc', 'uabcx'),
    ('abcd', 'axbcyd', 'ad', 'axyd'),
    ('abcd', 'axbcyd', 'aUd', 'axUyd'),
], ids=['untouched', 'the line below edited', 'the line above edited',
        'the line below deleted', 'at the start', 'at the untouched start',
        'at the end', 'at the untouched end', 'around a deletion',
        'around an edit'])
def test_an_insertion_stays_with_its_neighbour(
        staged: str, fixed: str, working: str, expected: str) -> None:
    assert merge_fixes(*map(lines, (staged, fixed, working))) == (
        lines(expected), [])


@pytest.mark.parametrize(('staged', 'fixed', 'working', 'numbers'), [
    ('abc', 'aBc', 'aXc', [2]),
    ('abc', 'aBc', 'ac', [2]),
    ('abc', 'ac', 'aXc', [2]),
    ('abcd', 'aBCd', 'abxcd', [2]),
    ('abcd', 'aBCd', 'axcd', [2]),
    ('abcd', 'aBCd', 'uvabxd', [4]),
    ('abc', 'axbc', 'aybc', [3]),
    ('abc', 'xabc', 'yabc', [2]),
    ('abc', 'abcx', 'abcy', [4]),
    ('abcd', 'abxcd', 'ad', [2]),
    ('abcd', 'abxcd', 'aUVd', [2]),
    ('abc', 'aBc', '', [1]),
    ('', 'x', 'y', [1]),
    ('abcde', 'aBcDe', 'aXcYe', [2, 4]),
    ('abc', 'abC', 'ab', [2]),
    ('abcd', 'abCd', 'aCXd', [2]),
    ('abcd', 'aBcd', 'aXBd', [2]),
], ids=['edited', 'deleted', 'deletion of an edited line', 'split',
        'the first line edited', 'the last line edited',
        'two insertions', 'two insertions at the start',
        'two insertions at the end', 'insertion in a deletion',
        'insertion in an edit', 'all is deleted', 'two new files',
        'two hunks', 'past the end', 'the same above others',
        'the same below others'])
def test_lines_which_the_user_edited_are_left_and_named(
        staged: str, fixed: str, working: str, numbers: list[int]) -> None:
    assert merge_fixes(*map(lines, (staged, fixed, working))) == (
        lines(working), numbers)


def test_one_hunk_is_left_and_the_others_are_applied() -> None:
    assert merge_fixes(*map(lines, ('abcde', 'AbCdE', 'abXde'))) == (
        lines('AbXdE'), [3])


@pytest.mark.parametrize(('staged', 'fixed', 'working'), [
    ('abcde', 'aBcde', 'aBcdE'),
    ('abcde', 'aBcde', 'aBCde'),
    ('abcde', 'abcDe', 'abCDe'),
    ('abcde', 'acde', 'acdE'),
    ('abcde', 'abde', 'ae'),
    ('abc', 'axbc', 'axbC'),
    ('abc', 'axbc', 'axBc'),
    ('abc', 'axbc', 'Axbc'),
    ('abc', 'axbc', 'axybc'),
    ('abcde', 'aXYde', 'aXYe'),
    ('abcde', 'aXde', 'aXe'),
], ids=['replaced', 'and the line below edited', 'and the line above edited',
        'deleted', 'deleted with its neighbours', 'inserted',
        'inserted above an edit', 'inserted below an edit',
        'inserted with more', 'a longer one', 'over more lines'])
def test_a_fix_that_the_user_made_is_no_conflict(
        staged: str, fixed: str, working: str) -> None:
    assert merge_fixes(*map(lines, (staged, fixed, working))) == (
        lines(working), [])


def test_a_line_like_the_fixed_one_above_it_does_not_make_the_fix() -> None:
    assert merge_fixes(*map(lines, ('abc', 'aBc', 'aBbc'))) == (
        lines('aBBc'), [])


@pytest.mark.parametrize(('staged', 'fixed', 'working', 'expected'), [
    ('ab.', 'ab', 'Ab.', ('Ab', [])),
    ('ab.', 'ab', 'Ab', ('Ab', [])),
    ('ab.', 'ab', 'abcd', ('abcd', [])),
    ('ab.', 'ab', 'abc.', ('abc.', [])),
    ('ab.', 'ab', 'aX.', ('aX.', [2])),
    ('ab.', 'ab', 'aXYZ.', ('aXYZ.', [2])),
    ('ab.', 'ab', 'a.', ('a.', [1])),
    ('ab.', 'ab', 'aX', ('aX', [])),
    ('ab.', 'aB', 'aX.', ('aX.', [2])),
    ('ab.', 'aB', 'abc', ('aBc', [])),
    ('ab.', 'a', 'abc.', ('ac.', [])),
    ('ab.', 'Ab.', 'abc', ('Abc', [])),
    ('ab.', 'Ab.', 'aX.', ('AX.', [])),
    ('ab', 'Ab', 'ab.', ('Ab.', [])),
    ('ab', 'ab.', 'Ab', ('Ab.', [])),
    ('ab', 'ab.', 'abc', ('abc', [2])),
    ('ab', 'ab.', 'abc.', ('abc.', [])),
    ('a.', '', 'ba.', ('b', [])),
    ('a.', '', 'a', ('', [])),
    ('', 'a.', 'b', ('b', [1])),
], ids=str)
def test_the_newline_at_the_end_of_the_file(
        staged: str, fixed: str, working: str,
        expected: tuple[str, list[int]]) -> None:
    assert merge_fixes(*map(lines, (staged, fixed, working))) == (
        lines(expected[0]), expected[1])


@pytest.mark.parametrize(('staged', 'fixed', 'working', 'expected'), [
    (b'a\r\nb\n', b'a\nb\n', b'a\r\nB\n', b'a\nB\n'),
    (b'a\fb \nc\n', b'a\fb\nc\n', b'a\fb \nC\n', b'a\fb\nC\n'),
    (b'\xff \0\rb\nc\n', b'\xff\rb\nc\n', b'\xff \0\rb\nd\n',
     b'\xff\rb\nd\n'),
    (b'def\n\n\n\nx\n', b'def\n\n\nx\n', b'def\n\n\n\ny\n', b'def\n\n\ny\n'),
], ids=['carriage return', 'form feed', 'no text', 'blank lines'])
def test_only_a_newline_ends_a_line(
        staged: bytes, fixed: bytes, working: bytes, expected: bytes) -> None:
    assert merge_fixes(staged, fixed, working) == (expected, [])


@pytest.mark.once
@pytest.mark.parametrize('line', [
    lambda index: b'line %d' % index,
    lambda index: b'' if index % 2 else b'line %d' % index,
    lambda index: b'line %d' % (index // 2),
    lambda index: b'',
], ids=['all differ', 'half are blank', 'pairs', 'all are blank'])
@pytest.mark.parametrize('inserted', [
    0, pytest.param(2500, marks=pytest.mark.slow)])
def test_a_big_file(
        line: Callable[[int], bytes], inserted: int) -> None:
    staged = [line(index) for index in range(5000)]
    fixed = [staged[0], b'top', *staged[2:-2], b'bottom', staged[-1]]
    working, expected = staged.copy(), fixed.copy()
    for each in working, expected:
        each.insert(inserted, b'user')
    result = merge_fixes(*map(b'\n'.join, (staged, fixed, working)))
    assert result == (b'\n'.join(expected), [])


@pytest.mark.once
def test_a_fix_all_over_a_big_file() -> None:
    staged = [b'line %d' % index for index in range(5000)]
    fixed = [b'fixed %d' % index if index % 4 == 0 else line
             for index, line in enumerate(staged)]
    result = merge_fixes(*map(b'\n'.join, (
        staged, [b'top', *fixed], [*staged, b'user'])))
    assert result == (b'\n'.join([b'top', *fixed, b'user']), [])


@pytest.mark.parametrize('size', [100, 2500])
def test_a_file_that_has_no_line_just_once(size: int) -> None:
    staged = [b'', b'x'] * size
    fixed = [b'top', *staged[1:]]
    working = [staged[0], b'user', *staged[2:-1], b'', b'x', b'user']
    assert merge_fixes(*map(b'\n'.join, (staged, fixed, working))) == (
        b'\n'.join([b'top', *working[1:]]), [])


def test_a_line_does_not_move_past_one_of_the_user() -> None:
    staged = b'def f():\n    return 1\nx=f()\n\ny=2\n'
    fixed = b'def f():\n    return 1\n\n\nx = f()\n\ny = 2\n'
    working = b'def f():\n    return 1\nx=f()\n\nx += 10\ny=2\n'
    assert merge_fixes(staged, fixed, working) == (
        b'def f():\n    return 1\n\n\nx = f()\n\nx += 10\ny = 2\n', [])
