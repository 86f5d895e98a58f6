"""Tables whose numbers all stand in one line below their heads, such as that of reviews and litigation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from nianbao.catalogue.forms import Table
from nianbao.catalogue.labels import Wording
from nianbao.forms.align import Found, Head, Instance
from nianbao.forms.compact import Compact
from nianbao.forms.labels import closing
from nianbao.forms.lexicon import Hit, Lexicon
from nianbao.forms.model import ColumnKey, GroupColumn, RowCells
from nianbao.forms.regions import Piece
from nianbao.forms.tokens import Mode, Token, numbers, read_printed

_MANY, _MANY_DIGITS = 5, 10  # numbers, or digits that run together, behind which heads begin another table
_GROUP_HEADS = 4  # heads that may stand before the first column


def headless_instances(norm: str, compact: Compact, piece: Piece, lexicon: Lexicon) -> list[Instance]:
    """The printed tables of a piece: each a run of heads, with the groups' names among them."""
    (table,) = lexicon.families[piece.family]
    offsets = compact.offsets
    chunks: list[list[Hit]] = [[]]
    for hit in piece.hits:
        if chunks[-1] and _are_cells(numbers(norm, offsets[chunks[-1][-1].end - 1] + 1, offsets[hit.start])):
            chunks.append([])
        chunks[-1].append(hit)
    # Numbers before rows without columns are those rows' own, not another table.
    merged: list[list[Hit]] = []
    for chunk in chunks:
        if merged and not any(map(_is_column, chunk)):
            merged[-1] += chunk
        else:
            merged.append(chunk)
    if not any(map(_is_column, piece.hits)):
        return [_instance(norm, compact, table, piece.hits)]
    return [_instance(norm, compact, table, _without_heading(hits)) for hits in merged if any(map(_is_column, hits))]


def _are_cells(tokens: list[Token]) -> bool:
    """Whether numbers between two heads are a table's cells."""
    return len(tokens) >= _MANY or any(token.end - token.start >= _MANY_DIGITS for token in tokens)


def _is_column(hit: Hit) -> bool:
    return any(target.kind == "column" for target in hit.targets)


def _without_heading(hits: list[Hit]) -> list[Hit]:
    """The table starts at the last group's head before its first column; a heading above names groups too."""
    near = [one.end >= other.start - 1 for one, other in pairwise(hits)]
    column = [_is_column(hit) for hit in hits]
    first = next((i for i in range(len(hits) - 2) if all(column[i : i + 3]) and all(near[i : i + 2])), 0)
    start = first
    while start > max(0, first - _GROUP_HEADS) and near[start - 1]:
        start -= 1
    return hits[start:]


def _instance(norm: str, compact: Compact, table: Table, hits: list[Hit]) -> Instance:
    offsets = compact.offsets
    rows: dict[int, Found] = {}
    heads: list[Head] = []
    for hit in hits:
        start, end = offsets[hit.start], offsets[hit.end - 1] + 1
        column = next((target.column for target in hit.targets if target.column), None)
        row = next((target.row for target in hit.targets if target.row), None)
        heads.append(Head(column, False, start, end, hit.start, hit.end))
        if row is not None:
            rows[row.index] = Found(row, table, start, closing(norm, end), hit.start, hit.end)
    if last := _damaged_last(compact, table, heads[-1]):
        heads.append(last)
    if not rows:
        rows[0] = Found(table.rows[0], table, heads[0].start, heads[0].end, heads[0].first, heads[0].last)
    return Instance(table, sorted(rows.values(), key=lambda found: found.start), heads)


def _damaged_last(compact: Compact, table: Table, last: Head) -> Head | None:
    """The head that must follow the last one found, with a character lost or taken for another."""
    order = table.layouts[0]
    if last.column is None or last.column.key == order[-1]:
        return None
    column = table.columns[order[order.index(last.column.key) + 1]]
    for label in column.keys:
        first, end = last.last, last.last + len(label)
        words = compact.han[first:end]
        if len(words) == len(label) and 2 * sum(a == b for a, b in zip(words, label, strict=True)) >= len(label):
            return Head(column, False, compact.offsets[first], compact.offsets[end - 1] + 1, first, end)
    return None


def _group_layout(instance: Instance) -> tuple[str, ...]:
    """The columns of a group in the order in which most groups' heads stand side by side; else the form's."""
    standard = instance.table.layouts[0]
    runs: Counter[tuple[str, ...]] = Counter()
    heads = [head for head in instance.heads if head.column]
    for at in range(len(heads) - len(standard) + 1):
        run = heads[at : at + len(standard)]
        keys = tuple(head.column.key for head in run if head.column)
        if set(keys) == set(standard) and all(one.last == other.first for one, other in pairwise(run)):
            runs[keys] += 1
    return standard if standard in runs or not runs else runs.most_common(1)[0][0]


def collect_headless(
    text: str, norm: str, instance: Instance, end: int, grids: Sequence[Any], wording: Wording
) -> tuple[list[RowCells], Mode] | None:
    """The table's one row of cells; None where its rows carry their own numbers."""
    table = instance.table
    groups = range(len(table.groups))
    layout = _group_layout(instance)
    last = max([head.end for head in instance.heads] + [found.end for found in instance.rows])
    printed_numbers = [token for token in numbers(norm, instance.start, end) if not _in_label(instance, token)]
    if len(printed_numbers) > len(layout) and _rows_have_numbers(instance, printed_numbers, len(layout)):
        return None
    named = [found.row.index for found in instance.rows]
    heads = sum(head.column is not None for head in instance.heads)
    if len(printed_numbers) == len(layout) * len(groups):
        columns = _columns(layout, groups)
    elif len(printed_numbers) == len(layout) * len(named) == heads:
        columns = _columns(layout, named)
    else:
        columns = ()
    if columns:
        mode = read_printed(text, norm, instance.start, end, len(groups), grids, wording).mode
        # Between separators the places of the cells count; they are as many as the columns.
        return [RowCells(instance.rows[-1], columns, printed_numbers, last, end)], mode
    if numbers(norm, instance.start, last):
        if _rows_begin(instance, printed_numbers):
            return None
        return [RowCells(instance.rows[-1], (), printed_numbers, instance.start, end)], "plain"
    columns = _columns(layout, groups)
    line_end = norm.find("\n", last, end)
    if numbers(norm, last, max(line_end, last)):
        line_end = -1
    # What is left of the heads' last line are empty places of the heads.
    printed = read_printed(text, norm, last if line_end < 0 else line_end + 1, end, len(table.groups), grids, wording)
    tokens = printed.tokens
    if printed.mode == "rows":
        lines = [token.line for token in tokens if token.kind != "blank"] or [token.line for token in tokens]
        tokens = [token for token in tokens if token.line in lines[:1]]
    return [RowCells(instance.rows[-1], columns, tokens, last, end)], printed.mode


def _rows_begin(instance: Instance, tokens: list[Token]) -> bool:
    """Whether each row's name has numbers behind it before any other label."""
    labels = sorted([head.start for head in instance.heads] + [found.start for found in instance.rows])
    for found in instance.rows:
        stop = next((start for start in labels if start >= found.end), tokens[-1].end if tokens else found.end)
        if not any(found.end <= token.start < stop for token in tokens):
            return False
    return True


def _columns(layout: tuple[str, ...], groups: Iterable[int]) -> tuple[ColumnKey, ...]:
    return tuple(GroupColumn(key, group) for group in groups for key in layout)


def _in_label(instance: Instance, token: Token) -> bool:
    spans = [(label.start, label.end) for label in instance.heads]
    spans += [(found.start, found.end) for found in instance.rows]
    return any(start <= token.start < end for start, end in spans)


def _rows_have_numbers(instance: Instance, tokens: list[Token], wide: int) -> bool:
    """Whether each row's name is followed by its own numbers."""
    starts = sorted(found.start for found in instance.rows)
    counts = [
        sum(low <= token.start < high for token in tokens) for low, high in pairwise([*starts, tokens[-1].end + 1])
    ]
    return len(starts) > 1 and all(count == wide for count in counts)
