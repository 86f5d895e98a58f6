"""What every reader gives: a document's text, and the true grid of its tables where the format has one."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from nianbao.reading.places import Box, Places

_HALF = re.compile("[\ud800-\udfff]")


class ReadWarning(NamedTuple):
    """Something that a reader could not do in full: a word to count by, and what happened.

    `name`: one of images, script, sideways, doubled, damaged_bytes, ocr, no_title, unread_numbers and the like, as the
    table of documents lists them.
    """

    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}"


@dataclass(slots=True, frozen=True)
class GridCell:
    """A cell of a true grid. `start`, `end`: offsets into the document's text (empty: start == end)."""

    start: int
    end: int
    row: int
    col: int
    rowspan: int = 1
    colspan: int = 1
    header: bool = False


@dataclass(slots=True, frozen=True)
class Grid:
    """A table read with rowspan and colspan. `start`, `end`: where the whole table stands in the text."""

    start: int
    end: int
    cells: tuple[GridCell, ...]

    def shift(self, by: int) -> Grid:
        """The same grid where `by` characters were put before it."""
        cells = tuple(replace(cell, start=cell.start + by, end=cell.end + by) for cell in self.cells)
        return Grid(self.start + by, self.end + by, cells)


@dataclass(slots=True)
class Source:
    """A document as read.

    Args:
        id: as in the contract.
        text: what all offsets refer to. Half a surrogate pair, which no output can hold, is read as U+FFFD.
        metadata: what the file says of itself (a page's title, the other columns of a record).
        path: the file or address, as it was given, for messages.
        line: the line or row of `path` that the document is, counted from 1; None where it is the whole file.
        kind: the kind of file that was read ("html", "pdf"), told by its content.
        sha256: of the bytes that were read, in hexadecimal.
        pages: how many, for kinds that have pages.
        encoding: of the bytes, for kinds that are text.
        warnings: what the reader could not do in full.
        places: where the characters stand on the pages, for kinds that have pages.
    """

    id: str
    text: str
    grids: tuple[Grid, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    path: str | None = None
    line: int | None = None
    kind: str | None = None
    sha256: str | None = None
    pages: int | None = None
    encoding: str | None = None
    warnings: list[ReadWarning] = field(default_factory=list)
    places: Places | None = None

    def __post_init__(self) -> None:
        try:
            self.text.encode()
        except UnicodeEncodeError:
            self.text = _HALF.sub("\ufffd", self.text)
            self.warn("damaged_bytes", "halves of surrogate pairs stand in it alone; each was read as U+FFFD")

    def place(self, start: int, end: int) -> tuple[int, Box] | None:
        """The page (from 1) and the box of text[start:end] on it; None where the format has no pages.

        Of what runs over two pages the part on the first; an empty cell (start == end) has its cell's box.
        """
        return None if self.places is None else self.places.find(start, end)

    def confidence(self, start: int, end: int) -> float:
        """How sure a text recognition was of the least sure character in start..end; 1 where none was needed."""
        return 1.0 if self.places is None else self.places.confidence(start, end)

    def cell(self, start: int, end: int) -> tuple[int, int, int] | None:
        """The table (by its order in the text, from 0), row and column of the cell that holds start..end."""
        at = bisect_right(self.grids, start, key=lambda grid: grid.start) - 1
        for cell in self.grids[at].cells if at >= 0 else ():
            if cell.start <= start and end <= cell.end:
                return at, cell.row, cell.col
        return None

    def warn(self, name: str, what: str) -> None:
        """Adds a warning."""
        self.warnings.append(ReadWarning(name, what))
