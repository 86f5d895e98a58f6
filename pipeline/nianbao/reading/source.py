"""What every reader gives: a document's text, and the true grid of its tables where the format has one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

READING = "_reading"
"""The key of `Source.metadata` under which a reader leaves what it found out itself: encoding, warnings, line."""


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


@dataclass(slots=True)
class Source:
    """A document as read: `id` as in the contract, `text` that all offsets refer to, `path` for messages."""

    id: str
    text: str
    grids: tuple[Grid, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    path: str | None = None

    @property
    def warnings(self) -> list[str]:
        """What the reader could not read in full."""
        return list(self.metadata.get(READING, {}).get("warnings", ()))

    @property
    def line(self) -> int | None:
        """The line or row of `path` that the document is, counted from 1; None where it is the whole file."""
        number = self.metadata.get(READING, {}).get("line")
        return int(number) if number is not None else None
