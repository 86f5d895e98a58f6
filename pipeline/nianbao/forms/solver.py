"""Which printed numbers are whose: a table's numbers, in their order, given to the rows of its form, in theirs.

Labels lose their rows in dumps of pages: they come before their numbers, behind them, around them, or all together.
The numbers keep the order of the form, a row after the other, or a column after the other. So one dynamic programme
gives the numbers to the rows: each step gives a row the next numbers of its line, or as many single ones as it has
columns, or several rows a block of columns, or leaves a row empty, or a number unused. What a step costs is told by
where the label stands, by the count, and by the row's sum. Steps that as cheap a solution takes otherwise are open.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import heappop, heappush

from nianbao.forms.columns import shape_of
from nianbao.forms.model import RowCells
from nianbao.forms.place import broken_number, place_token
from nianbao.forms.tokens import Printed, Token

INSIDE, BEFORE, CROSSED = 0.1, 0.5, 1.5  # numbers inside their label; before it; another label between the two
_NEXT_LINE, _MOST_CROSSED, _CROSSED_HEADING = 0.2, 4.5, 0.3
_ABOVE_LINE, _BELOW_LINE, _OWNED = 0.6, 0.7, 20.0  # in a grid: on the line above, below, and on another label's line
_ODD_COUNT, _PART_OF_LINE, _SINGLES, _PIECES, _SUM_BROKEN, _BLOCK = 2.0, 0.6, 0.1, 1.0, 2.0, 1.0
_HEADING, _HEADING_APART = 2.0, 8.0  # a total of a group, behind its name and elsewhere
_EMPTY, _EMPTY_GRID = 4.0, 1.0  # a row without numbers, and where a line is a row
_UNUSED, _UNUSED_ONE, _UNUSED_BLANK = 2.0, 5.0, 0.2  # a number, one of a table of one column, an empty cell
_STRANGE = 1.0
_MARGIN = 0.75  # solutions that cost no more than this above the best are as likely
_MOST_STATES = 10_000
_INFINITE = float("inf")
Sums = tuple[tuple[tuple[int, ...], int], ...]
State = tuple[int, int]  # labels and tokens that are dealt with


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
class Step:
    """From one label and token to the next; the labels between get `taken`, a tuple of token numbers each."""

    to_label: int
    to_token: int
    cost: float
    taken: tuple[tuple[int, ...], ...] = ()


@dataclass(slots=True)
class Problem:
    """A table's labels in the order of the form, and its tokens in the order of the text."""

    norm: str
    tokens: list[Token]
    labels: list[Label]
    segments: list[Segment]
    printed: Printed
    by_place: list[Label] = field(init=False)
    starts: list[int] = field(init=False)
    ends: list[int] = field(init=False)
    segment_of: list[int] = field(init=False)
    run_end: list[int] = field(init=False)
    values: list[Decimal | None] = field(init=False)
    sums: dict[tuple[str, ...], Sums] = field(init=False, default_factory=dict)
    widest: int = field(init=False)
    unused: float = field(init=False)
    lines: dict[Label, tuple[int, int]] = field(init=False)
    labelled: dict[int, Label] = field(init=False)

    def sums_of(self, row: RowCells) -> Sums:
        """What the numbers of a row must obey: (parts, total) by position."""
        sums = self.sums.get(row.columns)
        if sums is None:
            sums = self.sums[row.columns] = shape_of(row.found.table, row.columns).sums
        return sums

    @property
    def grid(self) -> bool:
        """Whether a line is a row."""
        return self.printed.mode == "rows"

    def __post_init__(self) -> None:
        line = self.printed.line
        self.lines = {label: (line(label.start), line(max(label.start, label.end - 1))) for label in self.labels}
        self.labelled = {low: label for label, (low, high) in self.lines.items() if label.row and not label.row.heading}
        self.by_place = sorted(self.labels, key=lambda label: label.start)
        self.starts = [label.start for label in self.by_place]
        self.widest = max((len(label.row.columns) for label in self.labels if label.row), default=1)
        self.unused = _UNUSED if self.widest > 1 else _UNUSED_ONE
        self.segment_of = [0] * len(self.tokens)
        self.run_end = [0] * len(self.tokens)
        ends: dict[int, int] = {}
        for segment in self.segments:
            ends[segment.run] = segment.last
        for number, segment in enumerate(self.segments):
            for at in range(segment.first, segment.last):
                self.segment_of[at] = number
                self.run_end[at] = ends[segment.run]
        self.values = [
            place_token(self.norm, token, 1.0).value if not broken_number(self.norm, token) else None
            for token in self.tokens
        ]


@dataclass(slots=True)
class Solution:
    """`taken`: for each label the tokens that it gets. `others`: what it gets in solutions about as cheap."""

    cost: float
    taken: list[tuple[int, ...]]
    others: list[set[tuple[int, ...]]]


def solve(problem: Problem) -> Solution | None:
    """The cheapest way through the labels and tokens; None where the search would take too long.

    States are visited from the cheapest on, so that a table whose labels stand by their numbers costs little.
    """
    goal = len(problem.labels), len(problem.tokens)
    best: dict[State, float] = {(0, 0): 0.0}
    edges: list[tuple[State, Step]] = []
    done: set[State] = set()
    queue: list[tuple[float, State]] = [(0.0, (0, 0))]
    limit = _INFINITE
    while queue:
        cost, state = heappop(queue)
        if cost > limit:
            break
        if state in done:
            continue
        done.add(state)
        if len(done) > _MOST_STATES:
            return None
        if state == goal:
            limit = cost + _MARGIN
        for step in steps(problem, *state):
            to, reached = (step.to_label, step.to_token), cost + step.cost
            edges.append((state, step))
            if reached < best.get(to, _INFINITE):
                best[to] = reached
                heappush(queue, (reached, to))
    return _solution(problem, best, edges, goal)


def _solution(problem: Problem, best: dict[State, float], edges: list[tuple[State, Step]], goal: State) -> Solution:
    """The best path, and what the labels get on paths that cost hardly more."""
    behind: dict[State, tuple[float, Step | None]] = {goal: (0.0, None)}
    for state, step in sorted(edges, key=lambda edge: edge[0], reverse=True):
        rest = behind.get((step.to_label, step.to_token))
        if rest is not None and rest[0] + step.cost < behind.get(state, (_INFINITE, None))[0]:
            behind[state] = rest[0] + step.cost, step
    taken: list[tuple[int, ...]] = [()] * len(problem.labels)
    others: list[set[tuple[int, ...]]] = [set() for _ in problem.labels]
    state = (0, 0)
    while (chosen := behind[state][1]) is not None:
        for at, own in zip(range(state[0], chosen.to_label), chosen.taken, strict=False):
            taken[at] = own
        state = chosen.to_label, chosen.to_token
    total = behind[0, 0][0]
    for state, step in edges:
        rest = behind.get((step.to_label, step.to_token))
        if step.to_label > state[0] and rest is not None and best[state] + step.cost + rest[0] <= total + _MARGIN:
            passed = range(state[0], step.to_label)
            for at, own in zip(passed, step.taken or ((),) * len(passed), strict=True):
                others[at].add(own)
    return Solution(total, taken, others)


def steps(problem: Problem, i: int, n: int) -> Iterator[Step]:
    """What can be done next: leave a number unused, leave a row empty, give numbers to a row or to several."""
    if n < len(problem.tokens):
        yield Step(i, n + 1, _unused(problem, n))
    if i == len(problem.labels):
        return
    label = problem.labels[i]
    yield Step(i + 1, n, _empty(problem, label))
    if n == len(problem.tokens):
        return
    for taken, cost in _takes(problem, label, n):
        yield Step(i + 1, taken[-1] + 1, cost, (taken,))
    yield from _blocks(problem, i, n)


def _unused(problem: Problem, n: int) -> float:
    if problem.tokens[n].kind == "blank":
        return _UNUSED_BLANK
    return problem.unused


def _empty(problem: Problem, label: Label) -> float:
    if label.row is None or label.row.heading:
        return 0.0
    return _EMPTY_GRID if problem.grid else _EMPTY


def _takes(problem: Problem, label: Label, n: int) -> Iterator[tuple[tuple[int, ...], float]]:
    """The numbers from n on that a label may take, and what that costs."""
    segment = problem.segments[problem.segment_of[n]]
    if label.row is None:
        if n == segment.first:
            where = distance_cost(problem, label, n, segment.last - 1)
            if where <= BEFORE:
                cost = _STRANGE * (not problem.grid) + where
                yield tuple(range(n, segment.last)), cost
                if segment.last < problem.run_end[n] <= n + problem.widest and not problem.grid:
                    yield tuple(range(n, problem.run_end[n])), cost
        return
    row = label.row
    wide = len(row.columns) or 1
    rest = segment.last - n
    run, begins = problem.run_end[n] - n, n == 0 or problem.run_end[n - 1] == n
    sizes: dict[int, float] = {}
    if n == segment.first:
        numbers = sum(problem.tokens[at].kind != "blank" for at in range(n, segment.last))
        if wide in (rest, numbers):
            sizes[rest] = 0.0
        elif (numbers or not row.heading) and (rest > 1 or (run == 1 and begins) or problem.grid):
            sizes[rest] = _ODD_COUNT
        if begins and rest < run < wide and not problem.grid:
            sizes[run] = _ODD_COUNT  # a cell a line, and some are empty
    if rest > wide and not problem.grid:
        sizes.setdefault(wide, _PART_OF_LINE)
    if rest < wide <= run and not problem.grid:
        alone = all(
            problem.segments[problem.segment_of[at]].last - problem.segments[problem.segment_of[at]].first == 1
            for at in range(n, n + wide)
        )
        values = problem.values[n : n + wide]
        if alone or (
            (any(values) or (begins and run == wide)) and None not in values and sums_hold(problem, row, values)
        ):
            sizes[wide] = _SINGLES if alone else _PIECES
    for size, cost in sizes.items():
        taken = tuple(range(n, n + size))
        where = distance_cost(problem, label, n, n + size - 1)
        if row.heading:
            where += _HEADING if where < INSIDE else _HEADING_APART
        yield taken, cost + where + _sum_cost(problem, row, taken)


def _sum_cost(problem: Problem, row: RowCells, taken: tuple[int, ...]) -> float:
    values = [problem.values[at] for at in taken]
    if len(values) != len(row.columns) or None in values:
        return 0.0
    return 0.0 if sums_hold(problem, row, values) else _SUM_BROKEN


def sums_hold(problem: Problem, row: RowCells, values: list[Decimal | None]) -> bool:
    """Whether a row's numbers, as many as its columns, obey its sums."""
    for parts, total in problem.sums_of(row):
        whole = values[total]
        for part in parts:
            value = values[part]
            if whole is None or value is None:
                return False
            whole -= value
        if whole:
            return False
    return True


def _blocks(problem: Problem, i: int, n: int) -> Iterator[Step]:
    """Several rows whose numbers are printed a column after the other."""
    first = problem.labels[i].row
    if first is None or first.heading or problem.grid or len(first.columns) < 2:
        return
    segment = problem.segments[problem.segment_of[n]]
    if n != segment.first or segment.last - segment.first >= len(first.columns):
        return
    wide, room = len(first.columns), problem.run_end[n] - n
    rows: list[RowCells] = []
    cost = _BLOCK
    for to in range(i, len(problem.labels)):
        row = problem.labels[to].row
        if row is None or row.heading:
            continue
        if row.columns != first.columns:
            return
        rows.append(row)
        cost += distance_cost(problem, problem.labels[to], n, n)
        tall = len(rows)
        if tall * wide > room:
            return
        if tall == 1:
            continue
        if _block_holds(problem, rows, n):
            given = iter([tuple(range(n + at, n + tall * wide, tall)) for at in range(tall)])
            steps = tuple(
                next(given) if label.row is not None and not label.row.heading else ()
                for label in problem.labels[i : to + 1]
            )
            yield Step(to + 1, n + tall * wide, cost, steps)


def _block_holds(problem: Problem, rows: list[RowCells], n: int) -> bool:
    tall, wide = len(rows), len(rows[0].columns)
    stop = n + tall * wide
    return all(sums_hold(problem, row, problem.values[n + at : stop : tall]) for at, row in enumerate(rows))


def distance_cost(problem: Problem, label: Label, first: int, last: int) -> float:
    """What it costs that numbers stand where they do from their label: behind it nothing, across other labels much."""
    if problem.grid and (beside := _beside(problem, label, problem.tokens[first].line)) is not None:
        return beside
    start, end = problem.tokens[first].start, problem.tokens[last].end
    if label.start < start and end <= label.end:
        return INSIDE
    at = bisect_right(problem.starts, start)
    other = problem.by_place[at - 1] if at else label
    if other is not label and not (other.row and other.row.heading) and "\n" not in problem.norm[other.end : start]:
        return _MOST_CROSSED  # they stand on the line of other words
    if start >= label.end:
        behind = _NEXT_LINE if "\n" in problem.norm[label.end : start] else 0.0
        own = bisect_right(problem.starts, label.start)
        return behind + _crossing(problem, own, at)
    own = bisect_left(problem.starts, label.start)
    return BEFORE + _crossing(problem, at, own)


def _beside(problem: Problem, label: Label, line: int) -> float | None:
    """In a grid: what it costs that numbers stand on a label's lines, or on the line above or below them."""
    low, high = problem.lines[label]
    if low <= line <= high:
        return 0.0 if low == high else INSIDE
    if problem.labelled.get(line, label) is not label:
        return _OWNED
    if line == low - 1:
        return _ABOVE_LINE
    return _BELOW_LINE if line == high + 1 else None


def _crossing(problem: Problem, low: int, high: int) -> float:
    cost = 0.0
    for label in problem.by_place[low:high]:
        heading = label.row is not None and label.row.heading
        cost += _CROSSED_HEADING if heading else CROSSED
        if cost >= _MOST_CROSSED:
            return _MOST_CROSSED
    return cost
