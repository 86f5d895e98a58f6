"""Numbers that do not stand behind their labels: between a label's pieces, or before it (page dumps, shuffled tables).

Labels and groups of numbers both keep their order, so the groups are given to the rows by dynamic programming:
behind the label costs nothing, inside it next to nothing, before it a little, across another label much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nianbao.catalogue.labels import Wording
from nianbao.forms.model import RowCells
from nianbao.forms.tokens import Token

_INSIDE, _BEFORE, _BEHIND, _ACROSS, _EMPTY, _ODD_COUNT, _HEADING, _STRANGE = 0.1, 0.5, 0.4, 4.0, 4.0, 2.5, 2.0, 1.0
_ACROSS_NAME = 0.3
UNUSED = 5.0  # what a group of numbers costs that no label gets
_WORD = re.compile(r"[\u3400-\u9fff]+")
_LEAST_WORDS = 4  # Chinese characters of a row that the form does not have
_MOST_GROUPS = 50  # beyond four a label: no table of the form is like that


@dataclass(slots=True)
class Taker:
    """A label that may take a group: what it costs to leave it empty, and to give it one. `row` None: other words."""

    start: int
    end: int
    empty: float
    extra: float
    row: RowCells | None


def is_displaced(rows: list[RowCells]) -> bool:
    """Whether some rows have too many numbers while others have none."""
    width = max((len(row.columns) for row in rows), default=0)
    plain = [row for row in rows if not row.heading]
    return any(len(row.numbers) > width for row in plain) and any(not row.numbers for row in plain)


def regroup(norm: str, rows: list[RowCells], tokens: list[Token], wording: Wording) -> None:
    """Gives each row its group of numbers anew; a row's empty cells stay only where it gets no group."""
    width = max((len(row.columns) for row in rows), default=1)
    groups = _groups(norm, tokens, width, min(row.found.start for row in rows), wording)
    takers = _takers(norm, rows, wording.units)
    if len(groups) > _MOST_GROUPS + 4 * len(takers):
        return

    def place(index: int, n: int) -> float:
        return _position_cost(norm, index, takers, groups[n][0].start, groups[n][-1].end)

    counts = [sum(token.kind != "blank" for token in group) for group in groups]
    odd = [0.0 if width in (len(g), count) else _ODD_COUNT for g, count in zip(groups, counts, strict=True)]
    chosen = assign(takers, len(groups), lambda index, n: odd[n] + place(index, n), [UNUSED] * len(groups))
    for taker, at in zip(takers, chosen, strict=True):
        group = None if at is None else groups[at]
        row = taker.row
        if row is None:
            continue
        if group is not None:
            row.tokens = group
            row.start, row.end = _surroundings(norm, group[0].start, group[-1].end)
        else:
            row.tokens = [token for token in row.tokens if token.kind == "blank"]


def _takers(norm: str, rows: list[RowCells], units: str) -> list[Taker]:
    """The rows' labels, and other words between them, in the order of the text."""
    own = [
        Taker(row.found.start, row.found.end, 0.0 if row.heading else _EMPTY, _HEADING * row.heading, row)
        for row in rows
    ]
    strange = [Taker(start, end, 0.0, _STRANGE, None) for start, end in _other_words(norm, rows, units)]
    return sorted([*own, *strange], key=lambda taker: taker.start)


def _other_words(norm: str, rows: list[RowCells], units: str) -> list[tuple[int, int]]:
    """Stretches of words between the labels that belong to none: perhaps rows that the form does not have."""
    founds = sorted((row.found for row in rows), key=lambda found: found.start)
    stretches: list[tuple[int, int]] = []
    for found, following in pairwise(founds):
        words = [m for m in _WORD.finditer(norm, found.end, following.start) if m.group().strip(units)]
        if sum(m.end() - m.start() for m in words) >= _LEAST_WORDS:
            stretches.append((words[0].start(), words[-1].end()))
    return stretches


def _surroundings(norm: str, start: int, end: int) -> tuple[int, int]:
    """The stretch around a group up to other words, or to the line's ends: empty cells may have left blanks in it."""
    while start > 0 and norm[start - 1] == " ":
        start -= 1
    if start > 0 and norm[start - 1] == "\n":
        start -= 1
    while end < len(norm) and norm[end] == " ":
        end += 1
    return start, min(end + 1, len(norm)) if norm[end : end + 1] == "\n" else end


def _groups(norm: str, tokens: list[Token], width: int, start: int, wording: Wording) -> list[list[Token]]:
    """Numbers that stand together: cells of a line, or single cells on lines below one another, a row at a time.

    A unit in a place of its own with no number behind it prints a row whose cell is empty.
    """
    groups: list[list[Token]] = []
    if width == 1 and tokens:
        empty = wording.empty_unit.finditer(norm, start, tokens[-1].end)
        printed = [token for token in tokens if token.kind != "blank"]
        tokens = sorted([*printed, *(Token(m.end(), m.end(), "blank") for m in empty)], key=lambda token: token.start)
    previous: Token | None = None
    for token in tokens:
        if (
            previous is None
            or len(groups[-1]) >= width
            or _parted(norm, previous, token, len(groups[-1]), wording.units)
        ):
            groups.append([])
        groups[-1].append(token)
        previous = token
    return [group for group in groups if width == 1 or any(token.kind != "blank" for token in group)]


def _parted(norm: str, one: Token, other: Token, size: int, units: str) -> bool:
    between = norm[one.end : other.start]
    if any("\u3400" <= character <= "\u9fff" and character not in units for character in between):
        return True
    if "\n" not in between:
        return False
    # Single cells below one another belong together; lines of several do not, nor lines that begin with a unit.
    line_end = norm.find("\n", other.end)
    rest = norm[other.end : len(norm) if line_end < 0 else line_end]
    beside = size > 1 and " " in norm[max(0, one.start - 2) : one.start]
    return beside or any(character in units for character in between) or any(c.isdigit() for c in rest)


def _position_cost(norm: str, index: int, takers: list[Taker], start: int, end: int) -> float:
    taker = takers[index]
    if taker.start < start and end <= taker.end:
        return _INSIDE
    if start >= taker.end:
        behind = _BEHIND if "\n" in norm[taker.end : start] else 0.0
        return behind + sum(_crossed(other) for other in takers[index + 1 : index + 4] if other.start < start)
    return _BEFORE + sum(_crossed(other) for other in takers[max(0, index - 3) : index] if other.end > end)


def _crossed(other: Taker) -> float:
    """What it costs that a label stands between another and its numbers; a group's name stands anywhere."""
    return _ACROSS_NAME if other.row is not None and other.row.heading else _ACROSS


def assign(
    takers: list[Taker], groups: int, place: Callable[[int, int], float], unused: Sequence[float]
) -> list[int | None]:
    """The cheapest way to give the groups, in order, to the labels, in order.

    Args:
        groups: how many there are. unused: what each costs that no label gets.
        place: what it costs to give the taker `i` the group `n`, without the taker's own `extra`.

    Returns:
        For each taker its group, or None.
    """
    first = [0.0]
    for cost in unused:
        first.append(first[-1] + cost)
    best: list[list[float]] = [first]
    steps: list[list[str]] = [["unused"] * (groups + 1)]
    for index, taker in enumerate(takers):
        above = best[-1]
        costs, step = [above[0] + taker.empty], ["empty"]
        for n in range(1, groups + 1):
            take = above[n - 1] + taker.extra + place(index, n - 1)
            options = (take, "take"), (above[n] + taker.empty, "empty"), (costs[n - 1] + unused[n - 1], "unused")
            cost, name = min(options)
            costs.append(cost)
            step.append(name)
        best.append(costs)
        steps.append(step)
    chosen: list[int | None] = [None] * len(takers)
    index, n = len(takers), groups
    while index > 0:
        name = steps[index][n]
        if name == "take":
            chosen[index - 1] = n - 1
        if name != "unused":
            index -= 1
        if name != "empty":
            n -= 1
    return chosen
