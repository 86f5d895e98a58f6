"""The numbers of a printed table that no cell took: none of them is lost in silence."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby

from nianbao.catalogue.labels import Wording
from nianbao.forms.align import Found, Instance
from nianbao.forms.compact import Compact
from nianbao.forms.labels import is_own_digit
from nianbao.forms.model import RowCells
from nianbao.forms.tokens import Token, numbers

Span = tuple[int, int]
_LINE = re.compile(r"[^\n]+")
_HEADING = re.compile(r"\s*[一二三四五六七八九十]{1,3}、")
_MOST_LINES = 40  # with other words behind a table, before lines of numbers are no longer its own
_LEAST_RUN = 3  # numbers of lines behind a table in which no row lacks any
_ROW_CODE = ".、)"  # what stands behind the number of a row


def unplaced(
    norm: str, compact: Compact, instance: Instance, rows: Sequence[RowCells], cells: Sequence[Span], ceiling: int
) -> list[Token]:
    """The numbers of a table that are in none of its cells, and in no label's own words.

    They stand between its first label and its last cell, and on lines of nothing but numbers behind it.

    Args:
        cells: where its cells stand, in the order of the text.
        ceiling: where the next table begins, or the text ends.
    """
    begin = instance.start
    ends = [instance.end, *(end for _, end in cells), *(token.end for row in rows for token in row.tokens)]
    end = min(max(ends + [row.end for row in rows if row.apart]), max(ceiling, instance.end))
    complete = all(row.placed or row.heading for row in rows)
    found = numbers(norm, begin, end)
    for start, stop in lines_behind(norm, end, ceiling, compact.wording, complete):
        found += numbers(norm, start, stop)
    labels = sorted(instance.rows, key=lambda row: row.start)
    starts = [label.start for label in labels]
    left = []
    at, covered = 0, begin
    for token in found:
        while at < len(cells) and cells[at][0] <= token.start:
            covered = max(covered, cells[at][1])
            at += 1
        taken = token.start < covered or (at < len(cells) and cells[at][0] < token.end)
        if taken or token.kind != "number" or norm[token.end : token.end + 1] in tuple(_ROW_CODE):
            continue
        label = bisect_right(starts, token.start) - 1
        if label >= 0 and _is_label_s_own(norm, compact, labels[label], token):
            continue
        left.append(token)
    return left


def stray_behind(norm: str, rows: Sequence[RowCells], end: int, ceiling: int, wording: Wording) -> bool:
    """Whether lines of several numbers stand behind a table in which rows lack theirs."""
    if all(row.placed or row.heading for row in rows):
        return False
    end = max([end, *(row.end for row in rows), *(token.end for row in rows for token in row.tokens)])
    return any(len(numbers(norm, *span)) > 1 for span in lines_behind(norm, end, ceiling, wording, False))


def _is_label_s_own(norm: str, compact: Compact, label: Found, token: Token) -> bool:
    """Whether a number is one of a label's own: its numbering, a digit of its words, or in the remark behind it."""
    if token.start >= label.end:
        return False
    if token.start <= compact.offsets[label.first] or token.start > compact.offsets[label.last - 1]:
        return True
    return is_own_digit(norm, label.row, token.start, token.end)


def lines_behind(norm: str, begin: int, ceiling: int, wording: Wording, complete: bool) -> Iterator[Span]:
    """Runs of lines that hold nothing but numbers and their units; behind a complete table, up to the next heading."""
    lines = _own_lines(norm, begin, ceiling, wording, complete)
    for is_cells, run in groupby(lines, key=lambda line: line[2]):
        if is_cells:
            spans = list(run)
            start, stop = spans[0][0], spans[-1][1]
            if not complete or len(numbers(norm, start, stop)) >= _LEAST_RUN:
                yield start, stop


def _own_lines(
    norm: str, begin: int, ceiling: int, wording: Wording, complete: bool
) -> Iterator[tuple[int, int, bool]]:
    """The lines behind a table, each with whether it holds nothing but cells."""
    others = 0
    for line in _LINE.finditer(norm, begin, ceiling):
        if not line.group().strip():
            continue
        cells = wording.only_cells.fullmatch(norm, line.start(), line.end()) is not None
        others += not cells
        if others > _MOST_LINES or (complete and not cells and _HEADING.match(norm, line.start(), line.end())):
            return
        yield line.start(), line.end(), cells
