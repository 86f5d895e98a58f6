"""The true grid of an HTML table: where each cell stands once rowspan and colspan are counted out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nianbao.reading.config import load_config
from nianbao.reading.nodes import Node

_LEADING_DIGITS = re.compile(r"\s*(\d{1,9})")


@dataclass(slots=True)
class Cell:
    """A cell by its node's index; `row`, `col` in the grid, from 0."""

    node: int
    row: int
    col: int
    rowspan: int
    colspan: int
    header: bool


def read_cells(nodes: list[Node], table: int) -> list[list[Cell]] | None:
    """The cells of the table at index `table`, by rows as they are written; a row may have none of its own.

    Spans are cut at the table's edges, as the HTML standard does for rows; a colspan over the limit of
    configs/html.yaml reaches to the edge of what the other cells make. None: the grid would pass the limit of slots.
    """
    rows = _rows(nodes, table)
    limits = load_config("html.yaml")["limits"]
    width = _width(rows, limits["colspan"])
    if width * len(rows) > limits["slots"]:
        return None
    # For each column the first row in which it is free again.
    free_from = [0] * width
    for r, row in enumerate(rows):
        col = 0
        for cell in row:
            while col < len(free_from) and free_from[col] > r:
                col += 1
            span = cell.colspan if cell.colspan <= limits["colspan"] else max(1, width - col)
            cell.row, cell.col, cell.colspan = r, col, span
            rest = len(rows) - r
            cell.rowspan = min(cell.rowspan, rest) or rest
            # Cells pushed right by the spans above them can pass the estimated width.
            free_from.extend([0] * (col + span - len(free_from)))
            free_from[col : col + span] = [max(f, r + cell.rowspan) for f in free_from[col : col + span]]
            col += span
        if len(free_from) * len(rows) > limits["slots"]:
            return None
    return rows


def _rows(nodes: list[Node], table: int) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    head_until = 0
    i, end = table + 1, nodes[table].end
    while i < end:
        node = nodes[i]
        if node.tag == "thead":
            head_until = node.end
        elif node.tag == "tr":
            rows.append([])
        elif node.tag in ("td", "th") and rows:
            header = node.tag == "th" or i < head_until
            rows[-1].append(Cell(i, 0, 0, _span(node, "rowspan", 0), max(1, _span(node, "colspan", 1)), header))
            i = node.end
            continue
        i += 1
    return rows


def _span(node: Node, name: str, least: int) -> int:
    """A span as the HTML standard reads it: leading digits, 1 where there are none; rowspan 0 means to the end."""
    found = _LEADING_DIGITS.match(node.attributes.get(name) or "") if node.attributes else None
    return max(least, int(found.group(1))) if found else 1


def _width(rows: list[list[Cell]], most: int) -> int:
    return max((sum(c.colspan if c.colspan <= most else 1 for c in row) for row in rows), default=0)
