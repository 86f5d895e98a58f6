"""Empty cells told by the gaps that they leave: extra empty lines between cells, double blanks in a line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from nianbao.catalogue.forms import MULTIPLIERS, Table
from nianbao.forms.columns import shape_of
from nianbao.forms.digits import Shape
from nianbao.forms.model import RowCells
from nianbao.forms.place import TRACE, broken_number, place_token
from nianbao.forms.tokens import Token

_MANY_LACKING = 3  # rows of a table that lack numbers
_WIDEST_GAP, _PADDED = 3, 3  # blanks between cells, and beyond the usual ones: more fill up columns
_CLOSING = re.compile(r" *[\"”’」』》)]+")


@dataclass(frozen=True, slots=True)
class Gap:
    """What parts two cells: `width` line breaks or blanks (`sign`); `ending`: how many stand behind a full row."""

    sign: str
    width: int
    ending: int


def place_traces(norm: str, table: Table, rows: list[RowCells], gap: Gap | None, traced: bool) -> None:
    """Fills rows whose empty cells left longer gaps: extra empty lines between cells, double blanks in a line.

    `traced`: such gaps show in the document. Else a row that lacks numbers lacks them anywhere, and in a table of
    which several do and none shows a gap: one table may have blanks in its empty cells and the next one nothing.
    """
    found, lacking = traces(norm, rows, gap)
    traced = bool(found) or (traced and lacking < _MANY_LACKING)
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


def traces(norm: str, rows: list[RowCells], usual: Gap | None) -> tuple[int, int]:
    """How many rows lack numbers and have a longer gap between two of them, or before the first; how many lack any."""
    short = [row for row in rows if row.numbers and len(row.numbers) < len(row.columns)]
    if usual is None:
        return 0, len(short)
    found = 0
    for row in short:
        edges = [row.start, *(position for token in row.numbers for position in (token.start, token.end))]
        stretches = [norm[a:b] for a, b in zip(edges[::2], edges[1::2], strict=False)]
        found += any(len(gap) - len(gap.rstrip(usual.sign)) >= 2 * usual.width for gap in stretches)
    return found, len(short)


def _by_gaps(norm: str, row: RowCells, missing: int, gap: Gap, shape: Shape, traced: bool) -> list[Token] | None:
    """Empty cells by the lengths of gaps; None where these do not add up to the missing cells."""
    sign, width = gap.sign, gap.width
    if not row.numbers:
        line_end = norm.find("\n", row.start, row.end) if sign == " " else row.end
        found = norm.count(sign, row.start, line_end if line_end >= 0 else row.end)
        enough = (found - gap.ending) // width + 1 >= missing
        return _places(norm, row.start, row.end, missing, gap) if enough else None
    closing = _CLOSING.match(norm, row.start, row.numbers[0].start)  # the mark that closes the label
    label = closing.end() if closing else row.start
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
