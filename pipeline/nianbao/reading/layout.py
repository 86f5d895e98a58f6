"""Text put together line by line from formats whose tables are true grids (.docx, .pdf)."""

from __future__ import annotations

from dataclasses import dataclass, field

from nianbao.reading.source import Grid, GridCell


@dataclass(slots=True)
class Slot:
    """A cell before its place in the text is known.

    `row`, `col`: in the grid, from 0; `unread`: what stands in it was not read, so that it is not an empty one.
    """

    text: str
    row: int
    col: int
    rowspan: int = 1
    colspan: int = 1
    unread: bool = False


@dataclass(slots=True)
class Layout:
    """Lines and grids as they are added, with the offsets that they begin at."""

    lines: list[str] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    offset: int = 0

    def add(self, line: str) -> None:
        """One line of text."""
        self.lines.append(line)
        self.offset += len(line) + 1

    def add_table(self, rows: list[list[Slot]]) -> None:
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
                at += len(slot.text) + 1
            self.add("\t".join(slot.text for slot in row))
        if cells:
            self.grids.append(Grid(begin, self.offset - 1, tuple(cells)))

    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines)
