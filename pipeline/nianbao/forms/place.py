"""Tokens into columns, where the layout says which is which: as many as columns, or told by empty places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from nianbao.catalogue.forms import MULTIPLIERS, Table
from nianbao.forms.align import Instance
from nianbao.forms.cells import number_value
from nianbao.forms.columns import best_order, heads_above, pipes_before, shape_of
from nianbao.forms.digits import MAX_CELL_DIGITS, Shape
from nianbao.forms.model import ColumnKey, Placed, RowCells, plain_keys
from nianbao.forms.tokens import Mode, Token, is_row_number, numbers
from nianbao.language.numeral import are_digits, is_digit

_WIDEST_GAP, _PADDED = 2, 3  # blanks between cells, and beyond the usual ones: more fill up columns
_LABEL = re.compile(r"[\u3400-\u9fff]{3,}")
_LONGEST_GROUP = 4  # a sign and three digits before a thousands separator
EXACT, EXPLICIT_BLANK, TRACE = 0.99, 0.98, 0.97


@dataclass(frozen=True, slots=True)
class Gap:
    """What parts two cells: `width` line breaks or blanks (`sign`); `ending`: how many stand behind a full row."""

    sign: str
    width: int
    ending: int


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


def place_traces(norm: str, table: Table, rows: list[RowCells], gap: Gap | None) -> None:
    """Fills rows whose empty cells left longer gaps: extra empty lines between cells, double blanks in a line.

    Where no such gap shows in the table, a row that lacks numbers may lack them anywhere: one table of a page may have
    blanks in its empty cells and the next one nothing.
    """
    traced = _shows_traces(norm, rows, gap)
    if gap is None or any(broken_number(norm, token) for row in rows for token in row.numbers):
        return  # where digits run together, a gap says nothing
    for row in rows:
        if row.placed or not row.columns or row.apart or any(broken_number(norm, t) for t in row.numbers):
            continue
        missing = len(row.columns) - len(row.numbers)
        if missing <= 0 or (row.heading and not row.numbers):
            continue
        cells = _by_gaps(norm, row, missing, gap, shape_of(table, row.columns), traced)
        if cells is not None and not _counts_in_parts(norm, table, row, cells):
            row.placed = {key: place_token(norm, token, TRACE) for key, token in zip(row.columns, cells, strict=True)}


def _counts_in_parts(norm: str, table: Table, row: RowCells, cells: list[Token]) -> bool:
    """Whether a number with a fraction would be a count, not an amount of money: then it is another column's."""
    fractions = [key for key, cell in zip(row.columns, cells, strict=True) if "." in norm[cell.start : cell.end]]
    counts = [key for key in fractions if not (isinstance(key, str) and table.columns[key].unit)]
    return row.found.row.unit not in MULTIPLIERS and len(counts) > 0


def usual_gap(norm: str, rows: list[RowCells], heads: Iterable[tuple[int, int]] = ()) -> Gap | None:
    """What stands between two cells of a full row most often: line breaks, or else blanks.

    `heads`: where the heads of columns stand; without numbers to go by, they are the cells. None where nothing does,
    or where blanks fill up columns.
    """
    full = [row for row in rows if row.placed and len(row.numbers) == len(row.columns)]
    gaps = Counter(_gap(norm, one.end, other.start) for row in full for one, other in pairwise(row.numbers))
    gaps = gaps or Counter(
        _gap(norm, end, start)
        for (_, end), (start, _) in pairwise(sorted(heads))
        if end <= start and not norm[end:start].strip()
    )
    (sign, width), _ = gaps.most_common(1)[0] if gaps else (("", 0), 0)
    if not width or (sign == " " and (width > _WIDEST_GAP or any(_is_padded(norm, row, width) for row in full))):
        return None
    endings = [norm.count("\n", row.numbers[-1].end, row.end) for row in full if sign == "\n"]
    return Gap(sign, width, max(width, min(endings, default=0)))


def _gap(norm: str, start: int, end: int) -> tuple[str, int]:
    lines = norm.count("\n", start, end)
    return ("\n", lines) if lines else (" ", norm.count(" ", start, end))


def _is_padded(norm: str, row: RowCells, width: int) -> bool:
    """Whether blanks before the cells of a full row are many more than the usual ones."""
    starts = [row.start, *(token.end for token in row.numbers)]
    gaps = [norm[start : token.start] for start, token in zip(starts, row.numbers, strict=False)]
    return any(len(gap) > width + _PADDED and not gap.strip(" ") for gap in gaps)


def _shows_traces(norm: str, rows: list[RowCells], usual: Gap | None) -> bool:
    """Whether any row that lacks numbers has a longer gap between two of them, or before the first."""
    if usual is None:
        return False
    for row in rows:
        if row.numbers and len(row.numbers) < len(row.columns):
            edges = [row.start, *(position for token in row.numbers for position in (token.start, token.end))]
            stretches = [norm[a:b] for a, b in zip(edges[::2], edges[1::2], strict=False)]
            if any(len(gap) - len(gap.rstrip(usual.sign)) >= 2 * usual.width for gap in stretches):
                return True
    return False


def _by_gaps(norm: str, row: RowCells, missing: int, gap: Gap, shape: Shape, traced: bool) -> list[Token] | None:
    """Empty cells by the lengths of gaps; None where these do not add up to the missing cells."""
    sign, width = gap.sign, gap.width
    if not row.numbers:
        line_end = norm.find("\n", row.start, row.end) if sign == " " else row.end
        found = norm.count(sign, row.start, line_end if line_end >= 0 else row.end)
        enough = (found - gap.ending) // width + 1 >= missing
        return _places(norm, row.start, row.end, missing, gap) if enough else None
    label = row.start + len(norm[row.start : row.numbers[0].start].rstrip())  # with the mark that closes it
    edges = [label, *(position for token in row.numbers for position in (token.start, token.end)), row.end]
    stretches = [(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]
    counts = [max(0, norm.count(sign, a, b) // width - 1) for a, b in stretches]
    counts[-1] = max(0, (norm.count(sign, *stretches[-1]) - gap.ending) // width)
    open_start = open_end = False
    if sign == " ":
        counts[0], open_start = _line_edge(norm, *stretches[0], width, counts[0], first=True)
        counts[-1], open_end = _line_edge(norm, *stretches[-1], width, counts[-1], first=False)
    rest = missing - sum(counts[1:-1])
    if rest < 0:
        return None
    untraced = rest > counts[0] + counts[-1]
    fronts = [min(counts[0], rest)]
    if open_start and open_end and counts[0] + counts[-1] < rest:
        fronts = list(range(rest + 1))  # a stripped line: its empty cells may have stood at either end
    readings = []
    for front in fronts:
        if rest - front <= counts[-1] or open_end:
            counts[0], counts[-1] = front, rest - front
            readings.append(_with_empty(norm, row, stretches, counts, gap))
    touches = norm[row.numbers[0].start - 1] not in " \n"
    if untraced and (not traced or (not shape.sums and (open_start or touches))):
        return None
    if len(readings) > 1 or untraced:
        readings = [cells for cells in readings if _sums_can_hold(norm, cells, shape)]
    return readings[0] if len(readings) == 1 else None


def _with_empty(norm: str, row: RowCells, stretches: list[tuple[int, int]], counts: list[int], gap: Gap) -> list[Token]:
    cells: list[Token] = []
    for index, (start, end) in enumerate(stretches):
        cells += _places(norm, start, end, counts[index], gap)
        if index < len(row.numbers):
            cells.append(row.numbers[index])
    return cells


def _sums_can_hold(norm: str, cells: list[Token], shape: Shape) -> bool:
    """Whether the row's sums hold where all their cells are printed, and are not exceeded where some are empty."""
    values = [None if t.kind == "blank" else place_token(norm, t, 1.0).value for t in cells]
    for parts, total in shape.sums:
        whole, known = values[total], [value for i in parts if (value := values[i]) is not None]
        if whole is not None and (sum(known) > whole or (len(known) == len(parts) and sum(known) != whole)):
            return False
        # An empty total behind a number that is the sum of those before it: that number is the total.
        if whole is None and len(known) > 1 and known[-1] == sum(known[:-1]) > 0:
            return False
    return True


def _line_edge(norm: str, start: int, end: int, width: int, count: int, first: bool) -> tuple[int, bool]:
    """Empty cells at a line's edge, where each blank is one; a line's end may have lost them without a trace."""
    gap = norm[start:end]
    if "\n" not in gap:
        return count, False
    edge = gap.rpartition("\n")[2] if first else gap.partition("\n")[0]
    return edge.count(" ") // width, True


def _places(norm: str, start: int, end: int, count: int, gap: Gap) -> list[Token]:
    """Where `count` empty cells stand in a gap: behind each usual separator."""
    found: list[Token] = []
    position = start
    for _ in range(count):
        for _ in range(gap.width):
            at = norm.find(gap.sign, position, end)
            position = at + 1 if at >= 0 else position
        found.append(Token(position, position, "blank"))
    return found
