"""PrintedLine lines, and the text as it flows: without the line breaks inside a sentence or inside a heading."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

from nianbao.catalogue.sections import HeadingRules
from nianbao.structure.enumerators import leading_enumerator

# The longest report has a twentieth of this; what stands behind is one line, and costs no more than one.
MAX_LINES = 100_000
_LINE = re.compile(r"\S(?:[^\n]*\S)?")
_ENDS = frozenset('。;!?:")》|')
_NARROW, _WIDE = 14, 60
_MAX_SECOND_HALF = 12
_MAX_FIRST_HALF = 60


class PrintedLine(NamedTuple):
    """A printed line that is not blank. `start`, `end`: its offsets without spaces around it."""

    start: int
    end: int


def printed_lines(norm: str) -> list[PrintedLine]:
    """The lines of `norm` that hold anything but spaces, at most MAX_LINES of them."""
    return [PrintedLine(*match.span()) for match in islice(_LINE.finditer(norm), MAX_LINES)]


@dataclass(slots=True, frozen=True)
class Unwrapped:
    """The normalised text without the line breaks that only the page made.

    words: the text as it flows. lines: its lines, as offsets into `words`. breaks: where breaks were taken out, as
    offsets into `words`; origins: the same places as offsets into the text; taken: how many characters were taken
    out up to and with each break.
    """

    words: str
    lines: list[PrintedLine]
    breaks: list[int]
    origins: list[int]
    taken: list[int]

    def to_text(self, start: int, end: int) -> tuple[int, int]:
        """A span of `words` as a span of the text; a span that ends at a break does not take the break in."""
        if not self.breaks:
            return start, end
        before_start, before_end = bisect_right(self.breaks, start), bisect_left(self.breaks, end)
        return start + self._taken(before_start), end + self._taken(before_end)

    def from_text(self, offset: int) -> int:
        """An offset into the text as an offset into `words`."""
        return offset - self._taken(bisect_left(self.origins, offset)) if self.breaks else offset

    def _taken(self, breaks: int) -> int:
        return self.taken[breaks - 1] if breaks else 0


def unwrap(norm: str, lines: list[PrintedLine], rules: HeadingRules) -> Unwrapped:
    """`norm` without the line breaks inside its sentences and inside its headings.

    Two kinds are taken out: breaks every n characters in a text that was wrapped, and the break in a heading that is
    finished by a short second line which ends in a title's word (情况).
    """
    width = _wrap_width(lines)
    pieces: list[str] = []
    breaks: list[int] = []
    origins: list[int] = []
    taken: list[int] = []
    done = total = 0
    for line, following in pairwise(lines):
        if not width and following.end - following.start > _MAX_SECOND_HALF:
            continue
        if norm[line.end - 1] in _ENDS or not _goes_on(norm, line, following, width, rules):
            continue
        pieces.append(norm[done : line.end])
        done = following.start
        breaks.append(line.end - total)
        origins.append(line.end)
        total += following.start - line.end
        taken.append(total)
    if not breaks:
        return Unwrapped(norm, lines, breaks, origins, taken)
    words = "".join((*pieces, norm[done:]))
    return Unwrapped(words, printed_lines(words), breaks, origins, taken)


def _goes_on(norm: str, line: PrintedLine, following: PrintedLine, width: int, rules: HeadingRules) -> bool:
    """Whether `following` goes on what `line` begins."""
    newlines = norm.count("\n", line.end, following.start)
    if newlines == 1 and width and line.end - line.start >= width - 3:
        return leading_enumerator(norm, following.start, following.end) is None
    return newlines <= 2 and _is_broken_heading(norm, line, following, rules)


def _wrap_width(lines: list[PrintedLine]) -> int:
    """The width at which the text was wrapped; 0 where it was not."""
    lengths = sorted(line.end - line.start for line in lines)
    if len(lengths) < 12:
        return 0
    width = lengths[int(len(lengths) * 0.9)]
    if not _NARROW <= width <= _WIDE:
        return 0
    full = sum(width - 3 <= length <= width + 3 for length in lengths)
    return width if full >= 0.4 * len(lengths) else 0


def _is_broken_heading(norm: str, line: PrintedLine, following: PrintedLine, rules: HeadingRules) -> bool:
    if following.end - following.start > _MAX_SECOND_HALF or line.end - line.start > _MAX_FIRST_HALF:
        return False
    second = norm[following.start : following.end]
    if not second.endswith(rules.bare_tails):
        return False
    mark = leading_enumerator(norm, line.start, line.end)
    if mark is None or leading_enumerator(norm, following.start, following.end) is not None:
        return False
    first = norm[mark.end : line.end]
    if rules.section.fullmatch("".join((first + second).split())):
        return True
    if first.endswith(rules.bare_tails) or any(sign in first for sign in "。;|"):
        return False
    return second in rules.bare_tails or not rules.section.fullmatch(second) or first[-1:] in "的、和及与因"
