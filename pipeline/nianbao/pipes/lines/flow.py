"""Printed lines, and the text as it flows: line breaks inside a sentence or inside a heading softened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from nianbao.pipes.lines.numbering import leading_mark
from nianbao.pipes.lines.rules import HeadingRules

SOFT = "\x1f"
# The longest report has a twentieth of this; what stands behind is one line, and costs no more than one.
MAX_LINES = 100_000
_LINE = re.compile(r"[^\n]+")
_ENDS = frozenset('。;!?:")》|')
_NARROW, _WIDE = 14, 60
_MAX_SECOND_HALF = 12
_MAX_FIRST_HALF = 60


@dataclass(slots=True, frozen=True)
class Printed:
    """A printed line that is not blank. `start`, `end`: its offsets without spaces around it."""

    start: int
    end: int


def printed_lines(norm: str) -> list[Printed]:
    """The lines of `norm` that hold anything but spaces, at most MAX_LINES of them."""
    lines: list[Printed] = []
    for match in _LINE.finditer(norm):
        if len(lines) == MAX_LINES:
            break
        words = match.group()
        stripped = words.strip()
        if stripped:
            start = match.start() + len(words) - len(words.lstrip())
            lines.append(Printed(start, start + len(stripped)))
    return lines


def soften(norm: str, lines: list[Printed], rules: HeadingRules) -> str:
    """`norm` with the line breaks that only the page made replaced by SOFT; the length stays.

    Two kinds: breaks every n characters in a text that was wrapped, and the break in a heading that is finished by a
    short second line which ends in a title's word (情况).
    """
    width = _wrap_width(lines)
    pieces: list[str] = []
    done = 0
    for line, following in pairwise(lines):
        if norm[line.end - 1] in _ENDS:
            continue
        adjacent = norm.count("\n", line.end, following.start) == 1
        if not adjacent or not (
            _is_wrapped(norm, line, following, width) or _is_broken_heading(norm, line, following, rules)
        ):
            continue
        at = norm.index("\n", line.end)
        pieces += (norm[done:at], SOFT)
        done = at + 1
    return "".join((*pieces, norm[done:])) if pieces else norm


def _wrap_width(lines: list[Printed]) -> int:
    """The width at which the text was wrapped; 0 where it was not."""
    lengths = sorted(line.end - line.start for line in lines)
    if len(lengths) < 12:
        return 0
    width = lengths[int(len(lengths) * 0.9)]
    if not _NARROW <= width <= _WIDE:
        return 0
    full = sum(width - 3 <= length <= width + 3 for length in lengths)
    return width if full >= 0.4 * len(lengths) else 0


def _is_wrapped(norm: str, line: Printed, following: Printed, width: int) -> bool:
    if not width or line.end - line.start < width - 3:
        return False
    return leading_mark(norm, following.start, following.end) is None


def _is_broken_heading(norm: str, line: Printed, following: Printed, rules: HeadingRules) -> bool:
    if following.end - following.start > _MAX_SECOND_HALF or line.end - line.start > _MAX_FIRST_HALF:
        return False
    mark = leading_mark(norm, line.start, line.end)
    if mark is None or leading_mark(norm, following.start, following.end) is not None:
        return False
    second = norm[following.start : following.end]
    tail = rules.bare_tail.search(second)
    if tail is None:
        return False
    first = norm[mark.end : line.end]
    if rules.section.fullmatch("".join((first + second).split())):
        return True
    if rules.bare_tail.search(first) or any(sign in first for sign in "。;|"):
        return False
    return tail.start() == 0 or not rules.section.fullmatch(second) or first[-1:] in "的、和及与因"
