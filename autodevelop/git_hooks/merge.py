"""Merge what a fixer changed in a staged file into the edited working file.

Both start from the staged text. ``git merge-file`` reports a conflict when
adjacent lines changed on both sides; here a fix of one line is applied beside
an edit of the next, since a style fix says nothing about its neighbours.
"""
from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from itertools import count, pairwise, takewhile
from operator import eq
from typing import NamedTuple

Lines = list[bytes]

LARGE = 10 ** 6
"""Above this many comparisons, a diff may be coarser."""


class Hunk(NamedTuple):
    """Staged lines from start to stop, and the lines that replace them."""

    start: int
    stop: int
    lines: Lines


class Edits(NamedTuple):
    """The lines of the working file, related to the staged ones.

    kept: the staged lines that are still there, and both ends of the file.
    places: the working line of each of them.
    """

    lines: Lines
    kept: list[int]
    places: dict[int, int]

    def target(self, hunk: Hunk) -> int | None:
        """The working line at which the hunk applies, if it does."""
        above, place = map(self.places.get, (hunk.start - 1, hunk.start))
        if hunk.start == hunk.stop and above is not None:
            return above + 1 if place in (None, above + 1) else None
        found = map(self.places.get, range(hunk.start, hunk.stop))
        whole = place is not None and all(map(eq, found, count(place)))
        return place if whole else None

    def has_made(self, hunk: Hunk) -> bool:
        """Whether the user has made the same change already."""
        (above, below), size = self._around(hunk), len(hunk.lines)
        region = self.lines[self.places[above] + 1:self.places[below]]
        # The user may have edited the lines next to it as well.
        first = above == hunk.start - 1 and region[:size] == hunk.lines
        last = below == hunk.stop and region[-size:] == hunk.lines
        return region == hunk.lines or size > 0 and (first or last)

    def number(self, hunk: Hunk) -> int:
        """The working line nearest to the hunk, counted from 1."""
        above = self.places[self._around(hunk)[0]]
        place = self.places.get(hunk.start, above + 1)
        return max(1, min(place + 1, len(self.lines)))

    def _around(self, hunk: Hunk) -> tuple[int, int]:
        return (self.kept[bisect_left(self.kept, hunk.start) - 1],
                self.kept[bisect_left(self.kept, hunk.stop)])


def merge_fixes(staged: bytes, fixed: bytes,
                working: bytes) -> tuple[bytes, list[int]]:
    """Merge what a fixer changed into the working file.

    Returns the result, and the numbers of the working file's lines, from 1,
    where a fix was dropped because the user has edited those lines since.
    """
    if working in (staged, fixed):
        return fixed, []
    # The last newline is handled apart, so that lines are never joined.
    (old, before), (new, wanted) = _split(staged), _split(fixed)
    lines, end = _split(working)
    places = dict(_pairs(old, lines))
    edits = Edits(lines, list(places), places)
    result, left_out = _apply([
        Hunk(above + 1, below, new[top + 1:bottom])
        for (above, top), (below, bottom) in pairwise(_alike(old, new))
        if (below - above, bottom - top) != (1, 1)], edits)
    if wanted not in (before, end):
        last = places.get(len(old) - 1)
        if last == len(lines) - 1:
            end = wanted
        elif last is None or not wanted:
            left_out.add(edits.number(Hunk(len(old) - 1, len(old), [])))
    return b'\n'.join(result) + (end if result else b''), sorted(left_out)


def _apply(hunks: list[Hunk], edits: Edits) -> tuple[Lines, set[int]]:
    result, left_out = edits.lines.copy(), set()
    for hunk in reversed(hunks):  # so that the places above stay valid
        target, size = edits.target(hunk), hunk.stop - hunk.start
        if target is not None and (size or not edits.has_made(hunk)):
            result[target:target + size] = hunk.lines
        elif not edits.has_made(hunk):
            left_out.add(edits.number(hunk))
    return result, left_out


def _split(text: bytes) -> tuple[Lines, bytes]:
    body = text.removesuffix(b'\n')
    return (body.split(b'\n'), text[len(body):]) if text else ([], b'\n')


def _alike(old: Lines, new: Lines) -> list[tuple[int, int]]:
    """Pair the lines that a style fixer did not change.

    Lines are compared without spaces: otherwise a blank line inserted before
    a line with changed spacing is paired with the blank line after it.
    """
    bare = [[b''.join(line.split()) for line in lines] for lines in (old, new)]
    return [(one, other) for one, other in _pairs(*bare)
            if not 0 <= one < len(old) or old[one] == new[other]]


def _pairs(old: Lines, new: Lines) -> list[tuple[int, int]]:
    """Pair the lines that both have, in order, and both ends."""
    pairs = [(-1, -1)]
    for anchor in [*_anchors(old, new), (len(old), len(new))]:
        start, first = pairs[-1][0] + 1, pairs[-1][1] + 1
        gap = old[start:anchor[0]], new[first:anchor[1]]
        for one, other, size in _blocks(*gap) if all(gap) else ():
            pairs += zip(range(start + one, start + one + size),
                         range(first + other, first + other + size))
        pairs.append(anchor)
    return pairs


def _anchors(old: Lines, new: Lines) -> list[tuple[int, int]]:
    # Very frequent lines, such as blank ones, make difflib quadratic.
    ones, others = _once(old), _once(new)
    shared = [line for line in ones if line in others]
    blocks = SequenceMatcher(None, shared, [
        line for line in others if line in ones], False).get_matching_blocks()
    return [(ones[line], others[line]) for start, _, size in blocks
            for line in shared[start:start + size]]


def _once(lines: Lines) -> dict[bytes, int]:
    times = Counter(lines)
    return {line: at for at, line in enumerate(lines) if times[line] == 1}


def _blocks(old: Lines, new: Lines) -> list[tuple[int, int, int]]:
    if old == new:
        return [(0, 0, len(old))]
    top = _common_length(old, new)
    bottom = _common_length(old[top:][::-1], new[top:][::-1])
    ends = len(old) - bottom, len(new) - bottom
    old, new = old[top:ends[0]], new[top:ends[1]]
    large = len(old) * len(new) > LARGE
    blocks = SequenceMatcher(None, old, new, large).get_matching_blocks() if (
        len(old) != len(new) or not large) else [
        (at, at, 1) for at, same in enumerate(map(eq, old, new)) if same]
    return [(0, 0, top), *((top + one, top + other, size) for one, other, size
                           in blocks), (*ends, bottom)]


def _common_length(old: Lines, new: Lines) -> int:
    return len([*takewhile(bool, map(eq, old, new))])
