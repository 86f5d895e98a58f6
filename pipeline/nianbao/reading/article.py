"""What was read of a page or a part of it, before it becomes a document."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from nianbao.reading.places import Places
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
            any(char.isdigit() for char in self.text[cell.start : cell.end])
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
        places = Places()
        # Where stretches of this article begin, there and here.
        old, new = [0], [0]
        for place, piece in pieces:
            text += self.text[old[-1] : place]
            text += "\n" * bool(text and not text.endswith("\n"))
            grids += [grid.shift(len(text)) for grid in piece.grids]
            if piece.places is not None:
                places.extend(piece.places, len(text))
            text += piece.text
            text += "\n" * (place < len(self.text) and self.text[place] != "\n")
            old.append(place)
            new.append(len(text))
        text += self.text[old[-1] :]
        for grid in self.grids:
            stretch = bisect_right(old, grid.start) - 1
            grids.append(grid.shift(new[stretch] - old[stretch]))
        grids.sort(key=lambda grid: grid.start)
        return Article(text, tuple(grids), places if len(places.starts) else self.places)
