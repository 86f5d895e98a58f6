"""The forms of forms.yaml with numbers in them, as tables."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from benchmarks.bed import filling
from benchmarks.bed.filling import Numbers
from benchmarks.bed.table import Cell, Row, Slot, Table

FORMS = ("2014", "2019", "2021")


@cache
def data() -> dict[str, Any]:
    """forms.yaml."""
    return yaml.safe_load(Path(__file__).with_name("forms.yaml").read_text("utf-8"))


def build(form: str, rng: Random) -> list[Table]:
    """The tables of a form, filled in."""
    if form == "2014":
        return [statistics(filling.statistics(rng))]
    return [article_20(form, rng), requests(form, rng), proceedings(rng)]


def value_cell(numbers: Numbers, slot: Slot, col: int, colspan: int = 1) -> Cell:
    """The cell of a slot."""
    text, value = numbers[slot]
    return Cell(text, "value", col, colspan, slot=slot, value=value)


def statistics(numbers: Numbers) -> Table:
    """The form of 2014: label, unit, number."""
    by_metric = {slot[0]: slot for slot in numbers}
    body: list[Row] = []
    for label, *rest in data()["statistics"]:
        row = [Cell(label, "label", 0), Cell(rest[0] if rest else "", "unit", 1)]
        row.append(value_cell(numbers, by_metric[rest[1]], 2) if rest else Cell("", "filler", 2))
        body.append(row)
    head = [Cell(text, "head", col) for col, text in enumerate(("统计指标", "单位", "统计数"))]
    return Table("statistics", 3, [head], body)


def article_20(form: str, rng: Random) -> Table:
    """Article 20 of the regulation: blocks with heads of their own, four columns wide."""
    blocks = data()["article_20"][form]
    numbers = filling.article_20(form, blocks, rng)
    width = 4
    body: list[Row] = []
    for title, heads, rows in blocks:
        # The last column of a narrow block reaches the table's edge.
        spans = [1] * (len(heads) - 1) + [width - len(heads) + 1]
        body.append([Cell(title, "head", 0, width)])
        body.append([Cell(text, "head", col, span) for col, (text, span) in enumerate(zip(heads, spans, strict=True))])
        for label, metrics in rows:
            cells = [value_cell(numbers, (m, None), col, spans[col]) for col, m in enumerate(metrics, start=1)]
            body.append([Cell(label, "label", 0), *cells])
    return Table("article_20", width, [], body)


def requests(form: str, rng: Random) -> Table:
    """Requests by applicant: three columns of labels, seven of numbers."""
    rows = [(labels, metric) for labels, metric, *only in data()["requests"] if not only or only[0] == form]
    names, applicants = zip(*data()["applicants"], strict=True)
    numbers = filling.requests([metric for _, metric in rows], list(applicants), rng)
    body: list[Row] = []
    for at, (labels, metric) in enumerate(rows):
        above = rows[at - 1][0] if at else []
        row: Row = []
        for depth, label in enumerate(labels):
            if above[: depth + 1] == labels[: depth + 1]:
                continue
            last = depth == len(labels) - 1
            run = 1 if last else sum(other[: depth + 1] == labels[: depth + 1] for other, _ in rows)
            row.append(Cell(label, "label", depth, 3 - depth if last else 1, run))
        row += [value_cell(numbers, (metric, applicant), col) for col, applicant in enumerate(applicants, start=3)]
        body.append(row)
    head = [
        [Cell(data()["requests_corner"], "head", 0, 3, 3), Cell("申请人情况", "head", 3, 7)],
        [Cell(names[0], "head", 3, 1, 2), Cell("法人或其他组织", "head", 4, 5), Cell(names[-1], "head", 9, 1, 2)],
        [Cell(name, "head", col) for col, name in enumerate(names[1:-1], start=4)],
    ]
    return Table("requests", 10, head, body)


def proceedings(rng: Random) -> Table:
    """Reviews and suits: one row of fifteen numbers under three rows of heads."""
    form = data()["proceedings"]
    heads, parts = form["heads"], form["parts"]
    numbers = filling.proceedings([group for _, group in form["groups"]], parts, rng)
    first, *others = form["groups"]
    size = len(heads)
    head = [
        [Cell(first[0], "head", 0, size), Cell("行政诉讼", "head", size, 2 * size)],
        [Cell(text, "head", col, 1, 2) for col, text in enumerate(heads)]
        + [Cell(name, "head", size * at, size) for at, (name, _) in enumerate(others, start=1)],
        [Cell(text, "head", col) for col, text in enumerate(heads * 2, start=size)],
    ]
    slots = [(f"{group}.{part}", None) for _, group in form["groups"] for part in parts]
    return Table("proceedings", 3 * size, head, [[value_cell(numbers, slot, col) for col, slot in enumerate(slots)]])
