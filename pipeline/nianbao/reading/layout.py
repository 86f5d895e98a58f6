"""Text put together line by line from formats whose tables are true grids (.docx, .pdf)."""

from __future__ import annotations

from dataclasses import dataclass, field

from nianbao.reading.places import Glyph, Places
from nianbao.reading.printed import Glyphs
from nianbao.reading.source import Grid, GridCell


@dataclass(slots=True)
class UnplacedCell:
    """A cell before its place in the text is known.

    `row`, `col`: in the grid, from 0; `unread`: what stands in it was not read, so that it is not an empty one;
    `glyphs`, `place`: where its characters and itself are printed.
    """

    text: str
    row: int
    col: int
    rowspan: int = 1
    colspan: int = 1
    unread: bool = False
    glyphs: Glyphs = ()
    place: Glyph | None = None


@dataclass(slots=True)
class Layout:
    """Lines and grids as they are added, with the offsets that they begin at."""

    lines: list[str] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    offset: int = 0
    places: Places = field(default_factory=Places)

    def add(self, line: str, glyphs: Glyphs = ()) -> None:
        """One line of text, and where its characters are printed, if that is known."""
        self._place(self.offset, glyphs)
        self.lines.append(line)
        self.offset += len(line) + 1

    def add_table(self, rows: list[list[UnplacedCell]]) -> None:
        """A table: a line a row, cells parted by tabs, so that an empty cell keeps its place."""
        begin = self.offset
        cells: list[GridCell] = []
        for row in rows:
            if not row:
                continue
            at = self.offset
            for slot in row:
                if not slot.unread:
                    cells.append(GridCell(at, at + len(slot.text), slot.row, slot.col, slot.rowspan, slot.colspan))
                if slot.text:
                    self._place(at, slot.glyphs)
                elif slot.place is not None:
                    self.places.add(at, at, slot.place)
                at += len(slot.text) + 1
            self.add("\t".join(slot.text for slot in row))
        if cells:
            self.grids.append(Grid(begin, self.offset - 1, tuple(cells)))

    def _place(self, at: int, glyphs: Glyphs) -> None:
        for offset, glyph in enumerate(glyphs, start=at):
            if glyph is not None:
                self.places.add(offset, offset + 1, glyph)

    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines)
