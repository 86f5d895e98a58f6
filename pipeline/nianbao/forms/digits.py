"""Splitting a run of digits into a row's cells: no leading zeros, sums that must hold, blanks as boundaries.

`510030155` is seven cells of which the last is the sum of the six before: only 51 0 0 3 0 1 55 fits. A run that
can be read in several ways gives several readings; none is chosen here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAX_CELL_DIGITS = 9
_MAX_STEPS = 12_000
_MAX_READINGS = 400


@dataclass(frozen=True, slots=True)
class Shape:
    """What a row's cells must obey: how many `parts`; `sums`: (parts, total) by position; `order`: (a, b), a <= b."""

    parts: int
    sums: tuple[tuple[tuple[int, ...], int], ...] = ()
    order: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Readings:
    """`cuts`: for each reading the end of every part, as positions in the run. `complete`: none was left out."""

    cuts: tuple[tuple[int, ...], ...]
    complete: bool = True


def values_of(run: str, cuts: tuple[int, ...]) -> tuple[int, ...]:
    """The numbers that a reading gives."""
    return tuple(int(run[a:b]) for a, b in zip((0, *cuts), cuts, strict=False))


def split(run: str, shape: Shape, breaks: frozenset[int] = frozenset()) -> Readings:
    """All readings of `run` (digits only) under `shape`; a part must end at every position in `breaks`.

    The search is bounded: a run too long for its cells, or with too many readings, comes back incomplete.
    """
    if not shape.parts <= len(run) <= shape.parts * MAX_CELL_DIGITS:
        return Readings((), complete=len(run) < shape.parts)
    search = _Search(run, shape, breaks)
    search.extend(0, [], [])
    return Readings(tuple(search.found), complete=not search.stopped)


class _Search:
    def __init__(self, run: str, shape: Shape, breaks: frozenset[int]) -> None:
        self.run, self.shape = run, shape
        # For each position the next boundary behind it.
        self.stop_after = [len(run)] * (len(run) + 1)
        for at in range(len(run) - 1, -1, -1):
            self.stop_after[at] = at + 1 if at + 1 in breaks else self.stop_after[at + 1]
        self.found: list[tuple[int, ...]] = []
        self.steps = 0
        self.stopped = False
        # Which sums and orders can be judged once a position is filled.
        self.sums_at: list[list[tuple[tuple[int, ...], int]]] = [[] for _ in range(shape.parts)]
        for parts, total in shape.sums:
            self.sums_at[max(*parts, total)].append((parts, total))
        self.order_at: list[list[tuple[int, int]]] = [[] for _ in range(shape.parts)]
        for a, b in shape.order:
            self.order_at[max(a, b)].append((a, b))
        # The position at which a total comes last: its digits are known from its parts.
        self.forced = {total: parts for parts, total in shape.sums if total > max(parts)}

    def extend(self, at: int, values: list[int], cuts: list[int]) -> None:
        self.steps += 1
        if self.steps > _MAX_STEPS or len(self.found) >= _MAX_READINGS:
            self.stopped = True
            return
        position, left = len(values), len(self.run) - at
        if position == self.shape.parts:
            if left == 0:
                self.found.append(tuple(cuts))
            return
        judged = bool(self.sums_at[position] or self.order_at[position])
        for length in self._lengths(at, position, values):
            if self.stopped or left - length < self.shape.parts - position - 1:
                return
            values.append(int(self.run[at : at + length]))
            if not judged or self._holds(position, values):
                cuts.append(at + length)
                self.extend(at + length, values, cuts)
                cuts.pop()
            values.pop()

    def _lengths(self, at: int, position: int, values: list[int]) -> Sequence[int]:
        limit = self.stop_after[at] - at
        if position == self.shape.parts - 1:
            # The last part takes what is left, and must not cross a boundary.
            limit = limit if at + limit == len(self.run) else 0
        if parts := self.forced.get(position):
            total = str(sum([values[i] for i in parts]))
            fits = len(total) <= limit and self.run.startswith(total, at)
            return [len(total)] if fits else []
        if position == self.shape.parts - 1:
            return [limit] if 0 < limit <= MAX_CELL_DIGITS and (limit == 1 or self.run[at] != "0") else []
        if self.run[at] == "0":
            return [1] if limit else []
        return range(1, min(limit, MAX_CELL_DIGITS) + 1)

    def _holds(self, position: int, values: list[int]) -> bool:
        return all(sum(values[i] for i in parts) == values[total] for parts, total in self.sums_at[position]) and all(
            values[a] <= values[b] for a, b in self.order_at[position]
        )
