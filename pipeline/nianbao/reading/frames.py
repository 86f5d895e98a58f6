"""Which tables of a page hold data, and which are frames that only place what stands in them."""

from __future__ import annotations

from dataclasses import dataclass

from nianbao.reading.config import load_config
from nianbao.reading.nodes import Node


@dataclass(slots=True)
class _Table:
    """A table by its node. `outer`: the one around it.

    `cells`: its own; `short`: those of them with text, but little; `longest`: characters of the longest; `deep`: cells
    of the tables in it; `framed`: a table around it has several cells.
    """

    node: int
    outer: _Table | None
    cells: int = 0
    short: int = 0
    longest: int = 0
    deep: int = 0
    framed: bool = False


def data_tables(nodes: list[Node], characters: list[int]) -> set[int]:
    """The tables that hold data; a table of one cell is a frame, or a part of the cell that it stands in.

    Args:
        characters: for each node, those in it that are not blank.
    """
    rules = load_config("html.yaml")["frames"]
    tables = _tables(nodes, characters, rules["short_cell"])
    for table in tables:
        table.framed = table.outer is not None and (table.outer.cells > 1 or table.outer.framed)
    found: set[int] = set()
    # Inner tables come after those around them.
    for table in reversed(tables):
        size = characters[table.node]
        if table.cells == 1 and not table.deep and table.framed and size <= rules["layout_cell"]:
            continue
        if table.outer is not None:
            table.outer.deep += table.cells + table.deep
        shallow = not table.deep or (table.short >= rules["own_cells"] and table.short > 2 * table.deep)
        note = table.short >= rules["many_cells"] and table.longest < rules["long_share"] * size
        if table.cells > 1 and shallow and (table.longest <= rules["layout_cell"] or note):
            found.add(table.node)
    return found


def _tables(nodes: list[Node], characters: list[int], short: int) -> list[_Table]:
    found: list[_Table] = []
    open_tables: list[_Table] = []
    for i, node in enumerate(nodes):
        while open_tables and nodes[open_tables[-1].node].end <= i:
            open_tables.pop()
        if node.tag == "table":
            table = _Table(i, open_tables[-1] if open_tables else None)
            found.append(table)
            open_tables.append(table)
        elif node.tag in ("td", "th") and open_tables:
            table = open_tables[-1]
            table.cells += 1
            table.short += 0 < characters[i] <= short
            table.longest = max(table.longest, characters[i])
    return found
