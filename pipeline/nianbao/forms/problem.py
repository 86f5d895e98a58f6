"""What the solver of a table works on: labels and numbers, and what each way to bring them together costs.

Costs are whole hundredths, so that equal ways cost exactly the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np

from nianbao.forms.columns import shape_of
from nianbao.forms.model import ColumnKey, RowCells
from nianbao.forms.place import broken_number, place_token
from nianbao.forms.tokens import Printed, Token

INSIDE, BEFORE, CROSSED = 10, 50, 150  # numbers inside their label; before it; another label between the two
_NEXT_LINE, _MOST_CROSSED, _CROSSED_HEADING = 20, 450, 30
_ABOVE_LINE, _BELOW_LINE, _OWNED = 60, 70, 2000  # in a grid: on the line above, below, and on another label's line
_ODD_COUNT, _PART_OF_LINE, _SINGLES, _PIECES, _SUM_BROKEN = 200, 60, 10, 100, 200
_HEADING, _HEADING_APART = 200, 800  # a total of a group, behind its name and elsewhere
_EMPTY, _EMPTY_GRID = 400, 100  # a row without numbers, and where a line is a row
_UNUSED, _UNUSED_ONE, _UNUSED_BLANK = 200, 500, 20  # a number, one of a table of one column, an empty cell
_STRANGE = 100
BLOCK = 100  # several rows, a column after the other
FAR = 10**9  # more than any way costs
_EPSILON = 1e-6  # of sums of floats
Sums = tuple[tuple[tuple[int, ...], int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A row's label, or (row None) words between labels that may be a row which the form does not have."""

    start: int
    end: int
    row: RowCells | None


@dataclass(frozen=True, slots=True)
class Segment:
    """Numbers on one line, the tokens from `first` up to `last`. `run`: the same where no words stand between lines."""

    first: int
    last: int
    run: int


@dataclass(frozen=True, slots=True)
class Takes:
    """Ways to take numbers: the tokens from `first` up to `stop`; `near` is the token that tells how far they stand.

    Arrays of the same length, in the order of `first`, the likeliest of each first.
    """

    first: Any
    stop: Any
    near: Any
    cost: Any

    def at(self, token: int) -> range:
        """Which of them begin with a token."""
        low, high = np.searchsorted(self.first, (token, token + 1))
        return range(int(low), int(high))


@dataclass
class Problem:
    """A table's labels in the order of the form, and its tokens in the order of the text."""

    norm: str
    tokens: list[Token]
    labels: list[Label]
    segments: list[Segment]
    printed: Printed
    segment_of: list[int] = field(init=False)
    run_end: list[int] = field(init=False)
    values: list[Decimal | None] = field(init=False)
    widest: int = field(init=False)
    distances: Distances = field(init=False)
    _sums: dict[tuple[ColumnKey, ...], Sums] = field(init=False, default_factory=dict)
    _takes: dict[tuple[tuple[ColumnKey, ...], bool] | None, Takes] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.widest = max((len(label.row.columns) for label in self.labels if label.row), default=1)
        self.segment_of = [0] * len(self.tokens)
        self.run_end = [0] * len(self.tokens)
        ends = {segment.run: segment.last for segment in self.segments}
        for number, segment in enumerate(self.segments):
            for at in range(segment.first, segment.last):
                self.segment_of[at] = number
                self.run_end[at] = ends[segment.run]
        self.values = [
            place_token(self.norm, token, 1.0).value if not broken_number(self.norm, token) else None
            for token in self.tokens
        ]
        self.distances = Distances(self.norm, self.tokens, self.labels, self.printed)

    @property
    def grid(self) -> bool:
        """Whether a line is a row."""
        return self.printed.mode == "rows"

    def segment(self, token: int) -> Segment:
        """The segment of a token."""
        return self.segments[self.segment_of[token]]

    def sums_of(self, row: RowCells) -> Sums:
        """What the numbers of a row must obey: (parts, total) by position."""
        sums = self._sums.get(row.columns)
        if sums is None:
            sums = self._sums[row.columns] = shape_of(row.found.table, row.columns).sums
        return sums

    def unused(self) -> Any:
        """What it costs to leave each token unused."""
        number = _UNUSED if self.widest > 1 else _UNUSED_ONE
        return np.array([_UNUSED_BLANK if token.kind == "blank" else number for token in self.tokens], dtype=np.int64)

    def empty(self, label: Label) -> int:
        """What it costs that a label gets no numbers."""
        if label.row is None or label.row.heading:
            return 0
        return _EMPTY_GRID if self.grid else _EMPTY

    def takes(self, label: Label) -> tuple[Takes, Any]:
        """The ways in which a label may take numbers, and the cost of each."""
        row = label.row
        kind = None if row is None else (row.columns, row.heading)
        ways = self._takes.get(kind)
        if ways is None:
            found = list(self._of_strange() if row is None else self._of_row(row))
            table = np.array(found, dtype=np.int64).reshape(-1, 4).T
            ways = self._takes[kind] = Takes(*table)
        where = self.distances.of(label, ways.first, ways.near)
        if row is None:
            # Other words have their numbers by them.
            return ways, np.where(where <= BEFORE, ways.cost + where, FAR)
        if row.heading:
            where = where + np.where(where < INSIDE, _HEADING, _HEADING_APART)
        return ways, ways.cost + where

    def _of_strange(self) -> Iterator[tuple[int, int, int, int]]:
        cost = 0 if self.grid else _STRANGE
        for segment in self.segments:
            n, run_end = segment.first, self.run_end[segment.first]
            yield n, segment.last, segment.last - 1, cost
            if segment.last < run_end <= n + self.widest and not self.grid:
                yield n, run_end, segment.last - 1, cost

    def _of_row(self, row: RowCells) -> Iterator[tuple[int, int, int, int]]:
        for n in range(len(self.tokens)):
            for size, cost in self._sizes(row, n).items():
                yield n, n + size, n + size - 1, cost + self._sum_cost(row, n, n + size)

    def _sizes(self, row: RowCells, n: int) -> dict[int, int]:
        """How many tokens from n on a row may take, and what each count costs."""
        segment, wide = self.segment(n), len(row.columns) or 1
        rest = segment.last - n
        run, begins = self.run_end[n] - n, n == 0 or self.run_end[n - 1] == n
        sizes: dict[int, int] = {}
        if n == segment.first:
            numbers = sum(self.tokens[at].kind != "blank" for at in range(n, segment.last))
            if wide in (rest, numbers):
                sizes[rest] = 0
            elif (numbers or not row.heading) and (rest > 1 or (run == 1 and begins) or self.grid):
                sizes[rest] = _ODD_COUNT
            if begins and rest < run < wide and not self.grid:
                sizes[run] = _ODD_COUNT  # a cell a line, and some are empty
        if rest > wide and not self.grid:
            sizes.setdefault(wide, _PART_OF_LINE)
        if rest < wide <= run and not self.grid:
            alone = all(self.segment(at).last - self.segment(at).first == 1 for at in range(n, n + wide))
            values = self.values[n : n + wide]
            whole = any(values) or (begins and run == wide)
            if alone or (whole and None not in values and self.sums_hold(row, values)):
                sizes[wide] = _SINGLES if alone else _PIECES
        return sizes

    def _sum_cost(self, row: RowCells, first: int, stop: int) -> int:
        values = self.values[first:stop]
        if len(values) != len(row.columns) or None in values:
            return 0
        return 0 if self.sums_hold(row, values) else _SUM_BROKEN

    def sums_hold(self, row: RowCells, values: Sequence[Decimal | None]) -> bool:
        """Whether a row's numbers, as many as its columns, obey its sums."""
        for parts, total in self.sums_of(row):
            whole = values[total]
            for part in parts:
                value = values[part]
                if whole is None or value is None:
                    return False
                whole -= value
            if whole:
                return False
        return True

    def blocks(self, row: RowCells) -> tuple[Any, Any]:
        """Where numbers may be those of several rows, a column after the other: their first tokens, and how many rows.

        The sums of all these rows hold.
        """
        wide = len(row.columns)
        room = np.zeros(len(self.tokens), dtype=np.int64)
        for segment in self.segments:
            if segment.last - segment.first < wide:
                room[segment.first] = (self.run_end[segment.first] - segment.first) // wide
        values = np.array([np.nan if value is None else float(value) for value in self.values])
        firsts, talls = [], []
        for tall in range(2, int(room.max(initial=0)) + 1):
            last = len(values) - (wide - 1) * tall  # behind the last token that can be a row's first
            odd = np.zeros(len(values) + 1, dtype=np.int64)
            for parts, total in self.sums_of(row):
                left = sum(values[at * tall : at * tall + last] for at in parts)
                odd[1 : last + 1] |= ~(np.abs(left - values[total * tall : total * tall + last]) < _EPSILON)
            broken = np.cumsum(odd)
            found = np.flatnonzero(room >= tall)
            found = found[broken[found + tall] == broken[found]]
            firsts.append(found)
            talls.append(np.full(len(found), tall))
        none = np.empty(0, dtype=np.int64)
        return np.concatenate([none, *firsts]), np.concatenate([none, *talls])

    def counted(self) -> dict[int, tuple[int, int]]:
        """Runs of as many cells as rows of one column stand before them, after other cells: label to (first, stop)."""
        found: dict[int, tuple[int, int]] = {}
        number = {label: at for at, label in enumerate(self.labels)}
        first = 0
        while first < len(self.tokens):
            stop = self.run_end[first]
            between = self.distances.between(first)
            plain = [label for label in between if label.row is None or not label.row.heading]
            order = [number[label] for label in plain]
            fits = len(plain) == stop - first > 1 and all(label.row and len(label.row.columns) == 1 for label in plain)
            if fits and all(self._only_headings(one, other) for one, other in pairwise(order)):
                found[order[0]] = first, stop
            first = stop
        return found

    def _only_headings(self, one: int, other: int) -> bool:
        """Whether a label comes behind another with only groups' names between."""
        rows = [label.row for label in self.labels[one + 1 : other]]
        return one < other and all(row is not None and row.heading for row in rows)


class Distances:
    """How far numbers stand from labels: behind them costs nothing, across other labels much."""

    def __init__(self, norm: str, tokens: Sequence[Token], labels: Sequence[Label], printed: Printed) -> None:
        self.by_place = sorted(labels, key=lambda label: label.start)
        self._starts = np.array([token.start for token in tokens], dtype=np.int64)
        self._ends = np.array([token.end for token in tokens], dtype=np.int64)
        self._place = {label: at for at, label in enumerate(self.by_place)}
        places = np.array([label.start for label in self.by_place])
        self._above = places.searchsorted(self._starts, side="right")
        self._low, self._high = (
            dict(zip(self.by_place, places.searchsorted(places, side=side).tolist(), strict=True))
            for side in ("left", "right")
        )
        headings = [bool(label.row and label.row.heading) for label in self.by_place]
        self._crossing = np.cumsum([0, *(_CROSSED_HEADING if heading else CROSSED for heading in headings)])
        self._norm = norm
        # Numbers that stand on the line of other words.
        self._beside_words = np.array(
            [
                bool(at) and not headings[at - 1] and "\n" not in norm[self.by_place[at - 1].end : token.start]
                for at, token in zip(self._above.tolist(), tokens, strict=True)
            ],
            dtype=bool,
        )
        self._grid = printed.mode == "rows"
        self._token_line = np.array([token.line for token in tokens], dtype=np.int64)
        line = printed.line
        self._lines = {label: (line(label.start), line(max(label.start, label.end - 1))) for label in labels}
        own = {self._lines[one][0]: at for one, at in self._place.items() if one.row and not one.row.heading}
        self._owner = np.array([own.get(token.line, -1) for token in tokens], dtype=np.int64)

    def between(self, token: int) -> list[Label]:
        """The labels between the token before one and that token."""
        return self.by_place[int(self._above[token - 1]) if token else 0 : int(self._above[token])]

    def one(self, label: Label, first: int, last: int) -> int:
        """What it costs that the numbers from `first` to `last` stand where they do from a label."""
        return int(self.of(label, np.array([first]), np.array([last]))[0])

    def of(self, label: Label, first: Any, last: Any) -> Any:
        """The same for arrays of tokens."""
        start, end, above = self._starts[first], self._ends[last], self._above[first]
        place = self._place[label]
        behind = (start > self._next_line(label.end)) * _NEXT_LINE + self._crossed(self._high[label], above)
        before = BEFORE + self._crossed(above, self._low[label])
        cost = np.where(start >= label.end, behind, before)
        cost = np.where(self._beside_words[first] & (above - 1 != place), _MOST_CROSSED, cost)
        cost = np.where((label.start < start) & (end <= label.end), INSIDE, cost)
        return self._beside(label, first, cost) if self._grid else cost

    def _next_line(self, offset: int) -> int:
        at = self._norm.find("\n", offset)
        return at if at >= 0 else FAR

    def _crossed(self, low: Any, high: Any) -> Any:
        return np.minimum(np.maximum(self._crossing[high] - self._crossing[low], 0), _MOST_CROSSED)

    def _beside(self, label: Label, first: Any, cost: Any) -> Any:
        """In a grid: what it costs that numbers stand on a label's lines, or on the line above or below them."""
        low, high = self._lines[label]
        line, owner = self._token_line[first], self._owner[first]
        cost = np.where(line == high + 1, _BELOW_LINE, cost)
        cost = np.where(line == low - 1, _ABOVE_LINE, cost)
        cost = np.where((owner >= 0) & (owner != self._place[label]), _OWNED, cost)
        own = (low <= line) & (line <= high)
        if label.row and label.row.heading:
            own &= owner < 0  # the numbers behind a group and its first row are the row's
        return np.where(own, 0 if low == high else INSIDE, cost)
