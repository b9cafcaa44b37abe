"""Whatever is staged, fixed and edited: no line of the user is lost."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodevelop.git_hooks.merge import merge_fixes

pytestmark = pytest.mark.once

# A statement or none, with new spacing or not, how many blank lines before it,
# and whether the user has put a line after it.
STYLED = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 2),
                            st.booleans()), max_size=9)


@given(STYLED)
def test_style_fixes_keep_the_order_of_lines(
        lines: list[tuple[bool, bool, int, bool]]) -> None:
    staged, fixed, working = list[bytes](), list[bytes](), list[bytes]()
    for number, (statement, spaced, blank, user) in enumerate(lines):
        line = b'a%d=%d' % (number, number) if statement else b''
        staged.append(line)
        fixed += [b''] * blank + [line.replace(b'=', b' = ')
                                  if spaced else line]
        working += [line] + [b'user%d' % number] * user
    texts = [b''.join(b'%s\n' % line for line in each)
             for each in (staged, fixed, working)]
    result = merge_fixes(texts[0], texts[1], texts[2])[0]

    def order(text: bytes) -> list[bytes]:
        lines = text.replace(b' ', b'').split(b'\n')
        return [line for line in lines if line]

    assert order(result) == order(texts[2])


TEXTS = st.text('ab\n', max_size=12).map(str.encode)


@given(TEXTS, TEXTS)
def test_what_is_wholly_staged_becomes_the_fixed(
        staged: bytes, fixed: bytes) -> None:
    assert merge_fixes(staged, fixed, staged) == (fixed, [])
    assert merge_fixes(staged, fixed, fixed) == (fixed, [])


@given(TEXTS, TEXTS)
def test_what_no_fixer_changed_stays(staged: bytes, working: bytes) -> None:
    assert merge_fixes(staged, staged, working) == (working, [])


@given(TEXTS, TEXTS, st.data())
def test_no_line_which_the_user_added_is_lost(
        staged: bytes, fixed: bytes, data: st.DataObject) -> None:
    working = staged.split(b'\n')
    for number in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(working)))
        stop = data.draw(st.integers(place, len(working)))
        working[place:stop] = [b'user %d' % number]
    result = merge_fixes(staged, fixed, b'\n'.join(working))[0].split(b'\n')
    added = [line for line in working if line.startswith(b'user')]
    assert [line for line in result if line.startswith(b'user')] == added


# What becomes of a line: it stays, is edited, deleted or gets one below it.
ACTIONS = st.sampled_from(['{0}', '{0}+', '', '{0}\n{0}+\n'])


@given(st.lists(st.tuples(st.booleans(), ACTIONS), max_size=9))
def test_edits_that_do_not_touch_are_both_made(
        actions: list[tuple[bool, str]]) -> None:
    texts = {True: 'top\n', False: 'top\n'}
    staged = expected = 'top\n'
    for number, (is_fix, action) in enumerate(actions):
        kept = f'kept {number}\n'
        line = f'line {number}\n'
        made = action.format(line.rstrip())
        made += '\n' * (made != '' and not made.endswith('\n'))
        staged += line + kept
        expected += made + kept
        texts[is_fix] += made + kept
        texts[not is_fix] += line + kept
    assert merge_fixes(*(text.encode() for text in (
        staged, texts[True], texts[False]))) == (expected.encode(), [])


@given(st.lists(st.booleans(), min_size=1, max_size=9))
def test_nothing_changes_when_the_user_edited_every_fixed_line(
        fixes: list[bool]) -> None:
    def text(mark: str) -> bytes:
        return ''.join(f'line {number}{mark if fix else ""}\n' for number, fix
                       in enumerate(fixes)).encode()

    fixed, working = text(' fixed'), text(' edited')
    starts = [number for number, fix in enumerate(fixes, start=1)
              if fix and not (number > 1 and fixes[number - 2])]
    assert merge_fixes(text(''), fixed, working) == (working, starts)
