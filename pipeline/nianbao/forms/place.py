"""Tokens into columns, where the layout says which is which: as many as columns, or told by empty places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from decimal import Decimal

from nianbao.forms.align import Instance
from nianbao.forms.cells import number_value
from nianbao.forms.columns import best_order, heads_above, pipes_before
from nianbao.forms.digits import MAX_CELL_DIGITS
from nianbao.forms.model import ColumnKey, Placed, RowCells, plain_keys
from nianbao.forms.tokens import Mode, Token, is_row_number, numbers
from nianbao.language.numeral import are_digits, is_digit

_LABEL = re.compile(r"[\u3400-\u9fff]{3,}")
_LONGEST_GROUP = 4  # a sign and three digits before a thousands separator
EXACT, EXPLICIT_BLANK, TRACE = 0.99, 0.98, 0.97


def reported(norm: str, start: int, end: int, confidence: float, qualifier: str = "exact") -> Placed:
    """A printed number; its words alone where it is too long to be one."""
    value = number_value(norm[start:end])
    return Placed("text" if value is None else "reported", start, end, value, confidence, qualifier=qualifier)


def place_token(norm: str, token: Token, confidence: float) -> Placed:
    """The cell that a token prints."""
    if token.kind == "blank":
        return Placed("blank", token.start, token.end, None, min(confidence, EXPLICIT_BLANK))
    if token.kind == "none":
        return Placed("stated", token.start, token.end, Decimal(0), confidence)
    if token.kind == "text":
        return Placed("text", token.start, token.end, None, confidence)
    return reported(norm, token.start, token.end, confidence, token.qualifier)


def broken_number(norm: str, token: Token) -> bool:
    """Whether a token cannot be one number: behind a leading zero, or too long as a whole or in its thousands."""
    if token.kind != "number":
        return False
    if token.end - token.start == 1:
        return beside_comma(norm, token)
    written = norm[token.start : token.end]
    if len(written) > MAX_CELL_DIGITS and len(written.partition(".")[0].replace(",", "")) > MAX_CELL_DIGITS:
        return True
    if ("," in written and written.index(",") > _LONGEST_GROUP) or beside_comma(norm, token):
        return True
    return len(written) > 1 and written[0] == "0" and is_digit(written[1])


def beside_comma(norm: str, token: Token) -> bool:
    """Whether a comma ties a number to other digits: a thousands separator in a run of digits."""
    behind, before = norm[token.end : token.end + 2], norm[max(0, token.start - 2) : token.start]
    return (behind[:1] == "," and are_digits(behind[1:])) or (before[-1:] == "," and are_digits(before[:-1]))


def place_exact(norm: str, rows: list[RowCells]) -> None:
    """Fills the rows that print exactly one number a column."""
    for row in rows:
        cells = row.numbers
        if row.columns and len(cells) == len(row.columns) and not any(broken_number(norm, t) for t in cells):
            row.placed = {
                key: place_token(norm, token, EXACT * row.found.trust)
                for key, token in zip(row.columns, cells, strict=True)
            }


def settle_order(norm: str, instance: Instance, rows: list[RowCells]) -> None:
    """Of the form's order and that of the heads, the one that the row sums obey."""
    full = [row for row in rows if row.placed and len(row.columns) > 2]
    layouts = {row.columns for row in full}
    if len(layouts) != 1 or not instance.table.row_sums or instance.table.headless:
        return
    values = [tuple(cell.value or Decimal(0) for cell in row.placed.values()) for row in full]
    layout = plain_keys(layouts.pop())
    better = best_order(norm, instance, layout, values)
    if better != layout:
        for row in rows:
            row.columns = better
            row.placed = dict(zip(better, row.placed.values(), strict=True)) if row.placed else {}


def place_explicit(norm: str, instance: Instance, rows: list[RowCells], mode: Mode) -> None:
    """Fills rows whose empty cells stand between separators.

    A label over several columns may leave empty cells before the first, a padded line some behind the last; where the
    other rows' numbers and the heads stand tells how many.
    """
    left = [row for row in rows if row.columns and row.tokens and not row.placed and (row.numbers or not row.heading)]
    left = [row for row in left if not any(broken_number(norm, number) for number in row.numbers)]
    while sum(not row.placed and _settle(norm, instance, rows, row, mode) for row in left):
        pass  # a row tells of those above it, too
    for row in left:
        if not row.placed and not row.numbers and (starts := _told_starts(norm, instance, rows, row, mode)):
            _place_from(norm, row, starts[-(len(row.columns) > 1)])  # a wide label leaves its empty cells in front


def _told_starts(norm: str, instance: Instance, rows: list[RowCells], row: RowCells, mode: Mode) -> list[int]:
    """At which of its tokens the first column may be, by what else the table tells."""
    starts = _possible_starts(row)
    for told in (_padding, _number_columns, _first_columns, _head_columns) if mode == "rows" else (_padding,):
        if len(starts) > 1:
            starts = told(norm, instance, rows, row, starts) or starts
    return starts


def _settle(norm: str, instance: Instance, rows: list[RowCells], row: RowCells, mode: Mode) -> bool:
    if len(starts := _told_starts(norm, instance, rows, row, mode)) == 1:
        _place_from(norm, row, starts[0])
    return len(starts) == 1


def _place_from(norm: str, row: RowCells, start: int) -> None:
    cells = row.tokens[start : start + len(row.columns)]
    row.placed = {key: place_token(norm, token, EXACT) for key, token in zip(row.columns, cells, strict=True)}


def _possible_starts(row: RowCells) -> list[int]:
    """At which of its tokens the first column may be: none but empty cells are left over."""
    blank = [token.kind == "blank" for token in row.tokens]
    wide = len(row.columns)
    return [at for at in range(len(blank) - wide + 1) if all(blank[:at]) and all(blank[at + wide :])]


def _padding(norm: str, instance: Instance, rows: list[RowCells], own: RowCells, starts: list[int]) -> list[int]:
    """As many empty cells before the first column as in most full rows with as many cells."""
    lead: Counter[int] = Counter()
    for row in rows:
        if row.placed and len(row.tokens) == len(own.tokens) and row.columns == own.columns:
            lead[next((at for at, token in enumerate(row.tokens) if token.kind != "blank"), 0)] += 1
    return [start for start in starts if [start] == [at for at, _ in lead.most_common(1)]]


def _number_columns(norm: str, instance: Instance, rows: list[RowCells], own: RowCells, starts: list[int]) -> list[int]:
    """The places that hold the columns of the grid in which rows with the same heads have numbers."""
    if len(_first_columns_of(rows, own.columns)) > 1:
        return []
    used = [token.column for row in rows if row.columns == own.columns for token in row.numbers]
    behind = len(own.columns) - 1
    return [
        at
        for at in starts
        if used and own.tokens[at].column <= min(used) <= max(used) <= own.tokens[at + behind].column
    ]


def _first_columns(norm: str, instance: Instance, rows: list[RowCells], own: RowCells, starts: list[int]) -> list[int]:
    """The column of the grid in which all full rows of the table begin."""
    first = _first_columns_of(rows)
    return [at for at in starts if first == {own.tokens[at].column}]


def _first_columns_of(rows: list[RowCells], columns: tuple[ColumnKey, ...] | None = None) -> set[int]:
    full = [row for row in rows if row.placed and len(row.numbers) == len(row.columns)]
    return {row.numbers[0].column for row in full if columns in (None, row.columns)}


def _head_columns(norm: str, instance: Instance, rows: list[RowCells], own: RowCells, starts: list[int]) -> list[int]:
    """The column of the grid in which the first column's head stands, on a line of as many pipes."""
    heads = [head for head in heads_above(instance, own.found) if head.column and head.column.key == own.columns[0]]
    if not heads:
        return []
    line, place = pipes_before(norm, heads[-1].start), pipes_before(norm, own.found.start)
    return [at for at in starts if line[1] == place[1] and own.tokens[at].column == line[0]]


def is_loose(norm: str, instance: Instance, rows: list[RowCells]) -> bool:
    """Whether numbers stand apart from the labels: behind heads of columns, or given to rows across other labels."""
    marks = sorted([(f.start, f.end, False) for f in instance.rows] + [(h.start, h.end, True) for h in instance.heads])
    starts = [mark[0] for mark in marks]
    given = {token.start for row in rows for token in row.tokens if token.kind == "number"}
    if any(row.apart for row in rows):
        return True
    begin, end = marks[0][0], max(row.end for row in rows)
    for token in numbers(norm, begin, end):
        at = bisect_right(starts, token.start) - 1
        if token.start not in given and token.start >= marks[at][1] and not is_row_number(norm, token):
            between = norm[marks[at][1] : token.start]
            if "\n" in between and not _LABEL.search(between):
                return True
    return False


def place_empty_rows(norm: str, rows: list[RowCells], headed: bool, mode: Mode, loose: bool) -> None:
    """Rows that print their label and no number at all are blank: in one column, or where every other row is read.

    `headed`: the heads of columns are printed, so that a table without any number is an empty form. `loose`: labels
    and numbers stand apart, so that a label without numbers says nothing; nor does one without a cell in a grid, or
    one among others on its line.
    """
    if loose:
        return
    read = any(cell.value is not None for row in rows for cell in row.placed.values())
    read = read or (headed and not any(row.numbers for row in rows))
    doubtful = any(row.numbers and len(row.placed) < len(row.columns) for row in rows)
    if any(len(row.numbers) > len(row.columns) > 0 and not row.placed for row in rows):
        return  # numbers of several rows stand together
    last = max(rows, key=lambda row: row.found.start)  # behind it the table may be cut off
    for row in rows:
        wide = len(row.columns)
        if row.placed or not wide or row.numbers or row.heading:
            continue
        if wide > 1 and (doubtful or not read or row is last):
            continue
        if (mode == "rows" and not row.tokens) or _is_among_labels(norm, row, last.end):
            continue
        place = _behind_unit(norm, row.start, row.end)
        row.placed = {key: Placed("blank", place, place, None, TRACE) for key in row.columns}


def _is_among_labels(norm: str, row: RowCells, end: int) -> bool:
    """Whether other labels stand behind a label on its line without numbers between them, which is a line of heads."""
    line_end = norm.find("\n", row.found.end, end)
    behind = norm[row.found.end : line_end if line_end >= 0 else end]
    labels = list(_LABEL.finditer(behind))
    if row.end >= row.found.end + len(behind) or len(labels) < 2:
        return False
    return not numbers(behind, labels[0].end(), labels[-1].start())


def _behind_unit(norm: str, start: int, end: int) -> int:
    match = re.compile(r"\s*[\u3400-\u9fff]{1,2}").match(norm, start, end)
    return match.end() if match else start


def place_blank_lines(norm: str, rows: list[RowCells]) -> None:
    """Fills rows whose numbers and blank lines are as many as their columns."""
    for row in rows:
        whole = len(row.tokens) == len(row.columns) > len(row.numbers)
        if row.placed or not whole or any(broken_number(norm, token) for token in row.numbers):
            continue
        if row.numbers or not row.heading:
            cells = zip(row.columns, row.tokens, strict=True)
            row.placed = {key: place_token(norm, token, EXACT) for key, token in cells}
