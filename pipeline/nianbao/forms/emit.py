"""Placed cells as plain data: what each means, its value in the canonical unit, its offsets and confidence."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from nianbao.catalogue import Registry
from nianbao.catalogue.forms import MULTIPLIERS, Row
from nianbao.forms.align import Found, Instance
from nianbao.forms.columns import row_form
from nianbao.forms.compact import Compact
from nianbao.forms.knowledge import FormKnowledge
from nianbao.forms.leftover import unplaced
from nianbao.forms.model import ColumnKey, GroupColumn, Placed, RowCells, plain_keys
from nianbao.forms.place import reported
from nianbao.forms.tokens import Token

OPEN = 0.5
_WIDE = 3  # columns
_ROWS_OF_A_TABLE = 4  # with numbers: a table, though none has a place
# In two lines of a cell, too, or with a stroke of the rule beside it between them, as text recognition gives it.
_MONEY = re.compile(r"\s*(?:([亿万])(?:[^\u3400-\u9fff\d]{0,20}|一))?元")
_MONEY_BEFORE = re.compile(_MONEY.pattern + r"[\s|:]*\Z")
_UNIT_REACH = 40  # characters
# The nearest words before a number, past its unit.
_WORDS_BEFORE = re.compile(
    r"([\u3400-\u9fff][\u3400-\u9fff、《》]{2,})[^\u3400-\u9fff]*(?:[\u3400-\u9fff]{1,2}[^\u3400-\u9fff]*)?\Z"
)
_TOO_LONG = re.compile(r"\d{16}")  # more digits than a value may have
_FAR = 80  # characters from a number back to its words


def emit_cells(
    text: str,
    norm: str,
    compact: Compact,
    instance: Instance,
    rows: list[RowCells],
    ceiling: int,
    report_year: int | None,
    knowledge: FormKnowledge,
) -> list[dict[str, Any]]:
    """The cells of a printed table as plain data, in the order of the text; numbers without a place as open cells.

    `ceiling`: where the next table begins.
    """
    form = _form(instance, rows, report_year, knowledge.forms.years)
    cells = []
    for row in rows:
        for key, placed in row.placed.items():
            cells.append(_cell(text, norm, instance, row, key, placed, form, knowledge.registry))
    printed = sum(len(row.numbers) > 0 for row in rows) >= _ROWS_OF_A_TABLE
    if cells or printed or any(row.apart or _is_printed(row) for row in rows):
        taken = sorted((cell["start"], cell["end"]) for cell in cells)
        left = unplaced(norm, compact, instance, rows, taken, ceiling)
        cells += _open_cells(text, norm, instance, left, form, knowledge.registry)
    return sorted(cells, key=lambda cell: (cell["start"], cell["end"]))


def _is_printed(row: RowCells) -> bool:
    """Whether a row of a wide table has numbers for most of its columns, though nobody can tell which is whose.

    Where heads alone make the table, any number below them is one of its cells.
    """
    wide = len(row.columns) or len(row.found.table.layouts[0])
    return wide > _WIDE and (2 * len(row.numbers) > wide or (row.found.table.headless and len(row.numbers) > 0))


def _form(instance: Instance, rows: list[RowCells], report_year: int | None, years: dict[str, tuple[int, int]]) -> str:
    """The form that the printed rows and columns belong to; where they fit several, the one of the report's year."""
    votes = [form for row in rows if (form := row_form(instance.table, row.found.row, plain_keys(row.columns)))]
    if votes:
        return max(set(votes), key=votes.count)
    if report_year is not None and len(instance.table.forms) > 1:
        for form in instance.table.forms:
            if years[form][0] <= report_year <= years[form][1]:
                return form
    return instance.table.form


def _cell(
    text: str,
    norm: str,
    instance: Instance,
    row: RowCells,
    key: ColumnKey,
    placed: Placed,
    form: str,
    registry: Registry,
) -> dict[str, Any]:
    found = row.found
    if isinstance(key, GroupColumn):
        name = key.key
        found = next((f for f in instance.rows if f.row.index == key.group), found)
        metric = instance.table.rows[key.group].cells.get(name)
    else:
        name = key
        metric = found.row.cells.get(key)
    column = instance.table.columns.get(name)
    cumulative = bool(column and column.cumulative)
    value = placed.value
    known = registry.get(metric) if metric else None
    if value is not None and known and known.unit == "元":
        value *= _money(norm, row, found, key, instance, placed)
    return {
        "metric": None if placed.status == "text" and _TOO_LONG.search(norm, placed.start, placed.end) else metric,
        "applicant": name if instance.table.by_applicant else "total" if known and known.by_applicant else None,
        "status": placed.status,
        "value": None if value is None else float(value),
        "value_text": text[placed.start : placed.end] if placed.status != "blank" else None,
        "start": placed.start,
        "end": placed.end,
        "metric_text": text[found.start : found.end],
        "metric_start": found.start,
        "metric_end": found.end,
        "confidence": round(placed.confidence, 4),
        "form": form,
        "table": instance.table.name,
        "qualifier": placed.qualifier,
        "readings": list(placed.readings) or None,
        "column": column.keys[0] if column and column.keys else None,
        "year_offset": None if cumulative else column.offset if column else 0,
        "cumulative": cumulative,
        "unread": False,
    }


def _factor(match: re.Match[str]) -> Decimal:
    return Decimal(MULTIPLIERS[f"{match.group(1) or ''}元"])


def _in_pieces(norm: str, row: RowCells, placed: Placed) -> bool:
    """Whether the two characters of the form's own unit stand apart around a number, which would else be in yuan."""
    unit = row.found.row.unit or ""
    if len(unit) != 2 or unit not in MULTIPLIERS or row.found.end > placed.start:
        return False
    begin, first = row.found.start, unit[0]
    before = norm[norm.rfind("\n", 0, max(begin - 1, 0)) + 1 : begin] + norm[row.found.end : placed.start]
    return re.search(rf"(?<![\u3400-\u9fff]){first}(?![\u3400-\u9fff])", before) is not None


def _money(norm: str, row: RowCells, found: Found, key: ColumnKey, instance: Instance, placed: Placed) -> Decimal:
    """The factor to yuan: the unit behind the number, else before it, else in the column's head, else the form's."""
    if row.unit or _in_pieces(norm, row, placed):
        return Decimal(MULTIPLIERS[row.unit or found.row.unit or ""])
    if match := _MONEY.match(norm, placed.end):
        return _factor(match)
    begin = max(placed.start - _UNIT_REACH, found.end if found.end <= placed.start else found.start)
    match = _MONEY_BEFORE.search(norm, begin, placed.start) or _MONEY.search(norm, row.start, placed.start)
    if match:
        return _factor(match)
    heads = [head for head in instance.heads if head.column and head.column.key == key and head.start < found.start]
    rows_begin = [row.start for row in instance.rows if heads and row.start >= heads[-1].start]
    if heads and (match := _MONEY.search(norm, heads[-1].start, min([found.start, *rows_begin]))):
        return _factor(match)
    column = instance.table.columns.get(key) if isinstance(key, str) else None
    return Decimal(MULTIPLIERS.get((column.unit if column else None) or found.row.unit or "元", 1))


def _open_cells(
    text: str,
    norm: str,
    instance: Instance,
    left: list[Token],
    form: str,
    registry: Registry,
) -> list[dict[str, Any]]:
    """Numbers inside the table that no column took: of rows that the form does not have, or without a place."""
    labels = [(f.start, f.end) for f in instance.rows] + [(h.start, h.end) for h in instance.heads]
    found: list[dict[str, Any]] = []
    for token in left:
        words = _WORDS_BEFORE.search(norm, max(instance.start, token.start - _FAR), token.start)
        placed = reported(norm, token.start, token.end, OPEN)
        open_row = Row(-1, "", "", (), {}, False, None, None, None, False, "")
        label = Found(open_row, instance.table, *(words.span(1) if words else (token.start, token.start)), 0, 0)
        cell = _cell(text, norm, instance, RowCells(label, (), [], 0, 0), "", placed, form, registry)
        # A row that the form does not have says what its number counts.
        cell["unread"] = words is None or any(start < words.end(1) and words.start(1) < end for start, end in labels)
        found.append(cell)
    return found
