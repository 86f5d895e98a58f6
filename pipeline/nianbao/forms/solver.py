"""Which printed numbers are whose: a table's numbers, in their order, given to the rows of its form, in theirs.

Labels lose their rows in dumps of pages: they come before their numbers, behind them, around them, or all together.
The numbers keep the order of the form, a row after the other, or a column after the other. So one dynamic programme
gives the numbers to the rows: each step gives a row the next numbers of its line, or as many single ones as it has
columns, or several rows a block of columns, or leaves a row empty, or a number unused. What a step costs is told by
where the label stands, by the count, and by the row's sum. Steps that as cheap a solution takes otherwise are open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nianbao.forms.model import ColumnKey
from nianbao.forms.problem import BLOCK, FAR, Problem

_MARGIN = 75  # solutions that cost no more than this above the best are as likely
_MOST_STATES = 500_000


@dataclass(slots=True)
class Solution:
    """`taken`: for each label the tokens that it gets. `others`: what it gets in solutions about as cheap."""

    cost: int
    taken: list[tuple[int, ...]]
    others: list[set[tuple[int, ...]]]


@dataclass(slots=True)
class _Blocks:
    """Steps over several labels: the first token, how many rows, the label and token behind them, and the cost."""

    first: Any
    tall: Any
    to_label: Any
    to_token: Any
    cost: Any


def solve(problem: Problem) -> Solution | None:
    """The cheapest way through the labels and tokens; None where there are too many of them.

    A state is a label and a token: those before them are dealt with. `rest[i, n]` is what the way from there costs.
    """
    labels, tokens = len(problem.labels), len(problem.tokens)
    if (labels + 1) * (tokens + 1) > _MOST_STATES:
        return None
    search = _Search(problem)
    return Solution(int(search.rest[0, 0]), search.best(), search.others())


class _Search:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.labels, self.tokens = problem.labels, len(problem.tokens)
        self.unused = np.concatenate([[0], np.cumsum(problem.unused())])  # up to each token
        self.takes = [problem.takes(label) for label in self.labels]
        self.empty = [problem.empty(label) for label in self.labels]
        self.blocks = list(_blocks(problem))
        self.rest = self._rest()

    def _rest(self) -> Any:
        rest = np.full((len(self.labels) + 1, self.tokens + 1), FAR, dtype=np.int64)
        rest[-1] = self.unused[-1] - self.unused
        for i in reversed(range(len(self.labels))):
            here = rest[i + 1] + self.empty[i]
            ways, cost = self.takes[i]
            np.minimum.at(here, ways.first, cost + rest[i + 1, ways.stop])
            if (blocks := self.blocks[i]) is not None:
                np.minimum.at(here, blocks.first, blocks.cost + rest[blocks.to_label, blocks.to_token])
            rest[i] = np.minimum.accumulate((here + self.unused)[::-1])[::-1] - self.unused
        return rest

    def _past(self) -> Any:
        """What the cheapest way to each state costs."""
        past = np.full((len(self.labels) + 1, self.tokens + 1), FAR, dtype=np.int64)
        past[0, 0] = 0
        for i in range(len(self.labels)):
            past[i] = np.minimum.accumulate(past[i] - self.unused) + self.unused
            past[i + 1] = np.minimum(past[i + 1], past[i] + self.empty[i])
            ways, cost = self.takes[i]
            np.minimum.at(past[i + 1], ways.stop, past[i, ways.first] + cost)
            if (blocks := self.blocks[i]) is not None:
                np.minimum.at(past, (blocks.to_label, blocks.to_token), past[i, blocks.first] + blocks.cost)
        return past

    def best(self) -> list[tuple[int, ...]]:
        """What each label gets on the cheapest way."""
        taken: list[tuple[int, ...]] = [()] * len(self.labels)
        i = n = 0
        while i < len(self.labels):
            here = int(self.rest[i, n])
            if n < self.tokens and here == self.rest[i, n + 1] + self.unused[n + 1] - self.unused[n]:
                n += 1
            elif here == self.rest[i + 1, n] + self.empty[i]:
                i += 1
            else:
                i, n = self._follow(i, n, here, taken)
        return taken

    def _follow(self, i: int, n: int, here: int, taken: list[tuple[int, ...]]) -> tuple[int, int]:
        ways, cost = self.takes[i]
        for way in ways.at(n):
            stop = int(ways.stop[way])
            if here == cost[way] + self.rest[i + 1, stop]:
                taken[i] = tuple(range(n, stop))
                return i + 1, stop
        blocks = self.blocks[i]
        assert blocks is not None
        for block in np.flatnonzero(blocks.first == n).tolist():
            to_label, to_token = int(blocks.to_label[block]), int(blocks.to_token[block])
            if here == blocks.cost[block] + self.rest[to_label, to_token]:
                for at, own in self._columns(i, blocks, block):
                    taken[at] = own
                return to_label, to_token
        raise AssertionError("no step costs what the way costs")

    def _columns(self, i: int, blocks: _Blocks, block: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        """The tokens of each label in a block of columns."""
        first, tall = int(blocks.first[block]), int(blocks.tall[block])
        given = iter(range(first, first + tall))
        for at in range(i, int(blocks.to_label[block])):
            row = self.labels[at].row
            plain = row is not None and not row.heading
            yield at, tuple(range(next(given), int(blocks.to_token[block]), tall)) if plain else ()

    def others(self) -> list[set[tuple[int, ...]]]:
        """What each label gets on the cheapest ways and on those that cost hardly more."""
        past, limit = self._past(), int(self.rest[0, 0]) + _MARGIN
        others: list[set[tuple[int, ...]]] = []
        for i in range(len(self.labels)):
            ways, cost = self.takes[i]
            near = past[i, ways.first] + cost + self.rest[i + 1, ways.stop] <= limit
            bounds = zip(ways.first[near].tolist(), ways.stop[near].tolist(), strict=True)
            others.append({tuple(range(first, stop)) for first, stop in bounds})
            if (past[i] + self.empty[i] + self.rest[i + 1] <= limit).any():
                others[i].add(())
        for i, blocks in enumerate(self.blocks):
            if blocks is not None:
                whole = past[i, blocks.first] + blocks.cost + self.rest[blocks.to_label, blocks.to_token]
                for block in np.flatnonzero(whole <= limit).tolist():
                    for at, own in self._columns(i, blocks, block):
                        others[at].add(own)
        return others


def _blocks(problem: Problem) -> Iterator[_Blocks | None]:
    """For each label the steps that give it and the rows behind it a block of columns, or as many cells as rows."""
    plain = [at for at, label in enumerate(problem.labels) if label.row is not None and not label.row.heading]
    rows = [row for at in plain if (row := problem.labels[at].row) is not None]
    every = np.arange(len(problem.tokens))
    far = [problem.distances.of(problem.labels[at], every, every) for at in plain]
    total = np.vstack([np.zeros(len(every), dtype=np.int64), *far]).cumsum(axis=0)
    behind = np.array([at + 1 for at in plain], dtype=np.int64)
    found: dict[tuple[ColumnKey, ...], tuple[Any, Any]] = {}
    number = {at: number for number, at in enumerate(plain)}
    counted = {} if problem.grid else problem.counted()
    for at in range(len(problem.labels)):
        own = number.get(at, -1)
        if at in counted:
            start, stop = counted[at]
            last = behind[own + stop - start - 1]
            yield _Blocks(*(np.array([part]) for part in (start, stop - start, last, stop, BLOCK)))
            continue
        if own < 0 or problem.grid or len(rows[own].columns) < 2:
            yield None
            continue
        columns = rows[own].columns
        if columns not in found:
            found[columns] = problem.blocks(rows[own])
        same = next((n for n in range(own, len(rows)) if rows[n].columns != columns), len(rows)) - own
        first, tall = (part[found[columns][1] <= same] for part in found[columns])
        cost = BLOCK + total[own + tall, first] - total[own, first]
        yield _Blocks(first, tall, behind[own + tall - 1], first + tall * len(columns), cost) if len(first) else None
