"""Where the characters of a document stand on its pages, and how sure a recogniser was of them."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom, in points from the page's upper left corner."""


@dataclass(slots=True, frozen=True)
class Glyph:
    """A character, or an empty cell, as printed.

    `page`: from 1; 0: a picture in a document without pages. `confidence` in 0..1: a recogniser's, else 1.
    """

    page: int
    box: Box
    confidence: float = 1.0


@dataclass(slots=True)
class Places:
    """The glyphs of a text by their offsets, which grow from one to the next.

    An empty cell has a place of no length: it begins and ends at its offset.
    """

    starts: array[int] = field(default_factory=lambda: array("l"))
    ends: array[int] = field(default_factory=lambda: array("l"))
    pages: array[int] = field(default_factory=lambda: array("l"))
    boxes: array[float] = field(default_factory=lambda: array("d"))
    confidences: array[float] = field(default_factory=lambda: array("d"))

    def add(self, start: int, end: int, glyph: Glyph) -> None:
        """A glyph at these offsets, none of which may lie before those already there."""
        self.starts.append(start)
        self.ends.append(end)
        self.pages.append(glyph.page)
        self.boxes.extend(glyph.box)
        self.confidences.append(glyph.confidence)

    def glyphs(self) -> Iterator[tuple[int, int, Glyph]]:
        """All of them with their offsets."""
        for i, (start, end) in enumerate(zip(self.starts, self.ends, strict=True)):
            yield start, end, Glyph(self.pages[i], self._box(i), self.confidences[i])

    def find(self, start: int, end: int) -> tuple[int, Box] | None:
        """The page of the first glyph in start..end and the box around those on that page; None where none is known."""
        found = self._inside(start, end)
        if not found or not self.pages[found[0]]:
            return None
        page = self.pages[found[0]]
        boxes = [self._box(i) for i in found if self.pages[i] == page]
        x0s, tops, x1s, bottoms = zip(*boxes, strict=True)
        return page, (min(x0s), min(tops), max(x1s), max(bottoms))

    def confidence(self, start: int, end: int) -> float:
        """The lowest confidence of the glyphs in start..end; 1 where nothing was recognised."""
        return min((self.confidences[i] for i in self._inside(start, end)), default=1.0)

    def _inside(self, start: int, end: int) -> range:
        if start == end:
            first = bisect_left(self.starts, start)
            last = bisect_right(self.starts, start)
            empty = [i for i in range(first, last) if self.ends[i] == start]
            return range(empty[0], empty[0] + 1) if empty else range(0)
        first = bisect_right(self.ends, start)
        return range(first, bisect_left(self.starts, end, lo=first))

    def _box(self, i: int) -> Box:
        x0, top, x1, bottom = self.boxes[4 * i : 4 * i + 4]
        return x0, top, x1, bottom
