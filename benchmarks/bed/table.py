"""A form filled in: cells on a grid, each value with what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

Slot = tuple[str, str | None]
"""A metric and its applicant (None where the metric has no applicants)."""


@dataclass(slots=True)
class Cell:
    """One cell. `slot`: for a value of the form; `value`: in the canonical unit, None where nothing is printed.

    `stated`: words stand for the number. `optional`: the text as laid out does not settle what the cell holds.
    """

    text: str
    role: str
    col: int
    colspan: int = 1
    rowspan: int = 1
    slot: Slot | None = None
    value: float | None = None
    stated: bool = False
    optional: bool = False

    @property
    def is_value(self) -> bool:
        return self.role == "value"


Row = list[Cell]


@dataclass(slots=True)
class Table:
    """Rows of the cells that begin in them, by column; spanned places hold none. `kind`: which form it is."""

    kind: str
    width: int
    head: list[Row]
    body: list[Row]
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    cut: bool = False

    @property
    def rows(self) -> list[Row]:
        return [*self.head, *self.body]

    def cells(self) -> Iterator[Cell]:
        """All cells, in reading order."""
        for row in self.rows:
            yield from row

    def values(self) -> Iterator[Cell]:
        """The cells of the form's metrics."""
        return (cell for cell in self.cells() if cell.slot is not None)

    def expanded(self, repeat: bool) -> list[list[str]]:
        """The rows as plain strings, spanned places filled with the cell's text again (`repeat`) or empty."""
        lines = [[""] * self.width for _ in self.rows]
        for number, row in enumerate(self.rows):
            for cell in row:
                for down in range(cell.rowspan):
                    for right in range(cell.colspan):
                        first = down == right == 0
                        if number + down < len(lines) and (first or repeat):
                            lines[number + down][cell.col + right] = cell.text
        return lines

    def split(self, at: int, *, again: bool) -> tuple[Table, Table]:
        """The table on two pages, broken before body row `at`; `again`: groups are named on the second page too."""
        first: list[Row] = []
        carried: Row = []
        for number, row in enumerate(self.body[:at]):
            kept = []
            for cell in row:
                below = number + cell.rowspan - at
                if below > 0:
                    carried.append(replace(cell, text=cell.text if again else "", rowspan=below))
                    kept.append(replace(cell, rowspan=cell.rowspan - below))
                else:
                    kept.append(cell)
            first.append(kept)
        rest = list(self.body[at:])
        if rest and carried:
            rest[0] = sorted([*carried, *rest[0]], key=lambda cell: cell.col)
        head = [[replace(cell) for cell in row] for row in self.head]
        upper = replace(self, body=first, after=[])
        return upper, replace(self, head=head, body=rest, before=[])

    def shortened(self, at: int) -> Table:
        """The table cut off before body row `at`."""
        upper, _ = self.split(at, again=False)
        upper.cut = True
        return upper
