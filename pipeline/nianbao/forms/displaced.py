"""Numbers that do not stand behind their labels: between a label's pieces, or before it (page dumps, shuffled tables).

Labels and groups of numbers both keep their order, so the groups are given to the rows by dynamic programming:
behind the label costs nothing, inside it next to nothing, before it a little, across another label much.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from nianbao.forms.labels import UNITS
from nianbao.forms.model import RowCells
from nianbao.forms.tokens import Mode, Token
from nianbao.forms.wording import load_wording

_UNIT = load_wording().own_cell
_EMPTY_UNIT = re.compile(rf"(?<![\u3400-\u9fff\d《]){_UNIT}(?![\u3400-\u9fff])(?![\s|]*\d+(?:\.\d|[^\d.、)]|\Z))")
_UNIT_LAST = re.compile(rf"(?<![\u3400-\u9fff\d《]){_UNIT}[\s|]*\Z")
_INSIDE, _BEFORE, _ACROSS, _EMPTY, _ODD_COUNT, _UNUSED, _HEADING, _STRANGE = 0.1, 0.6, 4.0, 4.0, 2.5, 5.0, 2.0, 1.0
_WORD = re.compile(r"[\u3400-\u9fff]+")
_LEAST_WORDS = 4  # Chinese characters of a row that the form does not have
_MOST_GROUPS = 50  # beyond four a label: no table of the form is like that


@dataclass(slots=True)
class _Taker:
    """A label that may take a group: what it costs to leave it empty, and to give it one. `row` None: other words."""

    start: int
    end: int
    empty: float
    extra: float
    row: RowCells | None


def _taker(row: RowCells) -> _Taker:
    empty, extra = (0.0, _HEADING) if row.heading else (_EMPTY, 0.0)
    return _Taker(row.found.start, row.found.end, empty, extra, row)


def is_displaced(rows: list[RowCells]) -> bool:
    """Whether some rows have too many numbers while others have none."""
    width = max((len(row.columns) for row in rows), default=0)
    plain = [row for row in rows if not row.heading]
    return any(len(row.numbers) > width for row in plain) and any(not row.numbers for row in plain)


def regroup(norm: str, rows: list[RowCells], tokens: list[Token], mode: Mode) -> None:
    """Gives each row its group of numbers anew; a row's empty cells stay only where it gets no group."""
    width = max((len(row.columns) for row in rows), default=1)
    groups = _groups(norm, tokens, width, mode, min(row.found.start for row in rows))
    takers = sorted(
        [
            _Taker(row.found.start, row.found.end, 0.0 if row.heading else _EMPTY, _HEADING * row.heading, row)
            for row in rows
        ]
        + [_Taker(start, end, 0.0, _STRANGE, None) for start, end in _other_words(norm, rows)],
        key=lambda taker: taker.start,
    )
    if len(groups) > _MOST_GROUPS + 4 * len(takers):
        return
    for taker, group in zip(takers, _assign(takers, groups, width), strict=True):
        row = taker.row
        if row is None:
            continue
        if group is not None:
            row.tokens = group
            row.start, row.end = _surroundings(norm, group[0].start, group[-1].end)
        else:
            row.tokens = [token for token in row.tokens if token.kind == "blank"]


def _other_words(norm: str, rows: list[RowCells]) -> list[tuple[int, int]]:
    """Stretches of words between the labels that belong to none: perhaps rows that the form does not have."""
    founds = sorted((row.found for row in rows), key=lambda found: found.start)
    stretches: list[tuple[int, int]] = []
    for found, following in pairwise(founds):
        words = [m for m in _WORD.finditer(norm, found.end, following.start) if m.group().strip(UNITS)]
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


def _groups(norm: str, tokens: list[Token], width: int, mode: Mode, start: int) -> list[list[Token]]:
    """Numbers that stand together: the cells of a line, or single cells on lines below one another, a row at a time.

    A unit in a place of its own with no number behind it prints a row whose cell is empty.
    """
    groups: list[list[Token]] = []
    if mode == "rows":
        by_line: dict[int, list[Token]] = {}
        for token in tokens:
            by_line.setdefault(token.line, []).append(token)
        return [line for line in by_line.values() if any(t.kind != "blank" for t in line) or _only_unit(norm, line)]
    if width == 1 and tokens:
        empty = _EMPTY_UNIT.finditer(norm, start, tokens[-1].end)
        printed = [token for token in tokens if token.kind != "blank"]
        tokens = sorted([*printed, *(Token(m.end(), m.end(), "blank") for m in empty)], key=lambda token: token.start)
    previous: Token | None = None
    for token in tokens:
        if previous is None or len(groups[-1]) >= width or _parted(norm, previous, token, len(groups[-1])):
            groups.append([])
        groups[-1].append(token)
        previous = token
    return [group for group in groups if width == 1 or any(token.kind != "blank" for token in group)]


def _only_unit(norm: str, line: list[Token]) -> bool:
    """Whether a line without numbers ends with a unit and its empty cell."""
    start = norm.rfind("\n", 0, line[0].start) + 1
    end = norm.find("\n", line[-1].end)
    return _UNIT_LAST.search(norm, start, len(norm) if end < 0 else end) is not None


def _parted(norm: str, one: Token, other: Token, size: int) -> bool:
    between = norm[one.end : other.start]
    if any("\u3400" <= character <= "\u9fff" and character not in UNITS for character in between):
        return True
    if "\n" not in between:
        return False
    # Single cells below one another belong together; lines of several do not, nor lines that begin with a unit.
    line_end = norm.find("\n", other.end)
    rest = norm[other.end : len(norm) if line_end < 0 else line_end]
    beside = size > 1 and " " in norm[max(0, one.start - 2) : one.start]
    return beside or any(character in UNITS for character in between) or any(c.isdigit() for c in rest)


def _position_cost(index: int, takers: list[_Taker], start: int, end: int) -> float:
    taker = takers[index]
    if taker.start < start and end <= taker.end:
        return _INSIDE
    if start >= taker.end:
        return _ACROSS * sum(other.start < start for other in takers[index + 1 : index + 4])
    return _BEFORE + _ACROSS * sum(other.end > end for other in takers[max(0, index - 3) : index])


def _assign(takers: list[_Taker], groups: list[list[Token]], width: int) -> list[list[Token] | None]:
    """The cheapest way to give the groups, in order, to the labels, in order."""
    counts = [sum(token.kind != "blank" for token in group) for group in groups]
    odd = [0.0 if width in (len(g), count) else _ODD_COUNT for g, count in zip(groups, counts, strict=True)]
    best: list[list[float]] = [[_UNUSED * n for n in range(len(groups) + 1)]]
    steps: list[list[str]] = [["unused"] * (len(groups) + 1)]
    for index, taker in enumerate(takers):
        above = best[-1]
        costs, step = [above[0] + taker.empty], ["empty"]
        for n, group in enumerate(groups, start=1):
            take = above[n - 1] + odd[n - 1] + taker.extra
            take += _position_cost(index, takers, group[0].start, group[-1].end)
            cost, name = min((take, "take"), (above[n] + taker.empty, "empty"), (costs[n - 1] + _UNUSED, "unused"))
            costs.append(cost)
            step.append(name)
        best.append(costs)
        steps.append(step)
    chosen: list[list[Token] | None] = [None] * len(takers)
    index, n = len(takers), len(groups)
    while index > 0:
        name = steps[index][n]
        if name == "take":
            chosen[index - 1] = groups[n - 1]
        if name != "unused":
            index -= 1
        if name != "empty":
            n -= 1
    return chosen
