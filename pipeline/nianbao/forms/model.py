"""What reading a table gives, and the working state of one of its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from nianbao.forms.align import Found
from nianbao.forms.tokens import Token


@dataclass(frozen=True, slots=True)
class Region:
    """A printed table: text offsets, the form (national_2014 …) and the table's name in it."""

    start: int
    end: int
    form: str
    table: str


@dataclass(frozen=True, slots=True)
class TableReading:
    """`cells`: one dict a cell, in the order of the text: metric, applicant, status, value, value_text, start, end,
    metric_text, metric_start, metric_end, confidence, form, table, readings, column (its head in the form),
    year_offset, cumulative."""

    regions: list[Region]
    cells: list[dict[str, Any]]

    @property
    def unread(self) -> int:
        """How many numbers of tables have no place in them."""
        return sum(cell["unread"] for cell in self.cells)


class GroupColumn(NamedTuple):
    """A column of a headless table, whose one row of numbers holds the cells of several rows.

    `key`: of the form's column; `group`: the index of the form's row that the cell belongs to.
    """

    key: str
    group: int


ColumnKey = str | GroupColumn


def plain_keys(columns: tuple[ColumnKey, ...]) -> tuple[str, ...]:
    """The keys of the form's columns."""
    return tuple(key.key if isinstance(key, GroupColumn) else key for key in columns)


@dataclass(slots=True)
class Placed:
    """One cell of a row. `value` as printed, before money is turned into yuan. `readings`: of an ambiguous cell."""

    status: Literal["reported", "blank", "stated", "ambiguous", "text"]
    start: int
    end: int
    value: Decimal | None
    confidence: float
    readings: tuple[str, ...] = ()
    qualifier: str = "exact"


@dataclass(slots=True)
class RowCells:
    """A row with what is printed behind its label: `tokens` between `start` and `end`, and the cells once placed.

    A `heading` is a group's name: empty places behind it are no cells. `more`: so many digits right behind `end` are
    the number of the next row, or belong to the last cell. `apart`: other labels stand between label and numbers.
    `unit`: its measure word where this is printed in pieces.
    """

    found: Found
    columns: tuple[ColumnKey, ...]
    tokens: list[Token]
    start: int
    end: int
    heading: bool = False
    more: int = 0
    apart: bool = False
    unit: str = ""
    placed: dict[ColumnKey, Placed] = field(default_factory=dict)

    @property
    def numbers(self) -> list[Token]:
        """The tokens that print a number, or the word for none."""
        return [token for token in self.tokens if token.kind in ("number", "none")]
