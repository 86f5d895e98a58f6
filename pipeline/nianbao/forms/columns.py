"""Which columns a row's cells stand in: from the heads as printed, else from the form and the count of cells."""

from __future__ import annotations

import re
from decimal import Decimal

from nianbao.catalogue.forms import Row, Table
from nianbao.forms.align import Found, Head, Instance
from nianbao.forms.digits import Shape
from nianbao.forms.model import ColumnKey, GroupColumn

_MOST_LOST = 3  # heads of a row of heads
_YEAR = re.compile(r"(20\d\d) ?年")


def instance_layout(norm: str, instance: Instance, typical: int, least: int = 1, grid: bool = True) -> tuple[str, ...]:
    """The columns of a table whose rows share them: as its heads say, else as many as a row typically holds.

    `least`: how many there must be. `grid`: whether the places of cells are known, so that the order of heads counts;
    else heads printed over several lines, in whatever order, stand for the form's own. None at all where the heads
    contradict the form's order and are not complete.
    """
    table = instance.table
    first_row = min(found.start for found in instance.rows)
    if typical == 2 and (by_year := _columns_by_year(norm, instance, first_row)):
        return by_year
    order = _printed_order(norm, table, [head for head in instance.heads if head.start < first_row])
    named = {head.column.key for head in instance.heads if head.column}
    if len(named) == 1 and all(head.start > first_row for head in instance.heads if head.column):
        named = set()  # a row's label that is also a column's

    def fit(layout: tuple[str, ...]) -> tuple[int, bool, int]:
        keys = set(layout)
        return len(named & keys) - len(named - keys), len(layout) == typical, -len(keys - named) if named else 0

    # The first of equals: the form's own layout.
    best = max((layout for layout in table.layouts if len(layout) >= least), key=fit, default=table.layouts[0])
    printed = tuple(key for key in order if key in best)
    if table.row_sums and not _heads_count(norm, instance, first_row, best, grid):
        return best
    if set(printed) == set(best):
        return printed
    # Heads in another order, of which one is lost: which column is whose cannot be told.
    return best if printed == tuple(key for key in best if key in printed) else ()


def _heads_count(norm: str, instance: Instance, first_row: int, layout: tuple[str, ...], grid: bool) -> bool:
    """Whether the order of heads says anything: all on one line, or hardly one lost and all between separators."""
    heads = [head for head in instance.heads if head.start < first_row and head.column and head.column.key in layout]
    if not heads:
        return False
    lost = len(layout) - len({head.column.key for head in heads if head.column})
    start, end = min(head.start for head in heads), max(head.end for head in heads)
    if not grid:
        return not lost and "\n" not in norm[start:end]
    line = norm.rfind("\n", 0, start) + 1
    stop = norm.find("\n", end)
    lines = norm[line : len(norm) if stop < 0 else stop].split("\n")
    return lost < _MOST_LOST and all("|" in line or not line.strip() for line in lines if "|" in norm)


def best_order(
    norm: str, instance: Instance, layout: tuple[str, ...], rows: list[tuple[Decimal, ...]]
) -> tuple[str, ...]:
    """The layout, unless the form's own order or that of the heads obeys the row sums in more of the rows' numbers."""
    best, table = layout, instance.table
    first_row = min(found.start for found in instance.rows)
    printed = _printed_order(norm, table, [head for head in instance.heads if head.start < first_row])
    for candidate in (layout, *table.layouts, printed):
        if set(candidate) != set(layout):
            continue
        if _rows_that_sum(table, candidate, rows) > _rows_that_sum(table, best, rows):
            best = candidate
    return best


def _rows_that_sum(table: Table, layout: tuple[str, ...], rows: list[tuple[Decimal, ...]]) -> int:
    sums = shape_of(table, layout).sums
    return sum(all(sum(row[i] for i in parts) == row[total] for parts, total in sums) for row in rows)


def _columns_by_year(norm: str, instance: Instance, first_row: int) -> tuple[str, ...]:
    """The columns where two years stand over them; the later one is the report's."""
    begin = min((head.start for head in instance.heads if head.start < first_row), default=first_row)
    years = [int(match.group(1)) for match in _YEAR.finditer(norm, begin, first_row)]
    offsets = {column.offset: column.key for column in instance.table.columns.values() if not column.cumulative}
    if len(years) != 2 or not {year - max(years) for year in years} <= set(offsets) or years[0] == years[1]:
        return ()
    return tuple(offsets[year - max(years)] for year in years)


def _printed_order(norm: str, table: Table, heads: list[Head]) -> tuple[str, ...]:
    """Heads in two rows read as one line: a head that spans columns stands for them, in their own order."""
    under = table.span[1]
    keys = list(dict.fromkeys(head.column.key for head in heads if head.column))
    spans = [head.start for head in heads if head.spanning]
    first = {head.column.key: head.start for head in reversed(heads) if head.column}
    if by_place := _by_place(norm, first, spans, under):
        return by_place
    outside = [key for key in keys if key not in under]
    inside = [key for key in keys if key in under]
    if spans:
        at = sum(first[key] < spans[0] for key in outside)
        if pipes_before(norm, spans[0])[1] and any(_apart(norm, first[key], spans[0]) for key in outside):
            return tuple(key for key in table.layouts[0] if key in first)  # on another line than the span: who knows
    elif inside and keys.index(inside[0]) == 2 and tuple(outside) == (table.layouts[0][0], table.layouts[0][-1]):
        # The head over several columns is lost: the last column's head still stands before theirs.
        at = 1
    else:
        return tuple(keys)
    return tuple(outside[:at] + inside + outside[at:])


def _apart(norm: str, one: int, other: int) -> bool:
    return "\n" in norm[min(one, other) : max(one, other)]


def _by_place(norm: str, first: dict[str, int], spans: list[int], under: tuple[str, ...]) -> tuple[str, ...]:
    """Heads between pipes in the order of their places on their lines; none where these tell nothing.

    They tell where all lines of heads have as many pipes, no two heads stand in one place, and the head over several
    columns stands over one of them.
    """
    places = {key: pipes_before(norm, start) for key, start in first.items()}
    above = [pipes_before(norm, start) for start in spans]
    columns = {key: at for key, (at, _) in places.items()}
    if len({whole for _, whole in (*places.values(), *above)}) != 1 or len(set(columns.values())) < len(columns):
        return ()
    inside = [columns[key] for key in under if key in columns]
    if not all(inside and min(inside) <= at <= max(inside) for at, _ in above):
        return ()
    return tuple(sorted(columns, key=lambda key: columns[key]))


def pipes_before(norm: str, offset: int) -> tuple[int, int]:
    """How many pipes stand before a place on its line, and on the whole line."""
    start, stop = norm.rfind("\n", 0, offset) + 1, norm.find("\n", offset)
    return norm.count("|", start, offset), norm.count("|", start, stop if stop >= 0 else len(norm))


def section_layouts(instance: Instance, found: Found) -> list[tuple[str, ...]]:
    """For a row of a table whose heads change from section to section: its possible columns, the likeliest first.

    One alone where the heads say all of a layout's columns.
    """
    table, row = instance.table, found.row
    forms = [head.column.form for head in instance.heads if head.column and head.column.form]
    form = max(set(forms), key=forms.count) if forms else instance.form
    possible = [layout for layout in table.layouts if set(layout) <= set(row.cells)]
    possible = [layout for layout in possible if not any(set(layout) < set(wider) for wider in possible)]
    possible.sort(key=lambda layout: table.columns[layout[0]].form not in (None, form))
    if form is None:
        own = {table.columns[layout[0]].form for layout in possible}
        possible = possible if len(own) == 1 else []  # neither a head nor a year tells which form it is
    heads = heads_above(instance, found)
    order = tuple(dict.fromkeys(h.column.key for h in heads if h.column is not None and h.column.key in row.cells))
    if any(set(layout) == set(order) for layout in possible):
        return [order]
    named = [layout for layout in possible if set(layout) & set(order)]
    return sorted(named, key=lambda layout: -len(set(layout) & set(order))) or possible


def heads_above(instance: Instance, found: Found) -> list[Head]:
    """The column heads of the nearest block of heads above a row."""
    heads = [head for head in instance.heads if head.start < found.start and head.column is not None]
    above = [row for row in instance.rows if row.start < found.start]
    for row in reversed([None, *above]):
        block = [head for head in heads if row is None or head.start > row.start]
        if block:
            return block
    return []


def shape_of(table: Table, columns: tuple[ColumnKey, ...]) -> Shape:
    """What the form demands of a row with these columns."""
    return _shape(table.row_sums, table.row_order, columns)


def _shape(
    row_sums: tuple[tuple[tuple[str, ...], str], ...],
    row_order: tuple[tuple[str, str], ...],
    columns: tuple[ColumnKey, ...],
) -> Shape:
    places: dict[int | None, dict[str, int]] = {}
    for position, column in enumerate(columns):
        key, group = column if isinstance(column, GroupColumn) else (column, None)
        places.setdefault(group, {})[key] = position
    sums, order = [], []
    for group in sorted(places, key=str):
        place = places[group]
        for parts, total in row_sums:
            if all(key in place for key in (*parts, total)):
                sums.append((tuple(place[key] for key in parts), place[total]))
        for low, high in row_order:
            if low in place and high in place:
                order.append((place[low], place[high]))
    return Shape(len(columns), tuple(sums), tuple(order))


def row_form(table: Table, row: Row, columns: tuple[str, ...]) -> str | None:
    """The form that a row or its columns belong to alone, if any."""
    if row.form:
        return row.form
    return next((form for key in columns if (form := table.columns[key].form)), None)
