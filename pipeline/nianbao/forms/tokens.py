"""The cells of a table region as they are printed: numbers, and the empty places that separators make."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from nianbao.catalogue.labels import Wording
from nianbao.forms.cells import read_cell
from nianbao.language.numeral import are_digits

Mode = Literal["plain", "rows", "cells"]

# A number that may be a cell: no part of a date, a time, a fraction, a percentage or a longer word of Latin letters.
_NUMBER = re.compile(
    r"(?<![\d.A-Za-z_])(?<!其中:)(?<!\d[/:])[-+]?(?:\d++(?:,\d{3}(?!\d))++|\d++)(?:\.\d++)?"
    r"(?! *[年月日页%]|(?<=\(\d)\)|[/:]\d)"
    r"|(?<=\d)-\d++(?![-\d]*[-年月日])"
)
_DASH = re.compile(r"[—－]|-[ \n]|-\d{1,3}-")
_PAGE = re.compile(r"(?:[—－-] ?)+ ?(\d{1,3}) ?[—－-]+")
NONE = re.compile(r"(?<![\u3400-\u9fff)])(?:无|零)(?![\u3400-\u9fff])")
_ADDRESS = re.compile(r"[A-Za-z]{2,}://[!-~]*")
# What a printer puts at a page's edge: address, date and time, number of the page.
PAGE_EDGE = re.compile(
    r"[A-Za-z\ufb00-\ufb06]{2,}://[!-~]*|[—－-]+ ?\d{1,3} ?[—－-]+"
    r"|(?<!\d)\d{1,4}(?:/\d{1,4}){1,2}(?:, \d{1,2}:\d\d(?: [AP]M)?)?(?![\d/])"
)
_LINE_END = re.compile("\n")
_WORDS = re.compile(r"[\u3400-\u9fff]{3,}")
_ROW_NUMBER = re.compile(r"(?<![^\n\t|])\d{1,2} ?[.、](?![\d\n])")  # with its point, and words behind it
_SEPARATOR = re.compile(r"[|\t]")
_CELL = re.compile(r"[\d无零]")
_INNER_TAB = re.compile(r"(?<=[^\n\t ]) *\t+")  # behind something on its line: others indent it
_RULE = re.compile(r"[\s|:+-]*-{2,}[\s|:+-]*|\|?(?: *:?-+:? *\|)+(?: *:?-+:? *)?")
_LINES_ABOVE = 4  # of heads


# Not frozen: a frozen class takes three times as long to make, and these are made by the thousand.
@dataclass(slots=True, unsafe_hash=True)
class Token:
    """A printed cell; where it is empty, `start == end`. `line` and `column` where the layout has them."""

    start: int
    end: int
    kind: Literal["number", "blank", "none", "text"]
    line: int = 0
    column: int = 0
    qualifier: str = "exact"


@dataclass(slots=True)
class Printed:
    """The tokens of a stretch, how its cells are told apart, and the line (of text or grid) that each offset is on.

    "rows": a line holds a row, its cells between pipes or tabs (Markdown, tab-separated, a true grid).
    "cells": a line holds one cell, with a pipe behind it. "plain": blanks and line breaks only.
    """

    mode: Mode
    tokens: list[Token]
    line_starts: list[int]

    def line(self, offset: int) -> int:
        """The line on which an offset stands."""
        return bisect_right(self.line_starts, offset) - 1


def read_printed(
    text: str, norm: str, start: int, end: int, rows: int, grids: Sequence[Any], wording: Wording
) -> Printed:
    """The printed cells of a stretch that holds so many rows; of true grids where they cover it, one a page."""
    parts = [part for grid in grids if (part := _grid_parts(grid))[0] < end and start < part[1]]
    if sum(min(high + 1, end) - max(low, start) for low, high, _ in parts) > (end - start) // 2:
        return _from_grids(norm, start, end, [cells for _, _, cells in parts], wording)
    mode = layout_mode(text, norm, start, end, rows)
    if mode == "plain":
        return Printed(mode, numbers(norm, start, end), [start])
    breaks = [start] + [m.end() for m in _LINE_END.finditer(norm, start, end)]
    tokens = separated(text, norm, start, end, mode, wording)
    if mode == "cells":
        return Printed(mode, [token for token in tokens if token.kind != "text"], breaks)
    return Printed(mode, _without_words(_without_lost_places(norm, tokens)), breaks)


def _grid_parts(grid: Any) -> tuple[int, int, list[Any]]:
    """A grid as an object, or as plain data: {"start", "end", "cells": [[start, end, row, col, …], …]}."""
    if isinstance(grid, dict):
        return grid["start"], grid["end"], grid["cells"]
    return grid.start, grid.end, [(c.start, c.end, c.row, c.col) for c in grid.cells]


def _from_grids(norm: str, start: int, end: int, grids: list[list[Any]], wording: Wording) -> Printed:
    tokens: list[Token] = []
    first_of_row: dict[int, int] = {}
    rows = 0
    for cells in grids:
        above = rows
        for low, high, number, column, *_ in cells:
            row = above + number
            rows = max(rows, row + 1)
            first_of_row[row] = min(low, first_of_row.get(row, low))
            if low < start or high > end:
                continue
            tokens += [replace(t, line=row, column=column) for t in cell_tokens(norm, low, high, wording)]
    order = sorted(first_of_row)
    starts = [first_of_row[row] for row in order]
    place = {row: index for index, row in enumerate(order)}
    tokens = [replace(t, line=place[t.line]) for t in sorted(tokens, key=lambda t: t.start)]
    return Printed("rows", _without_words(tokens), starts)


def cell_tokens(norm: str, low: int, high: int, wording: Wording) -> list[Token]:
    """The tokens of what stands between two separators or in a cell of a grid: one, as a rule."""
    kind, start, end, qualifier = read_cell(norm, low, high, wording)
    if kind != "other":
        return [Token(start, end, kind, qualifier=qualifier)]
    return [] if _WORDS.search(norm, low, high) else numbers(norm, low, high)


def _without_words(tokens: list[Token]) -> list[Token]:
    """Without the words left of all numbers, which are no cells."""
    first = min((token.column for token in tokens if token.kind == "number"), default=0)
    return [token for token in tokens if token.kind != "text" or token.column >= first]


def _without_lost_places(norm: str, tokens: list[Token]) -> list[Token]:
    """Without the empty places where a tool put the numbers of several columns into one: `35 | | 2 1 859`.

    Which of those columns were empty is lost then, and in the other rows too.
    """
    merged = any(
        one.kind == other.kind == "number"
        and (one.line, one.column) == (other.line, other.column)
        and not norm[one.end : other.start].strip(" ")
        for one, other in pairwise(tokens)
    )
    return [token for token in tokens if token.kind != "blank"] if merged else tokens


def layout_mode(text: str, norm: str, start: int, end: int, rows: int) -> Mode:
    """How cells are told apart in a stretch that holds so many rows."""
    pipes = norm.count("|", start, end)
    tabs = max(sum(1 for _ in _INNER_TAB.finditer(view, start, end)) for view in {text, norm})
    if max(pipes, tabs) < max(2, rows):
        return "plain"
    if tabs > pipes:
        return "rows"
    whole = norm.rfind("\n", 0, start) + 1
    lines = [line for line in norm[whole:end].split("\n") if "|" in line]
    many = sum(line.count("|") > 1 or "|" in line.strip("| \t") for line in lines)
    return "rows" if many * 2 > len(lines) else "cells"


def numbers(norm: str, start: int, end: int) -> list[Token]:
    """The numbers of a stretch, and 无 standing alone; page numbers between dashes and digits of addresses are none."""
    found = [Token(m.start(), m.end(), "number") for m in _NUMBER.finditer(norm, start, end)]
    pages = {m.end(1) for m in _PAGE.finditer(norm, start, end)} if _DASH.search(norm, start, end) else set()
    if pages:
        found = [token for token in found if token.end not in pages]
    if norm.find("://", start, end) >= 0:
        edges = [edge for address in _ADDRESS.finditer(norm, start, end) for edge in address.span()]
        found = [token for token in found if bisect_right(edges, token.start) % 2 == 0]
    if "无" in norm[start:end] or "零" in norm[start:end]:
        found += [Token(m.start(), m.end(), "none") for m in NONE.finditer(norm, start, end)]
        found.sort(key=lambda token: token.start)
    return found


def is_row_number(norm: str, token: Token) -> bool:
    """Whether a number begins its line or cell and has a point and words behind it: a label lost its beginning."""
    return token.kind == "number" and _ROW_NUMBER.match(norm, token.start) is not None


def separated(text: str, norm: str, start: int, end: int, mode: Mode, wording: Wording) -> list[Token]:
    """Numbers and blanks of a stretch whose cells stand between pipes or tabs, with line and column."""
    view = norm if text is norm else _with_tabs(text, norm, start, end)
    base = 0 if text is norm else start
    found: list[Token] = []
    position, line = start, 0
    outer = mode == "rows" and _has_outer_marks(norm, start, end)
    while position < end:
        stop = view.find("\n", position - base, end - base)
        stop = end if stop < 0 else stop + base
        found += _line(view, norm, position, stop, base, line, mode, outer, wording)
        position, line = stop + 1, line + 1
    return found


def _has_outer_marks(norm: str, start: int, end: int) -> bool:
    """Whether most lines with pipes, those of the heads above included, begin with one."""
    for _ in range(_LINES_ABOVE):
        start = norm.rfind("\n", 0, max(start - 1, 0)) + 1
    lines = [line.lstrip() for line in norm[start:end].split("\n") if "|" in line]
    return 2 * sum(line.startswith("|") for line in lines) >= len(lines)


def _with_tabs(text: str, norm: str, start: int, end: int) -> str:
    """The normalised view writes a tab as a blank; here it counts."""
    if "\t" not in text[start:end]:
        return norm[start:end]
    return "".join("\t" if raw == "\t" else plain for raw, plain in zip(text[start:end], norm[start:end], strict=True))


def _line(
    view: str, norm: str, start: int, stop: int, base: int, line: int, mode: Mode, outer: bool, wording: Wording
) -> list[Token]:
    raw = view[start - base : stop - base]
    if mode == "cells":
        indent = len(raw) - len(raw.lstrip(" \t"))
        start, raw = start + indent, raw[indent:]
    marks = [start + m.start() for m in _SEPARATOR.finditer(raw)]
    if not marks:
        if not _CELL.search(norm, start, stop):
            return []
        return [Token(t.start, t.end, t.kind, line, 0) for t in numbers(norm, start, stop)]
    if "-" in raw and _RULE.fullmatch(raw):
        return []
    lefts = [start, *(mark + 1 for mark in marks)]
    rights = [*marks, stop]
    first = 1 if outer and not norm[start : marks[0]].strip() and raw[marks[0] - start] == "|" else 0
    # Lines that do not begin with a mark need not end with one: what is behind the last is a cell.
    open_end = (mode == "rows" and not outer and raw[-1:] != "|") or raw.endswith("\t")
    last = len(rights) if norm[lefts[-1] : stop].strip() or open_end else len(marks)
    found: list[Token] = []
    for column in range(first, last):
        left, right = lefts[column], rights[column]
        cell = norm[left:right].strip(" ")
        if are_digits(cell):
            at = norm.index(cell, left)
            found.append(Token(at, at + len(cell), "number", line, column))
            continue
        for token in cell_tokens(norm, left, right, wording):
            if token.kind == "blank":
                # The empty place itself: behind one leading blank, so that it touches no separator.
                token.start = token.end = min(left + 1, right)
            token.line, token.column = line, column
            found.append(token)
    return found
