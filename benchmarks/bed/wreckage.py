"""What happens to a filled form before it is laid out: blanks, broken sums, damaged labels, pages, cuts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from random import Random

from benchmarks.bed.building import data
from benchmarks.bed.table import Cell, Row, Table

LEVELS = (0, 1, 2, 3)

# Layouts that keep a cell's place, so that a column may stand elsewhere and still be known.
PLACED = ("html", "markdown", "ocr")
# Layouts in which a comma is never the end of a cell.
GROUPING = ("html", "markdown", "lines", "pdf")
_NUMBERED = re.compile(r"^(\([一二三四五六七八九]\)|[一二三四五六七八九]、|\d\.)")
_FULL = str.maketrans("0123456789()", "0123456789()")
_WIDE_POINTS = str.maketrans(",:;()", ",:;()")


@dataclass(frozen=True)
class Damage:
    """How the labels of one report are hurt; each share is of labels."""

    wide: bool
    unnumbered: float
    bare: float
    masked: float
    spaced: float
    digits: float
    thousands: bool

    @classmethod
    def draw(cls, level: int, layout: str, rng: Random) -> Damage:
        """Damage at a noise level."""
        glued = layout == "glued"
        return cls(
            wide=rng.random() < 0.5,
            unnumbered=rng.choice((0, 0.1, 0.5, 1)) if level >= 1 else 0,
            bare=rng.choice((0, 0.3, 1)) if level >= 2 else 0,
            masked=rng.choice((0, 0.05, 0.15)) if level >= 3 else 0,
            # Blanks inside labels would hide where a cell ends.
            spaced=rng.choice((0, 0, 0.3)) if level >= 3 and layout not in ("spaced", "ocr") else 0,
            digits=0 if glued or level < 1 else rng.choice((0, 0, 0.2, 1)),
            thousands=layout in GROUPING and level >= 1 and rng.random() < 0.3,
        )

    def label(self, text: str, rng: Random) -> str:
        """A label after the damage."""
        if rng.random() < self.unnumbered:
            text = _NUMBERED.sub("", text)
        elif rng.random() < self.bare:
            text = re.sub(r"^\(.\)", lambda number: rng.choice(("()", number[0][1], number[0][1:])), text)
        if rng.random() < self.masked and len(text) > 6:
            at = rng.randrange(3, len(text) - 1)
            text = text[:at] + rng.choice(("*", "", "■")) + text[at + 1 :]
        if rng.random() < self.spaced and len(text) > 4:
            at = rng.randrange(2, len(text) - 1)
            text = f"{text[:at]} {text[at:]}"
        return text.translate(_WIDE_POINTS) if self.wide else text

    def number(self, text: str, rng: Random) -> str:
        """A number, perhaps in full-width digits."""
        if self.thousands and text.isdigit():
            text = f"{int(text):,}"
        return text.translate(_FULL) if self.digits and rng.random() < self.digits else text


def blank(tables: list[Table], level: int, rng: Random) -> None:
    """Leaves cells empty: none, the zeros of the report, or a few of all."""
    habit = rng.choice(("none", "none", "zeros", "some" if level else "none"))
    share = {"none": 0, "zeros": rng.choice((0.3, 1)), "some": 0.02 * (1 + level)}[habit]
    for cell in (cell for table in tables for cell in table.values()):
        if (habit == "some" or cell.text == "0") and rng.random() < share:
            cell.text, cell.value = "", None


def break_sums(tables: list[Table], rng: Random) -> None:
    """Some totals that are not the sum of their parts."""
    cells = [cell for table in tables for cell in table.values() if cell.text.isdigit()]
    totals = [cell for cell in cells if cell.slot and (cell.slot[1] == "total" or cell.slot[0].endswith(".total"))]
    for cell in rng.sample(totals, min(len(totals), rng.randint(1, 3))):
        cell.text = str(int(cell.text) + rng.choice((1, 2, 10)))
        cell.value = float(cell.text)


def add_local_rows(tables: list[Table], rng: Random) -> None:
    """A row that the national form does not have."""
    for table in tables:
        if table.kind == "statistics":
            label, unit = rng.choice(data()["local_rows"]["statistics"])
            count = Cell(str(rng.randint(0, 40)), "local", 2)
            before = {"6": "二、回", "其": "九、政", "5": "(二)申", "(": "九、政"}[label[0]]
            at = next(n for n, row in enumerate(table.body) if row[0].text.startswith(before))
            table.body.insert(at, [Cell(label, "label", 0), Cell(unit, "unit", 1), count])
        elif table.kind == "requests":
            label = rng.choice(data()["local_rows"]["requests"])
            counts = [int(cell.text or 0) for cell in table.body[0] if cell.is_value]
            parts = [rng.randint(0, count // 2) for count in counts[:-1]]
            cells = [Cell(str(part), "local", col) for col, part in enumerate([*parts, sum(parts)], start=3)]
            table.body.insert(1, [Cell(label, "label", 0, 3), *cells])


def move_columns(tables: list[Table]) -> None:
    """Other columns than the form's: the number before its unit, the total before its parts."""
    for table in tables:
        moves = {"statistics": {1: 2, 2: 1}, "requests": {9: 3} | {col: col + 1 for col in range(3, 9)}}
        shift = moves.get(table.kind, {})
        for row in table.rows:
            for cell in row:
                # The group of applicants spans all their columns.
                if table.kind != "requests" or cell.colspan < 7:
                    cell.col = shift.get(cell.col, cell.col)
            row.sort(key=lambda cell: cell.col)


def paginate(table: Table, rng: Random) -> list[Table]:
    """The table on two pages; the head is printed again on the second or is not, or stands in the middle of one."""
    if table.kind == "proceedings" or len(table.body) < 6:
        return [table]
    starts = list(range(3, len(table.body) - 2))
    if table.kind == "article_20":
        starts = [at for at in starts if len(table.body[at]) == 1]
    if not starts:
        return [table]
    upper, lower = table.split(rng.choice(starts), again=rng.random() < 0.5)
    if rng.random() < 0.3:
        return [replace(upper, body=[*upper.body, *lower.rows], after=lower.after, cut=lower.cut)]
    if rng.random() < 0.3:
        lower.head = []
    return [upper, lower]


def wreck(tables: list[Table], level: int, layout: str, rng: Random) -> list[list[Table]]:
    """The tables, each as the pieces that pages make of it."""
    blank(tables, level, rng)
    if level >= 2 and rng.random() < 0.35:
        break_sums(tables, rng)
    if level >= 2 and rng.random() < 0.35:
        add_local_rows(tables, rng)
    moved = level >= 2 and layout in PLACED and rng.random() < 0.15
    if moved:
        move_columns(tables)
    damage = Damage.draw(level, layout, rng)
    for cell in (cell for table in tables for cell in table.cells()):
        if cell.role == "label" or (cell.role == "head" and cell.text.startswith(("第", "("))):
            cell.text = damage.label(cell.text, rng)
        elif cell.is_value or cell.role == "local":
            cell.text = damage.number(cell.text, rng)
    if level >= 3 and rng.random() < 0.3:
        at = rng.randrange(len(tables))
        if len(tables[at].body) > 8:
            tables[at] = tables[at].shortened(rng.randrange(5, len(tables[at].body) - 1))
    if level >= 3 and not moved and rng.random() < 0.15:
        for table in tables:
            table.head = table.head if table.kind == "proceedings" else []
    paged = level >= 1 and rng.random() < 0.5
    pieces = [paginate(table, rng) if paged else [table] for table in tables]
    if level >= 2 and rng.random() < 0.2:
        twice = rng.randrange(len(pieces))
        pieces.insert(twice + 1, [copied(table) for table in pieces[twice]])
    return pieces


def copied(table: Table) -> Table:
    """A table of its own with the same cells."""

    def rows(of: list[Row]) -> list[Row]:
        return [[replace(cell) for cell in row] for row in of]

    return replace(table, head=rows(table.head), body=rows(table.body), before=[], after=[])
