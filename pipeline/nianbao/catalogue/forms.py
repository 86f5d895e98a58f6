"""The statutory forms as data: tables, their columns and rows, and what each cell means (configs/forms/)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nianbao.catalogue.files import LINE, ConfigError, known_keys
from nianbao.catalogue.metrics import Registry
from nianbao.schema import APPLICANTS

MULTIPLIERS = {"元": 1, "万元": 10_000, "亿元": 100_000_000}
_HAN = re.compile(r"[^㐀-鿿]+")
_ROW_KEYS = {"number", "label", "also", "metric", "cells", "heading", "heading_in", "form", "unit", "weak"}
_COLUMN_KEYS = {"key", "labels", "form", "unit", "cumulative", "offset", "signed"}
_TABLE_KEYS = {
    "table",
    "family",
    "by_applicant",
    "headless",
    "any_order",
    "min_rows",
    "caption",
    "anchors",
    "names",
    "columns",
    "span",
    "groups",
    "layouts",
    "row_sums",
    "row_order",
    "rows",
}


def han(text: str) -> str:
    """Only the Chinese characters: what is left of a label when brackets, digits, blanks and numbering are dropped."""
    return _HAN.sub("", text)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `keys`: its heads, Chinese characters only. `unit`: of money, where the head says one.

    `offset`: years from the report's year to the column's. `cumulative`: a running total since some earlier year.
    `signed`: a difference, that may be printed with a sign.
    """

    key: str
    keys: tuple[str, ...]
    form: str | None
    unit: str | None
    cumulative: bool
    offset: int
    signed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. `keys`: its label and other spellings, Chinese characters only, longest first.

    `cells` maps a column's key to the metric id (None: the form has the cell, the registry no metric).
    A `heading` carries no cells unless a total is printed; `heading_in` names the form in which the row is one.
    A `weak` label is too common to be believed out of its place. `digits`: digits of the label itself ("计1条").
    """

    index: int
    number: str
    label: str
    keys: tuple[str, ...]
    cells: dict[str, str | None]
    heading: bool
    heading_in: str | None
    form: str | None
    unit: str | None
    weak: bool
    digits: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a form. `layouts`: the sets of columns it comes in, by key, in the printed order.

    `row_sums`: (parts, total) by column key. `row_order`: pairs (a, b) with a <= b. `groups`: metric prefixes of a
    headless table, whose one line of numbers repeats a layout. `names`: words behind which numbers stand without heads.
    `span`: heads over several columns.
    """

    name: str
    form: str
    forms: tuple[str, ...]
    family: str
    by_applicant: bool
    headless: bool
    any_order: bool
    min_rows: int
    caption: tuple[str, ...]
    anchors: tuple[str, ...]
    names: tuple[str, ...]
    columns: dict[str, Column]
    span: tuple[tuple[str, ...], tuple[str, ...]]
    groups: tuple[str, ...]
    layouts: tuple[tuple[str, ...], ...]
    row_sums: tuple[tuple[tuple[str, ...], str], ...]
    row_order: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]

    def metrics(self, form: str) -> set[str]:
        """The metrics that the table asks for in a form; a row or a column may stand in one form alone."""
        if form not in self.forms:
            return set()
        columns = {key for key, column in self.columns.items() if column.form in (None, form)}
        return {
            metric
            for row in self.rows
            if row.form in (None, form)
            for key, metric in row.cells.items()
            if metric and key in columns
        }


@dataclass(frozen=True, slots=True)
class Forms:
    """All tables, and the years in which each form is used."""

    tables: tuple[Table, ...]
    years: dict[str, tuple[int, int]] = field(default_factory=dict)

    def metrics(self, form: str) -> set[str]:
        """The metrics that a form asks for."""
        return {metric for table in self.tables for metric in table.metrics(form)}


def parse_forms(files: Iterable[tuple[str, Mapping[str, Any]]], registry: Registry) -> Forms:
    """Validates the data of form files and makes them one.

    Args:
        files: (path, data), the data with line numbers as `read_yaml` gives them; the path is for messages alone.

    Raises:
        ConfigError: an unknown key, metric, column or form, a repeated row, a missing part. Names file and line.
        FileNotFoundError: there is no form at all.
    """
    tables: list[Table] = []
    years: dict[str, tuple[int, int]] = {}
    for path, data in files:
        known_keys(path, data, {"forms", "tables"}, "the file")
        if not data.get("forms") or not data.get("tables"):
            raise ConfigError(path, 1, "the file must say forms and tables")
        own = {name: entry for name, entry in data["forms"].items() if name != LINE}
        for name, entry in own.items():
            if not isinstance(entry, dict) or len(entry.get("years", ())) != 2:
                raise ConfigError(path, data["forms"][LINE], f"form {name} must say years: [first, last]")
            years[name] = (int(entry["years"][0]), int(entry["years"][1]))
        tables += [_TableReader(path, registry, tuple(own)).read(entry) for entry in data["tables"]]
    if not tables:
        raise FileNotFoundError("no form was found; the folder of forms must hold .yaml files")
    return Forms(tuple(tables), years)


class _TableReader:
    """Reads one entry of `tables`, with the place for messages at hand."""

    def __init__(self, path: str, registry: Registry, forms: tuple[str, ...]) -> None:
        self.path, self.registry, self.forms = path, registry, forms

    def read(self, entry: dict[str, Any]) -> Table:
        line = entry[LINE]
        known_keys(self.path, entry, _TABLE_KEYS, f"table {entry.get('table')}")
        for part in ("table", "columns", "layouts", "rows", "anchors"):
            if not entry.get(part):
                raise ConfigError(self.path, line, f"a table must say {part}")
        columns = {column.key: column for column in map(self._column, entry["columns"])}
        by_applicant = bool(entry.get("by_applicant"))
        if by_applicant and (odd := set(columns) - set(APPLICANTS)):
            raise ConfigError(self.path, line, f"columns {', '.join(sorted(odd))} are no applicants")
        layouts = tuple(tuple(layout) for layout in entry["layouts"])
        sums = tuple((tuple(item["parts"]), item["total"]) for item in entry.get("row_sums", ()))
        order = tuple((a, b) for a, b in entry.get("row_order", ()))
        span = entry.get("span") or {"labels": (), "columns": ()}
        named = {key for layout in layouts for key in layout} | {key for pair in order for key in pair}
        named |= {key for parts, total in sums for key in (*parts, total)} | set(span["columns"])
        if unknown := named - set(columns):
            raise ConfigError(self.path, line, f"unknown column {', '.join(sorted(unknown))}")
        return Table(
            name=entry["table"],
            form=self.forms[0],
            forms=self.forms,
            family=entry.get("family", entry["table"]),
            by_applicant=by_applicant,
            headless=bool(entry.get("headless")),
            any_order=bool(entry.get("any_order")),
            min_rows=int(entry.get("min_rows", 3)),
            caption=tuple(han(text) for text in entry.get("caption", ())),
            anchors=tuple(han(text) for text in entry["anchors"]),
            names=tuple(han(text) for text in entry.get("names", ())),
            columns=columns,
            span=(tuple(map(han, span["labels"])), tuple(span["columns"])),
            groups=tuple(entry.get("groups", ())),
            layouts=layouts,
            row_sums=sums,
            row_order=order,
            rows=self._rows(entry["rows"], columns, by_applicant),
        )

    def _column(self, entry: dict[str, Any]) -> Column:
        known_keys(self.path, entry, _COLUMN_KEYS, "a column")
        if not entry.get("key") or not entry.get("labels"):
            raise ConfigError(self.path, entry[LINE], "a column must say key and labels")
        self._check_form(entry)
        return Column(
            key=entry["key"],
            keys=tuple(map(han, entry["labels"])),
            form=entry.get("form"),
            unit=entry.get("unit"),
            cumulative=bool(entry.get("cumulative")),
            offset=int(entry.get("offset", 0)),
            signed=bool(entry.get("signed")),
        )

    def _check_form(self, entry: dict[str, Any]) -> None:
        for key in ("form", "heading_in"):
            if entry.get(key) not in (None, *self.forms):
                known = ", ".join(self.forms)
                raise ConfigError(self.path, entry[LINE], f"unknown form {entry[key]!r}; known: {known}")

    def _rows(self, entries: list[Any], columns: dict[str, Column], by_applicant: bool) -> tuple[Row, ...]:
        rows: list[Row] = []
        seen: set[tuple[Any, ...]] = set()
        for index, entry in enumerate(entries):
            row = self._row(index, entry, columns, by_applicant)
            identity = (row.label, *row.cells.values())
            if identity in seen:
                raise ConfigError(self.path, entry[LINE], f"row {row.label!r} stands twice")
            seen.add(identity)
            rows.append(row)
        return tuple(rows)

    def _row(self, index: int, entry: dict[str, Any], columns: dict[str, Column], by_applicant: bool) -> Row:
        line = entry[LINE]
        known_keys(self.path, entry, _ROW_KEYS, "a row")
        label = str(entry.get("label") or "")
        keys = {han(text) for text in (label, *entry.get("also", ()))}
        if "" in keys:
            raise ConfigError(self.path, line, "a row must say its label in Chinese characters")
        self._check_form(entry)
        if "cells" in entry:
            cells = {key: metric for key, metric in entry["cells"].items() if key != LINE}
        else:
            metric = entry.get("metric")
            cells = {key: None if column.cumulative else metric for key, column in columns.items()}
        if unknown := set(cells) - set(columns):
            raise ConfigError(self.path, line, f"row {label!r} names an unknown column {', '.join(sorted(unknown))}")
        for metric in filter(None, cells.values()):
            if metric not in self.registry:
                raise ConfigError(self.path, line, f"row {label!r} names an unknown metric {metric!r}")
            if by_applicant and not self.registry.get(metric).by_applicant:
                raise ConfigError(self.path, line, f"metric {metric} has no applicants, but its table does")
        unit = entry.get("unit")
        money = {metric for metric in filter(None, cells.values()) if self.registry.get(metric).unit == "元"}
        if unit and money and unit not in MULTIPLIERS:
            raise ConfigError(self.path, line, f"unit {unit!r} of {label!r} must be one of {', '.join(MULTIPLIERS)}")
        return Row(
            index=index,
            number=str(entry.get("number") or ""),
            label=label,
            keys=tuple(sorted(keys, key=len, reverse=True)),
            cells=cells,
            heading=bool(entry.get("heading")),
            heading_in=entry.get("heading_in"),
            form=entry.get("form"),
            unit=unit,
            weak=bool(entry.get("weak")),
            digits="".join(re.findall(r"\d", label)),
        )
