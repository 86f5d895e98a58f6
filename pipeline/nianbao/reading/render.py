"""The main content of a page as lines and grids."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from nianbao.reading.blanks import collapse
from nianbao.reading.config import load_config
from nianbao.reading.content import Content
from nianbao.reading.nodes import TEXT, Node
from nianbao.reading.pictures import is_small
from nianbao.reading.source import Grid, GridCell
from nianbao.reading.table import Cell, read_cells


@dataclass(slots=True)
class LineWriter:
    """Lines as they are finished, and the offsets that they begin at; `pictures`: offsets and nodes of pictures."""

    lines: list[str] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    pictures: list[tuple[int, Node]] = field(default_factory=list)
    offset: int = 0
    parts: list[str] = field(default_factory=list)

    def end_line(self) -> None:
        if self.parts:
            line = collapse("".join(self.parts))
            self.parts.clear()
            if line:
                self.add(line)

    def add(self, line: str) -> None:
        self.lines.append(line)
        self.offset += len(line) + 1


@cache
def _blocks() -> frozenset[str]:
    return frozenset(load_config("html.yaml")["blocks"])


def render(nodes: list[Node], content: Content, writer: LineWriter) -> None:
    """Writes the lines and tables of a page's main content."""
    blocks = _blocks()
    closing: list[int] = []
    i, end, pre_until = content.root, nodes[content.root].end, 0
    while i < end:
        while closing and closing[-1] <= i:
            closing.pop()
            writer.end_line()
        node = nodes[i]
        if node.tag == TEXT:
            _add_text(node.text, i < pre_until, writer)
        elif i in content.left_out:
            writer.end_line()
            i = node.end
            continue
        elif node.tag == "br":
            writer.end_line()
        elif node.tag == "img":
            writer.pictures.append((writer.offset, node))
        elif node.tag in blocks:
            writer.end_line()
            if i in content.data_tables and _write_table(nodes, i, writer):
                i = node.end
                continue
            if node.tag == "pre":
                pre_until = node.end
            closing.append(node.end)
        i += 1
    writer.end_line()


def _add_text(text: str, pre: bool, writer: LineWriter) -> None:
    if not pre:
        writer.parts.append(text)
        return
    first, *rest = text.split("\n")
    writer.parts.append(first)
    for line in rest:
        writer.end_line()
        writer.parts.append(line)


def _write_table(nodes: list[Node], table: int, writer: LineWriter) -> bool:
    """Writes a data table and its grid; False: its grid would be too large, and it is read like other blocks."""
    rows = read_cells(nodes, table)
    if rows is None:
        return False
    for i in range(table + 1, nodes[table].end):
        if nodes[i].tag == "caption" and (caption := cell_text(nodes, i)):
            writer.add(caption)
    texts = [[cell_text(nodes, cell.node) for cell in row] for row in rows]
    if any(text for row in texts for text in row):
        writer.grids.append(_write_rows(nodes, rows, texts, writer))
    return True


def _write_rows(nodes: list[Node], rows: list[list[Cell]], texts: list[list[str]], writer: LineWriter) -> Grid:
    begin = writer.offset
    cells: list[GridCell] = []
    for row, row_texts in zip(rows, texts, strict=True):
        # A row whose places are all taken by spans from above has no line.
        if not row:
            continue
        at = writer.offset
        for cell, text in zip(row, row_texts, strict=True):
            # What a picture shows was not read: its cell is not an empty one.
            if text or not _holds_picture(nodes, cell.node):
                cells.append(GridCell(at, at + len(text), cell.row, cell.col, cell.rowspan, cell.colspan, cell.header))
            at += len(text) + 1
        writer.add("\t".join(row_texts))
    return Grid(begin, writer.offset - 1, tuple(cells))


def _holds_picture(nodes: list[Node], cell: int) -> bool:
    return any(node.tag == "img" and not is_small(node) for node in nodes[cell + 1 : nodes[cell].end])


def cell_text(nodes: list[Node], cell: int) -> str:
    """A cell's text on one line, without blanks at its ends: empty when it holds nothing but blanks."""
    blocks = _blocks()
    parts: list[str] = []
    closing: list[int] = []
    for i in range(cell + 1, nodes[cell].end):
        while closing and closing[-1] <= i:
            closing.pop()
            parts.append("\n")
        node = nodes[i]
        if node.tag == TEXT:
            parts.append(node.text)
        elif node.tag == "br":
            parts.append("\n")
        elif node.tag in blocks:
            parts.append("\n")
            closing.append(node.end)
    return collapse("".join(parts))
