"""PrintedLine lines, and the text as it flows: without the line breaks inside a sentence or inside a heading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

from nianbao.catalogue.sections import HeadingRules
from nianbao.structure.cuts import Cuts
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

    words: the text as it flows. lines: its lines, as offsets into `words`. cuts: the breaks that were taken out.
    """

    words: str
    lines: list[PrintedLine]
    cuts: Cuts

    def to_text(self, start: int, end: int) -> tuple[int, int]:
        """A span of `words` as a span of the text."""
        return self.cuts.to_text(start, end)

    def from_text(self, offset: int) -> int:
        """An offset into the text as an offset into `words`."""
        return self.cuts.from_text(offset)


def unwrap(norm: str, lines: list[PrintedLine], rules: HeadingRules) -> Unwrapped:
    """`norm` without the line breaks inside its sentences and inside its headings.

    Two kinds are taken out: breaks every n characters in a text that was wrapped, and the break in a heading that is
    finished by a short second line which ends in a title's word (情况).
    """
    width = _wrap_width(lines)
    breaks = []
    for line, following in pairwise(lines):
        if not width and following.end - following.start > _MAX_SECOND_HALF:
            continue
        if norm[line.end - 1] not in _ENDS and _goes_on(norm, line, following, width, rules):
            breaks.append((line.end, following.start))
    if not breaks:
        return Unwrapped(norm, lines, Cuts())
    cuts = Cuts.of(breaks)
    words = cuts.apply(norm)
    return Unwrapped(words, printed_lines(words), cuts)


def _goes_on(norm: str, line: PrintedLine, following: PrintedLine, width: int, rules: HeadingRules) -> bool:
    """Whether `following` goes on what `line` begins."""
    newlines = norm.count("\n", line.end, following.start)
    if newlines == 1 and width and line.end - line.start >= width - 3:
        return leading_enumerator(norm, following.start, following.end, rules) is None
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
    mark = leading_enumerator(norm, line.start, line.end, rules)
    if mark is None or leading_enumerator(norm, following.start, following.end, rules) is not None:
        return False
    first = norm[mark.end : line.end]
    if rules.section.fullmatch("".join((first + second).split())):
        return True
    if first.endswith(rules.bare_tails) or any(sign in first for sign in "。;|"):
        return False
    return second in rules.bare_tails or not rules.section.fullmatch(second) or first[-1:] in rules.unfinished
