"""Numbers that do not stand behind their labels: between a label's pieces, or before it (page dumps, shuffled tables).

Labels and groups of numbers both keep their order, so the groups are given to the rows by dynamic programming:
behind the label costs nothing, inside it next to nothing, before it a little, across another label much.
"""

from __future__ import annotations

import re

from nianbao.forms.align import Found
from nianbao.forms.labels import UNITS
from nianbao.forms.model import RowCells
from nianbao.forms.tokens import Mode, Token

_UNIT = r"(?:人次|万元|[条件次个篇人元份期项])"
_EMPTY_UNIT = re.compile(rf"(?<![\u3400-\u9fff\d]){_UNIT}(?![\u3400-\u9fff])(?![\s|]*\d+(?:\.\d|[^\d.、)]|\Z))")
_UNIT_LINE = re.compile(rf"[\s|]*{_UNIT}[\s|]*")
_INSIDE, _BEFORE, _ACROSS, _EMPTY, _ODD_COUNT, _UNUSED = 0.1, 0.6, 4.0, 4.0, 2.5, 5.0


def is_displaced(rows: list[RowCells]) -> bool:
    """Whether some rows have too many numbers while others have none."""
    width = max((len(row.columns) for row in rows), default=0)
    plain = [row for row in rows if not row.heading]
    return any(len(row.numbers) > width for row in plain) and any(not row.numbers for row in plain)


def regroup(norm: str, rows: list[RowCells], tokens: list[Token], mode: Mode) -> None:
    """Gives each row its group of numbers anew; a row's empty cells stay only where it gets no group."""
    width = max((len(row.columns) for row in rows), default=1)
    groups = [g for g in _groups(norm, tokens, width, mode) if not _of_other_words(norm, rows, g[0].start)]
    chosen = _assign(rows, groups, width)
    for row, group in zip(rows, chosen, strict=True):
        if group is not None:
            row.tokens = group
            row.start, row.end = _surroundings(norm, group[0].start, group[-1].end)
        else:
            row.tokens = [token for token in row.tokens if token.kind == "blank"]


def _of_other_words(norm: str, rows: list[RowCells], start: int) -> bool:
    """Whether the words on the line before a group belong to no row that was found: an unknown row's numbers."""
    begin = norm.rfind("\n", 0, start) + 1
    for row in rows:
        if row.found.end > begin and row.found.start < start:
            return False
    words = [c for c in norm[begin:start] if "\u3400" <= c <= "\u9fff" and c not in UNITS]
    return len(words) > 1


def _surroundings(norm: str, start: int, end: int) -> tuple[int, int]:
    """The stretch around a group up to other words, or to the line's ends: empty cells may have left blanks in it."""
    while start > 0 and norm[start - 1] == " ":
        start -= 1
    if start > 0 and norm[start - 1] == "\n":
        start -= 1
    while end < len(norm) and norm[end] == " ":
        end += 1
    return start, min(end + 1, len(norm)) if norm[end : end + 1] == "\n" else end


def _groups(norm: str, tokens: list[Token], width: int, mode: Mode) -> list[list[Token]]:
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
        empty = _EMPTY_UNIT.finditer(norm, tokens[0].start, tokens[-1].end)
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
    """Whether a line without numbers holds a unit and no words."""
    start = norm.rfind("\n", 0, line[0].start) + 1
    end = norm.find("\n", line[-1].end)
    return _UNIT_LINE.fullmatch(norm[start : len(norm) if end < 0 else end]) is not None


def _parted(norm: str, one: Token, other: Token, size: int) -> bool:
    between = norm[one.end : other.start]
    if any("\u3400" <= character <= "\u9fff" and character not in UNITS for character in between):
        return True
    if "\n" in between and any(character in UNITS for character in between):
        return True
    return "\n" in between and size > 1 and " " in norm[max(0, one.start - 2) : one.start]


def _position_cost(index: int, rows: list[Found], start: int, end: int) -> float:
    row = rows[index]
    if row.start < start and end <= row.end:
        return _INSIDE
    if start >= row.end:
        crossed = sum(other.start < start for other in rows[index + 1 : index + 4])
        return _ACROSS * crossed
    crossed = sum(other.end > end for other in rows[max(0, index - 3) : index])
    return _BEFORE + _ACROSS * crossed


def _assign(rows: list[RowCells], groups: list[list[Token]], width: int) -> list[list[Token] | None]:
    """The cheapest way to give the groups, in order, to the rows, in order."""
    best: list[list[float]] = [[0.0] + [_UNUSED * n for n in range(1, len(groups) + 1)]]
    step: list[list[str]] = [["start"] + ["unused"] * len(groups)]
    founds = [row.found for row in rows]
    for index, row in enumerate(rows):
        empty = 0.0 if row.heading else _EMPTY
        costs, steps = [best[-1][0] + empty], ["empty"]
        for n, group in enumerate(groups, start=1):
            count = sum(token.kind != "blank" for token in group)
            odd = 0.0 if len(group) == width or count == width else _ODD_COUNT
            odd += 2.0 if row.heading else 0.0
            options = (
                (best[-1][n - 1] + odd + _position_cost(index, founds, group[0].start, group[-1].end), "take"),
                (best[-1][n] + empty, "empty"),
                (costs[n - 1] + _UNUSED, "unused"),
            )
            cost, name = min(options)
            costs.append(cost)
            steps.append(name)
        best.append(costs)
        step.append(steps)
    chosen: list[list[Token] | None] = [None] * len(rows)
    index, n = len(rows), len(groups)
    while index > 0 or n > 0:
        name = step[index][n]
        if name == "take":
            chosen[index - 1] = groups[n - 1]
            index, n = index - 1, n - 1
        elif name == "unused":
            n -= 1
        else:
            index -= 1
    return chosen
