"""The tables of the forms as grids of cells, filled with a report's figures."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from nianbao.catalogue import Catalogue
from nianbao.catalogue.forms import Column, Row, Table, han
from nianbao.language.numeral import are_digits
from nianbao.simulate.data import load
from nianbao.simulate.facts import MentionData, NumberSlot, OtherNumber
from nianbao.simulate.figures import PERSONS, SimulatedFigures
from nianbao.simulate.numbers import plain
from nianbao.simulate.world import World

Role = Literal["caption", "column_head", "row_label", "unit", "value", "note"]
_NUMBERED = re.compile(r"[（(].[）)]|\d[.．、]")


@dataclass(slots=True)
class PrintedCell:
    """One cell where it begins. A value cell has a slot (a fact), or `other` (a number of no metric), or neither."""

    text: str
    role: Role
    rowspan: int = 1
    colspan: int = 1
    slot: NumberSlot | None = None
    other: OtherNumber | None = None
    mention: MentionData | None = None


@dataclass(slots=True)
class PrintedGrid:
    """Rows of cells; a row lacks the cells that span into it. `name` is that of the form's table."""

    name: str
    rows: list[list[PrintedCell]] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class TableStyle:
    """How one report prints its tables.

    blank: "none" prints zeros, "zeros" leaves zero cells blank, "all" leaves whole tables blank.
    """

    blank: Literal["none", "zeros", "all"] = "none"
    wide: bool = True
    commas: bool = False
    units_in_cells: bool = False
    caption: bool = True
    extra_row: bool = False
    total_first: bool = False


class TableMaker:
    """Makes the grids of one report."""

    def __init__(self, rng: random.Random, world: World, figures: SimulatedFigures, style: TableStyle) -> None:
        self.rng, self.world, self.figures, self.style = rng, world, figures, style
        self.tables = world.catalogue.compiled(_FormTables)
        self._makers: dict[str, Callable[[], PrintedGrid]] = {
            "local": self._local,
            "2014": self._statistics,
            "reviews": self._reviews,
        }

    def make(self, name: str, form: str) -> PrintedGrid:
        """The table "local", "2014", "article20", "requests" or "reviews", as the form "2019" or "2021" has it."""
        if name == "article20":
            return self._article20(form)
        if name == "requests":
            return self._requests(form)
        return self._makers[name]()

    # --- cells

    def _value(
        self, metric: str | None, mention: MentionData | None, applicant: str = "total", unit: str | None = None
    ) -> PrintedCell:
        """A value cell: the figure, a blank, or a number of no metric."""
        if metric is None:
            return self._open(None)
        value = self.figures.values.get((metric, applicant, 0, 0))
        empty = value is None or self.style.blank == "all" or (self.style.blank == "zeros" and not value)
        slot = NumberSlot(
            metric,
            applicant,
            self.world.period.year,
            None if empty else value,
            "exact",
            "blank" if empty else "reported",
            "table",
            None,
            mention,
        )
        if empty or value is None:
            return PrintedCell("", "value", slot=slot)
        text = plain(round(value / 10_000, 8)) if unit == "万元" else plain(value)
        if self.style.commas and are_digits(text):
            text = f"{int(text):,}"
        return PrintedCell(text + ("元" if unit == "元印" else ""), "value", slot=slot)

    def _open(self, metric: str | None, applicant: str = "total") -> PrintedCell:
        """A number that is no fact: a running total, or a row of no metric."""
        if self.style.blank == "all":
            return PrintedCell("", "value")
        if metric is None:
            number: float = self.rng.choice((0, 0, self.rng.randint(*load("tables")["open_rows"])))
        else:
            number = self.figures.cumulative.get((metric, applicant), 0)
        if not number and self.style.blank == "zeros":
            return PrintedCell("", "value")
        return PrintedCell(plain(number), "value", other=OtherNumber("cum" if metric else "open"))

    def _rest(self, label: str, cumulative: bool = False) -> PrintedCell:
        """A row of no metric whose number follows from the others, where it does."""
        rest = load("tables")["rests"].get(label)
        if not rest or self.style.blank == "all":
            return self._open(None)
        whole, *parts = (
            self.figures.cumulative.get((metric, "total"), 0) if cumulative else self.figures.total(metric)
            for metric in rest
        )
        number = whole - sum(parts)
        return PrintedCell(plain(max(number, 0)), "value", other=OtherNumber("open"))

    def _running(self, label: str, year: PrintedCell) -> PrintedCell:
        """The running total of a row of no metric: never less than the year's number."""
        if label in load("tables")["rests"]:
            return self._rest(label, cumulative=True)
        if not year.text:
            return PrintedCell("", "value")
        number = int(year.text) + self.rng.choice((0, 0, self.rng.randint(*load("tables")["open_rows"])))
        return PrintedCell(str(number), "value", other=OtherNumber("cum"))

    def _label(self, text: str, metric: str | None, rowspan: int = 1, colspan: int = 1) -> PrintedCell:
        mention = MentionData(metric) if metric else None
        return PrintedCell(self._print(text), "row_label", rowspan, colspan, mention=mention)

    def _print(self, text: str) -> str:
        """Brackets and marks in full or half width, as the report prints them."""
        if self.style.wide:
            return text.translate(str.maketrans("(),:", "（），：")).replace('"', "”").replace("”三", "“三")
        return text.translate(str.maketrans("（），：", "(),:"))

    def _heads(self, texts: list[str], spans: dict[str, tuple[int, int]] | None = None) -> list[PrintedCell]:
        cells = []
        for text in texts:
            rowspan, colspan = (spans or {}).get(text, (1, 1))
            cells.append(PrintedCell(self._print(text), "column_head", rowspan, colspan))
        return cells

    # --- tables

    def _statistics(self) -> PrintedGrid:
        spec = load("tables")["statistics"]
        grid = PrintedGrid("statistics")
        if self.style.caption:
            grid.rows.append([PrintedCell(self._filled(self.rng.choice(spec["titles"])), "caption", colspan=3)])
            if self.rng.random() < 0.5:
                grid.rows.append([PrintedCell(self._filled(self.rng.choice(spec["filled_by"])), "note", colspan=3)])
        heads = self._heads(self.rng.choice(spec["heads"]))
        grid.rows.append(heads)
        extra = self.rng.randint(3, 50) if self.style.extra_row else -1
        repeat = self.rng.randint(15, 40) if self.rng.random() < 0.2 else -1
        for row in self.tables["statistics"].rows:
            metric = row.cells.get("value")
            label = self._label(row.number + row.label, metric)
            if row.index == repeat:
                grid.rows.append([PrintedCell(cell.text, cell.role) for cell in heads])
            if row.heading:
                grid.rows.append([label, PrintedCell("", "unit"), PrintedCell("", "value")])
                continue
            unit = row.unit or ""
            grid.rows.append([label, PrintedCell(unit, "unit"), self._value(metric, label.mention, unit=unit)])
            if row.index == extra:
                grid.rows.append(self._extra_row(1))
        return grid

    def _extra_row(self, values: int) -> list[PrintedCell]:
        label = self._label(self.rng.choice(load("tables")["extra_rows"]), None)
        return [label, PrintedCell("条", "unit"), *(self._open(None) for _ in range(values))]

    def _filled(self, text: str) -> str:
        agency = self.world.agency
        return self._print(text.format(area=agency.area, name=agency.name, year=self.world.period.year))

    def _local(self) -> PrintedGrid:
        spec = load("tables")["local"]
        more = any(self.figures.total(metric) for metric in load("figures")["outcomes_local_more"])
        variant = self.rng.choice([one for one in spec["variants"] if not more or one.get("more")])
        grid = PrintedGrid("local")
        heads = [self._filled(head) for head in variant["heads"]]
        if self.style.caption and self.rng.random() < 0.5:
            grid.rows.append(
                [PrintedCell(self._filled(self.rng.choice(spec["titles"])), "caption", colspan=len(heads))]
            )
        grid.rows.append(self._heads(heads))
        by_key = self.tables.local_rows
        extra = self.rng.randint(1, len(variant["rows"]) - 1) if self.style.extra_row else -1
        for index, text in enumerate(variant["rows"]):
            row = by_key[han(_NUMBERED.sub("", text).replace("其中", ""))]
            metric = row.cells.get("value")
            label = self._label(text, metric)
            unit = row.unit or "条"
            value = self._value(metric, label.mention, unit=unit) if metric else self._rest(row.label)
            cells = [label, PrintedCell(unit, "unit"), value]
            if len(heads) == 4:
                cells.append(self._open(metric) if metric else self._running(row.label, value))
            grid.rows.append(cells)
            if index == extra:
                grid.rows.append(self._extra_row(len(heads) - 2))
        return grid

    def _article20(self, form: str) -> PrintedGrid:
        grid = PrintedGrid("article20")
        rows = {key: row for row in self.tables["article20"].rows for key in row.keys}
        width = 4
        for part in load("tables")["article20"][f"national_{form}"]:
            grid.rows.append([PrintedCell(self._print(f"第二十条第（{part['item']}）项"), "caption", colspan=width)])
            heads = self._heads(part["heads"])
            # The last column fills the row where the part has fewer columns than the table.
            heads[-1].colspan = width - len(heads) + 1
            grid.rows.append(heads)
            columns = [self.tables.column(head, f"national_{form}") for head in part["heads"][1:]]
            for text in part["rows"]:
                row = rows[han(text)]
                label = self._label(text, None)
                cells = [label]
                for column in columns:
                    metric = row.cells[column.key]
                    unit = column.unit
                    if unit == "元":
                        unit = "元印" if self.style.units_in_cells else None
                    mention = MentionData(metric) if metric else None
                    cells.append(self._value(metric, mention, unit=unit))
                cells[-1].colspan = width - len(cells) + 1
                # A row names several metrics, one for each column: the label answers for all of them.
                label.mention = MentionData(row.cells[columns[0].key] or "")
                for cell in cells[1:]:
                    if cell.slot:
                        cell.slot.mention = label.mention
                grid.rows.append(cells)
        return grid

    def _requests(self, form: str) -> PrintedGrid:
        spec = load("tables")["requests"]
        persons = [*PERSONS, "total"]
        grid = PrintedGrid("requests")
        rows = [row for row in self.tables["requests"].rows if not row.form or row.form == f"national_{form}"]
        if form == "2021":
            rows = [_as_heading(row) if row.cells["total"] == "outcomes.other" else row for row in rows]
        corner: str = spec["corner"]
        natural, bodies, total = spec["persons"]
        if self.style.caption:
            note = PrintedCell(self._print(spec["note"]), "caption", 3, 3)
            grid.rows.append([note, PrintedCell(corner, "column_head", colspan=7)])
            top = [PrintedCell(natural, "column_head", 2), PrintedCell(bodies, "column_head", colspan=5)]
            top.append(PrintedCell(total, "column_head", 2))
        else:
            grid.rows.append([PrintedCell(corner, "column_head", 2, 3), *self._heads([natural], {natural: (2, 1)})])
            grid.rows[-1] += [PrintedCell(bodies, "column_head", colspan=5), PrintedCell(total, "column_head", 2)]
            top = []
        second = self._heads(spec["bodies"])
        if self.style.total_first:
            persons = ["total", *PERSONS]
            (top or grid.rows[-1]).insert(0 if top else 1, (top or grid.rows[-1]).pop())
        if top:
            grid.rows.append(top)
        grid.rows.append(second)
        for cells, row in _grouped(rows, self):
            if row is not None:
                label = cells[-1]
                for person in persons:
                    cells.append(self._value(row.cells[person], label.mention, person))
            grid.rows.append(cells)
        return grid

    def _reviews(self) -> PrintedGrid:
        spec = load("tables")["reviews"]
        results = spec["results"]
        grid = PrintedGrid("reviews")
        reviews, litigation = spec["groups"]
        first = [PrintedCell(reviews, "column_head", colspan=5), PrintedCell(litigation, "column_head", colspan=10)]
        second = self._heads(results, dict.fromkeys(results, (2, 1)))
        second += [PrintedCell(way, "column_head", colspan=5) for way in spec["ways"]]
        grid.rows += [first, second, self._heads(results + results)]
        values = []
        heads = [*second[:5], *grid.rows[2]]
        names = self.tables["reviews"].rows
        for index, (group, result) in enumerate((g, r) for g in range(3) for r in range(5)):
            metric = list(names[group].cells.values())[result]
            heads[index].mention = MentionData(metric or "")
            values.append(self._value(metric, heads[index].mention))
        grid.rows.append(values)
        return grid


def _grouped(rows: list[Row], maker: TableMaker) -> Iterator[tuple[list[PrintedCell], Row | None]]:
    """The requests table's left side: groups span their rows, a group's own label stands before its first row."""
    inside = next(index for index, row in enumerate(rows) if row.cells["total"] == "requests.concluded")
    start = next(index for index, row in enumerate(rows) if row.number == "三")
    pending: list[PrintedCell] = []
    index = 0
    while index < len(rows):
        row = rows[index]
        metric = None if row.heading else row.cells["total"]
        text = row.number + ("、" if row.number in "一二三四" else "") + row.label
        if row.number == "三":
            pending.append(maker._label(text, None, rowspan=_printed(rows[start + 1 : inside + 1])))
        elif row.heading:
            members = 0
            while index + 1 + members < len(rows) and are_digits(rows[index + 1 + members].number[:1]):
                members += 1
            pending.append(maker._label(text, None, rowspan=members))
        else:
            depth = 3 if not start < index <= inside else 1 if are_digits(row.number[:1]) else 2
            yield [*pending, maker._label(text, metric, colspan=depth)], row
            pending = []
        index += 1


def _printed(rows: list[Row]) -> int:
    return sum(not row.heading for row in rows)


def _as_heading(row: Row) -> Row:
    """From 2021 on (六)其他处理 is a group of three rows."""
    return replace(row, heading=True)


class _FormTables:
    """The tables of a catalogue's forms by name, and what in them is looked for by its words."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._named = {table.name: table for table in reversed(catalogue.forms.tables)}
        self.local_rows = {key: row for row in self["local"].rows for key in row.keys}

    def __getitem__(self, name: str) -> Table:
        return self._named[name]

    def column(self, head: str, form: str) -> Column:
        """The column of the first table of 2019 or 2021 that has this head.

        Raises:
            KeyError: configs/forms knows no such head.
        """
        for column in self["article20"].columns.values():
            if han(head) in column.keys and column.form in (None, form):
                return column
        raise KeyError(f"no column of the form {form} has the head {head!r}")
