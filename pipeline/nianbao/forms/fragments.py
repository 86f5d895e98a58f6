"""Grids (Markdown, HTML) in which a label stands in fragments on lines of their own, its cells on one between them.

Every line of such a table holds cells, words, or both. Lines with cells and labels both keep their order, so the lines
are given to the rows by dynamic programming: a line among a label's own costs nothing, one right above or below it a
little, a line that says another row's label much.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass

from nianbao.forms.compact import Compact
from nianbao.forms.displaced import UNUSED, Taker, assign
from nianbao.forms.model import RowCells
from nianbao.forms.tokens import Printed, Token

_NAME = re.compile(
    r"(?:\(?[一二三四五六七八九十]?[)、.] ?|[一二三四五六七八九十](?=[\u3400-\u9fff]))?([\u3400-\u9fff]+)"
)
_BETWEEN, _ABOVE, _BELOW, _FAR, _OTHERS, _HEADING = 0.05, 0.6, 0.7, 4.0, 20.0, 2.0
_EMPTY, _EMPTY_HEADING, _BLANK_UNUSED, _STRANGE = 1.0, 0.0, 0.2, 1.0


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of cells: its number, its cells, whether words stand on it, and whether any cell is printed."""

    number: int
    tokens: list[Token]
    words: bool
    printed: bool


def is_fragmented(norm: str, printed: Printed, tokens: list[Token], end: int, words: re.Pattern[str]) -> bool:
    """Whether numbers, or nothing but empty cells, stand on a line without words: their row's label is on others."""
    cells = Counter(token.line for token in tokens)
    numbers = {token.line for token in tokens if token.kind != "blank"}
    return any(
        (line in numbers or count > 1) and not _has_words(norm, printed, line, end, words)
        for line, count in cells.items()
    )


def give_lines(
    norm: str, compact: Compact, printed: Printed, rows: list[RowCells], tokens: list[Token], end: int
) -> None:
    """Gives each row its line of cells; a row that gets none keeps the empty cells beside its label."""
    norm = _without_headings(norm, compact, rows, printed.line_starts[0], end)
    width = max((len(row.columns) for row in rows), default=1)
    lines = _lines(norm, printed, tokens, end, width, compact.wording.other_words)
    ordered = sorted(rows, key=lambda row: row.found.start)
    spans = [(printed.line(row.found.start), printed.line(max(row.found.start, row.found.end - 1))) for row in ordered]
    own = [line for low, high in spans for line in range(low, high + 1)]
    strange = [line for line in lines if line.words and line.printed and line.number not in set(own)]
    takers = [
        (Taker(row.found.start, row.found.end, *_prices(row), row), low, high)
        for row, (low, high) in zip(ordered, spans, strict=True)
    ]
    takers += [
        (Taker(line.tokens[0].start, line.tokens[-1].end, 0.0, 0.0, None), line.number, line.number) for line in strange
    ]
    takers.sort(key=lambda taker: taker[0].start)
    firsts = [low for _, low, _ in takers]

    def place(index: int, n: int) -> float:
        return _cost(lines[n], takers[index][1], takers[index][2], index, firsts)

    unused = [UNUSED if line.printed else _BLANK_UNUSED for line in lines]
    chosen = assign([taker for taker, _, _ in takers], len(lines), place, unused)
    for (taker, _, _), at in zip(takers, chosen, strict=True):
        if taker.row is None:
            continue
        if at is None:
            taker.row.tokens = [token for token in taker.row.tokens if token.kind == "blank"]
        else:
            taker.row.tokens = lines[at].tokens


def _without_headings(norm: str, compact: Compact, rows: list[RowCells], start: int, end: int) -> str:
    """The text up to `end` with blanks for the names of groups, or pieces of them, that stand beside a group's rows."""
    if not rows:
        return norm
    names = [key for row in rows[0].found.table.rows if row.heading or row.heading_in for key in row.keys]
    labels = {place for row in rows if not row.heading for place in compact.offsets[row.found.first : row.found.last]}
    letters = list(norm[:end])
    for match in _NAME.finditer(norm, start, end):
        if match.start(1) not in labels and any(match.group(1) in name for name in names):
            letters[match.start() : match.end()] = " " * len(match.group())
    return "".join(letters)


def _prices(row: RowCells) -> tuple[float, float]:
    """What it costs to leave a row without a line, and to give it one."""
    return (_EMPTY_HEADING, _HEADING) if row.heading else (_EMPTY, 0.0)


def _lines(
    norm: str, printed: Printed, tokens: list[Token], end: int, width: int, other: re.Pattern[str]
) -> list[_Line]:
    """The lines with numbers, and those that are empty from end to end."""
    by_line: dict[int, list[Token]] = {}
    for token in tokens:
        by_line.setdefault(token.line, []).append(token)
    found = []
    for number, cells in by_line.items():
        words = _has_words(norm, printed, number, end, other)
        some = any(token.kind != "blank" for token in cells)
        if some or (not words and len(cells) >= width):
            found.append(_Line(number, cells, words, some))
    return found


def _has_words(norm: str, printed: Printed, line: int, end: int, words: re.Pattern[str]) -> bool:
    start = printed.line_starts[line]
    stop = printed.line_starts[line + 1] if line + 1 < len(printed.line_starts) else end
    return words.search(norm, start, stop) is not None


def _cost(line: _Line, low: int, high: int, index: int, firsts: list[int]) -> float:
    """What it costs to give a line to the label on the lines from `low` to `high`."""
    if low <= line.number <= high:
        return 0.0 if line.words else _BETWEEN
    if line.words:
        return _OTHERS
    if line.number == low - 1:
        return _ABOVE
    if line.number == high + 1:
        return _BELOW
    return _FAR * (1 + abs(bisect_right(firsts, line.number) - 1 - index))
