"""Cells printed apart from their labels, with their measure words: these, in their order, tell whose each cell is.

A form of one column prints a measure word in each row, whether the cell is empty or not. Where a tool prints the labels
of a page first and its cells later, both stand in the order of the form, and their measure words match one by one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from nianbao.catalogue.labels import Wording
from nianbao.forms.model import RowCells
from nianbao.forms.tokens import Token

_LEAST_ROWS = 8
_MOST_GAPS = 0.1  # of the rows: labels or measure words without a partner
Span = tuple[int, int]
_NEAR = 1  # more gaps than the fewest: as likely
_MOST_STATES = 20_000
_FAR = 10**6


@dataclass(frozen=True, slots=True)
class _Cell:
    """A measure word in a place of its own, and the numbers between it and the next one."""

    unit: str
    end: int
    numbers: list[Token]


def give_by_units(
    norm: str, rows: Sequence[RowCells], tokens: Sequence[Token], spans: Sequence[Span], wording: Wording
) -> bool:
    """Gives each row of one column the cell that its measure word tells; whether that could be told.

    Args:
        tokens: the numbers that may be cells, in the order of the text.
        spans: where cells may stand.
    """
    plain = [row for row in rows if not row.heading]
    units = [row.found.row.unit for row in plain]
    if len(plain) < _LEAST_ROWS or None in units or any(len(row.columns) != 1 for row in plain):
        return False
    cells = _cells(tokens, [m for start, end in spans for m in wording.own_place.finditer(norm, start, end)])
    if not cells or (len(plain) + 1) * (len(cells) + 1) > _MOST_STATES:
        return False
    found = _Alignment([unit or "" for unit in units], [cell.unit for cell in cells])
    if found.gaps > _MOST_GAPS * len(plain):
        return False
    own = [None if span is None else cells[slice(*span)] for span in found.partners()]
    for row, pieces in zip(plain, own, strict=True):
        row.apart, row.tokens = pieces is None, []
        row.unit = (row.found.row.unit or "") if pieces and len(pieces) > 1 else ""
    if all(len(cell.numbers) < 2 for cell in cells):
        _give_each(norm, plain, own)
    elif found.gaps:
        return False
    else:
        _give_columns(plain, [pieces for pieces in own if pieces])
    return True


def _cells(tokens: Sequence[Token], words: Sequence[re.Match[str]]) -> list[_Cell]:
    """The measure words in places of their own; none at all where a number stands before the first."""
    cells = [_Cell(match.group(), match.end(), []) for match in words]
    starts = [match.start() for match in words]
    for token in tokens:
        at = bisect_right(starts, token.start) - 1
        if token.kind == "blank":
            continue
        if at < 0:
            return []
        cells[at].numbers.append(token)
    return cells


def _give_each(norm: str, rows: Sequence[RowCells], own: Sequence[list[_Cell] | None]) -> None:
    """Each row gets the number right behind its measure word; where there is none, its cell is empty."""
    for row, pieces in zip(rows, own, strict=True):
        printed = [(number, cell.end) for cell in pieces or () for number in cell.numbers]
        # Between the pieces of a word in two pieces other words may stand.
        if len(printed) > 1 or any(norm[end : one.start].strip() and not row.unit for one, end in printed):
            row.apart = True
        elif pieces:
            at = pieces[-1].end
            _give(row, printed[0][0] if printed else Token(at, at, "blank"), at)


def _give_columns(rows: Sequence[RowCells], own: Sequence[list[_Cell]]) -> None:
    """Measure words in a column and numbers in another one: those of a page are as many, and in the same order.

    Where they are not, cells are empty, and nothing tells which.
    """
    waiting: list[RowCells] = []
    for row, pieces in zip(rows, own, strict=True):
        waiting.append(row)
        numbers = [number for piece in pieces for number in piece.numbers]
        for one in waiting if numbers else ():
            one.apart = len(waiting) != len(numbers)
        for one, number in zip(waiting, numbers, strict=False) if len(waiting) == len(numbers) else ():
            _give(one, number, number.end)
        waiting = [] if numbers else waiting
    for row in waiting:
        row.apart = True


def _give(row: RowCells, token: Token, end: int) -> None:
    row.tokens, row.start, row.end = [token], token.start, max(token.end, end)


class _Alignment:
    """Rows to cells, both in order, with the fewest of either left over; a row's word may be printed in two pieces."""

    def __init__(self, rows: list[str], cells: list[str]) -> None:
        self.rows, self.cells = rows, cells
        whole = [
            ["".join(cells[at:stop]) for stop in range(at + 1, min(at + 2, len(cells)) + 1)] for at in range(len(cells))
        ]
        # For each row and cell: of how many pieces from there on its measure word may be.
        self.sizes = [[[at + 1 for at, word in enumerate(words) if word == unit] for words in whole] for unit in rows]
        self.rest = self._rest()
        self.gaps = self.rest[0][0]

    def _rest(self) -> list[list[int]]:
        """The fewest gaps from each row and cell on."""
        wide = len(self.cells)
        rest = [[wide - n for n in range(wide + 1)]]
        for sizes in reversed(self.sizes):
            below = rest[-1]
            here = [below[wide] + 1]
            for n in reversed(range(wide)):
                here.append(min([here[-1] + 1, below[n] + 1, *(below[n + size] for size in sizes[n])]))
            rest.append(here[::-1])
        return rest[::-1]

    def _past(self) -> list[list[int]]:
        """The fewest gaps up to each row and cell."""
        wide = len(self.cells)
        past = [list(range(wide + 1))]
        for sizes in self.sizes:
            above = past[-1]
            here = [gaps + 1 for gaps in above]
            for n in range(wide):
                for size in sizes[n]:
                    here[n + size] = min(here[n + size], above[n])
            for n in range(wide):
                here[n + 1] = min(here[n + 1], here[n] + 1)
            past.append(here)
        return past

    def partners(self) -> list[Span | None]:
        """For each row its cells, from and to; None where it has none, or others in an alignment about as good."""
        past, limit = self._past(), self.gaps + _NEAR
        found: list[Span | None] = []
        for i, sizes in enumerate(self.sizes):
            above, below = past[i], self.rest[i + 1]
            ways: list[Span | None] = [
                (n, n + size)
                for n in range(len(self.cells))
                for size in sizes[n]
                if above[n] + below[n + size] <= limit
            ]
            if any(one + 1 + other <= limit for one, other in zip(above, below, strict=True)):
                ways.append(None)
            found.append(ways[0] if len(ways) == 1 else None)
        return found
