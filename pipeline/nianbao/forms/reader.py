"""Tables out of a text: regions, rows, cells, with what each cell means and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from nianbao.forms.align import Found, Instance, align_rows
from nianbao.forms.collect import collect_rows, table_end
from nianbao.forms.columns import row_form
from nianbao.forms.compact import Compact
from nianbao.forms.definition import MULTIPLIERS, load_forms
from nianbao.forms.glued import place_glued
from nianbao.forms.headless import collect_headless, headless_instances
from nianbao.forms.lexicon import load_lexicon
from nianbao.forms.model import Placed, Region, RowCells, TableReading
from nianbao.forms.place import (
    place_exact,
    place_explicit,
    place_first,
    place_single_blanks,
    place_traces,
    settle_order,
    usual_gap,
)
from nianbao.forms.regions import find_pieces
from nianbao.forms.repair import fill_missing
from nianbao.forms.tokens import Mode
from nianbao.metrics import load_registry

_MONEY = re.compile(r"\s*((?:[亿万]\s*)?元)")
_DIGITS = re.compile(r"\d+")
_LAST_CELLS = 40  # characters behind the last label that may still be its cells


def find_regions(norm: str, grids: Sequence[Any] = ()) -> list[Region]:
    """Where the tables of the forms stand in a normalised text, in order."""
    return read_tables(norm, norm, grids).regions


def read_tables(text: str, norm: str, grids: Sequence[Any] = (), report_year: int | None = None) -> TableReading:
    """Reads every statutory table of a document.

    Args:
        text: the document's text; `norm`: its normalised view, of the same length. All offsets are into both.
        grids: true grids where the format has them.
        report_year: decides between forms that print the same cells.
    """
    compact = Compact(norm)
    instances = _instances(norm, compact)
    printed = [
        (instance, *_collect(text, norm, compact, instances, index, grids)) for index, instance in enumerate(instances)
    ]
    for instance, rows, _ in printed:
        place_exact(norm, rows)
        settle_order(norm, instance.table, rows)
    gap = usual_gap(norm, (row for _, rows, mode in printed for row in rows if mode == "plain"))
    said = _numbers_elsewhere(norm, instances)
    regions: list[Region] = []
    cells: list[dict[str, Any]] = []
    for instance, rows, mode in printed:
        if mode == "plain":
            place_traces(norm, instance.table, rows, gap)
        else:
            place_explicit(norm, rows, mode)
        place_first(norm, instance.table, rows)
        place_glued(norm, instance.table, rows, mode, said)
        place_single_blanks(norm, rows)
        read = _emit(text, norm, instance, rows, report_year)
        if read:
            stop = max(instance.end, *(cell["end"] for cell in read))
            regions.append(Region(instance.start, stop, read[0]["form"], instance.table.name))
            cells += read
    return TableReading(regions, cells)


def _instances(norm: str, compact: Compact) -> list[Instance]:
    found: list[Instance] = []
    for piece in find_pieces(norm, compact):
        headless = any(table.headless for table in load_lexicon().families[piece.family])
        found += headless_instances(norm, compact, piece) if headless else align_rows(norm, compact, piece)
    return found


def _collect(
    text: str, norm: str, compact: Compact, instances: list[Instance], index: int, grids: Sequence[Any]
) -> tuple[list[RowCells], Mode]:
    """The rows of one printed table, those with damaged labels too."""
    instance = instances[index]
    ceiling = instances[index + 1].start if index + 1 < len(instances) else len(norm)
    end = table_end(norm, compact, instance, ceiling)
    if instance.table.headless:
        headless = collect_headless(text, norm, instance, end, grids)
        return headless or collect_rows(text, norm, compact, instance, end, grids)
    floor = instances[index - 1].end if index else 0
    fill_missing(norm, compact, instance, floor, min(ceiling, end + 60))
    end = table_end(norm, compact, instance, ceiling)
    return collect_rows(text, norm, compact, instance, end, grids)


def _numbers_elsewhere(norm: str, instances: list[Instance]) -> Callable[[], set[str]]:
    """The numbers outside the tables, read when first asked for."""

    @cache
    def look() -> set[str]:
        edges = [0]
        for instance in sorted(instances, key=lambda instance: instance.start):
            edges += [instance.start, max(edges[-1], instance.end + _LAST_CELLS)]
        edges.append(len(norm))
        outside = zip(edges[::2], edges[1::2], strict=True)
        return {match.group() for start, end in outside for match in _DIGITS.finditer(norm, start, end)}

    return look


def _emit(
    text: str, norm: str, instance: Instance, rows: list[RowCells], report_year: int | None
) -> list[dict[str, Any]]:
    form = _form(instance, rows, report_year)
    cells = []
    for row in rows:
        for key, placed in row.placed.items():
            cells.append(_cell(text, norm, instance, row, key, placed, form))
    return sorted(cells, key=lambda cell: (cell["start"], cell["end"]))


def _form(instance: Instance, rows: list[RowCells], report_year: int | None) -> str:
    """The form that the printed rows and columns belong to; where they fit several, the one of the report's year."""
    votes = [form for row in rows if (form := row_form(instance.table, row.found.row, _plain(row.columns)))]
    if votes:
        return max(set(votes), key=votes.count)
    years = load_forms().years
    if report_year is not None and len(instance.table.forms) > 1:
        for form in instance.table.forms:
            if years[form][0] <= report_year <= years[form][1]:
                return form
    return instance.table.form


def _plain(columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key.partition("@")[0] for key in columns)


def _cell(
    text: str, norm: str, instance: Instance, row: RowCells, key: str, placed: Placed, form: str
) -> dict[str, Any]:
    found, name = row.found, key
    if "@" in key:
        name, _, group = key.partition("@")
        index = int(group)
        found = next((f for f in instance.rows if f.row.index == index), found)
        metric = instance.table.rows[index].cells.get(name)
    else:
        metric = found.row.cells.get(key)
    column = instance.table.columns.get(name)
    cumulative = bool(column and column.cumulative)
    value, flags = placed.value, []
    if placed.readings:
        flags.append(f"readings={placed.readings}")
    if value is not None and metric and load_registry().get(metric).unit == "元":
        value *= _money(norm, row, found, key, instance, placed)
    return {
        "metric": metric,
        "applicant": name if instance.table.by_applicant else _total(metric),
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
        "flags": flags,
        "year_offset": 0 if not cumulative else None,
        "cumulative": cumulative,
    }


def _total(metric: str | None) -> str | None:
    return "total" if metric and load_registry().get(metric).by_applicant else None


def _factor(match: re.Match[str]) -> Decimal:
    return Decimal(MULTIPLIERS["".join(match.group(1).split())])


def _money(norm: str, row: RowCells, found: Found, key: str, instance: Instance, placed: Placed) -> Decimal:
    """The factor to yuan: the unit behind the number, else before it, else in the column's head, else the form's."""
    if match := _MONEY.match(norm, placed.end):
        return _factor(match)
    if match := _MONEY.search(norm, row.start, placed.start):
        return _factor(match)
    heads = [head for head in instance.heads if head.column and head.column.key == key and head.start < found.start]
    if heads and (match := _MONEY.search(norm, heads[-1].start, found.start)):
        return _factor(match)
    column = instance.table.columns.get(key)
    return Decimal(MULTIPLIERS.get((column.unit if column else None) or found.row.unit or "元", 1))
