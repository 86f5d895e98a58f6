"""What was read of a page or a part of it, before it becomes a document."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nianbao.language.numeral import is_digit
from nianbao.reading.places import Glyph, Places
from nianbao.reading.source import Grid

CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(slots=True)
class Article:
    """Text with its grids, and where its characters stand in a picture, if it comes from one."""

    text: str
    grids: tuple[Grid, ...] = ()
    places: Places | None = None

    def numbers(self) -> int:
        """Cells of its grids that hold a digit; a single row or column is no table of numbers."""
        return sum(
            any(map(is_digit, self.text[cell.start : cell.end]))
            for grid in self.grids
            if max(cell.row for cell in grid.cells) and max(cell.col for cell in grid.cells)
            for cell in grid.cells
        )

    def characters(self) -> int:
        """Chinese characters in it."""
        return len(CHINESE.findall(self.text))

    def insert(self, pieces: Sequence[tuple[int, Article]]) -> Article:
        """The article with others put in at offsets where lines end or begin, as lines of their own, in order."""
        text = ""
        grids: list[Grid] = []
        placed: list[tuple[int, int, Glyph]] = []
        # Where stretches of this article begin, there and here.
        old, new = [0], [0]
        for place, piece in pieces:
            text += self.text[old[-1] : place]
            text += "\n" * bool(text and not text.endswith("\n"))
            grids += [grid.shift(len(text)) for grid in piece.grids]
            placed += [(start + len(text), end + len(text), glyph) for start, end, glyph in piece.glyphs()]
            text += piece.text
            text += "\n" * (place < len(self.text) and self.text[place] != "\n")
            old.append(place)
            new.append(len(text))
        text += self.text[old[-1] :]

        def moved(offset: int) -> int:
            stretch = bisect_right(old, offset) - 1
            return new[stretch] - old[stretch]

        grids += [grid.shift(moved(grid.start)) for grid in self.grids]
        placed += [(start + moved(start), end + moved(start), glyph) for start, end, glyph in self.glyphs()]
        places = Places()
        for start, end, glyph in sorted(placed, key=lambda one: one[:2]):
            places.add(start, end, glyph)
        ordered = tuple(sorted(grids, key=lambda grid: grid.start))
        return Article(text, ordered, places if placed else None)

    def glyphs(self) -> Iterator[tuple[int, int, Glyph]]:
        """The glyphs with their offsets."""
        return iter(()) if self.places is None else self.places.glyphs()
