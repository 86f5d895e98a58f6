"""HTML pages: the main content as lines, and the true grids of its tables.

Lines follow the block elements and <br>. A data table gives one line a row, its cells separated by tabs, each cell
once and where it begins; an empty cell is nothing between two tabs. Inside a cell, line breaks become a blank, or
nothing between two Chinese characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache

from nianbao.reading.config import load_config
from nianbao.reading.content import Content, find_content
from nianbao.reading.dom import TEXT, HostilePage, Node, flatten
from nianbao.reading.errors import ReadError
from nianbao.reading.files import check_text, over_limit, too_large
from nianbao.reading.plain import damage, decode_or_refuse
from nianbao.reading.source import Grid, GridCell, Source
from nianbao.reading.table import Cell, read_cells

PAGE_FACTOR = 4
"""A page may be so many times as large as the text in it: pictures and scripts stand between."""

_SPACES = re.compile(r"[ \t\n\f\r]+")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\x00"))
# No-break, full-width and the typographic spaces: blank at the ends of a line and in an empty cell.
_BLANKS = " \t\n\r\f\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_WIDE = re.compile(r"[\u2e80-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60]")
_HEAD_LINES = 15
_TITLE_CHARACTERS = 100


def from_bytes(data: bytes, doc_id: str, place: str, max_bytes: int) -> Source:
    """A document from the bytes of a page.

    Raises:
        ReadError: it is no text, its encoding cannot be told, it is hostile to parsers, or it holds no text or more
            than `max_bytes` of it.
    """
    check_text(data, place, max_bytes * PAGE_FACTOR)
    decoded = decode_or_refuse(data, place, declares=True)
    try:
        text, grids, title = to_text(decoded.text)
    except HostilePage as error:
        raise ReadError(
            f"cannot be read as HTML: {error}; if it is a report, save its text as .txt", path=place, kind="html"
        ) from error
    if not text:
        raise ReadError(
            "holds no text between its tags; the report may be a picture, an attachment or loaded by a script",
            path=place,
            kind="empty",
        )
    if over_limit(text, max_bytes):
        raise too_large(place, max_bytes)
    metadata = {"title": title} if title else {}
    return Source(doc_id, text, grids, metadata, place, encoding=decoded.encoding, warnings=damage(decoded))


def to_text(markup: str) -> tuple[str, tuple[Grid, ...], str | None]:
    """The text of a page's main content, its grids, and the title that the page gives itself.

    Raises:
        HostilePage: parsing it would not end in reasonable time.
    """
    nodes, head = flatten(markup)
    content = find_content(nodes)
    writer = _Writer()
    _render(nodes, content, writer)
    text, grids = "\n".join(writer.lines), writer.grids
    title, of_article = _title(nodes, head)
    # The title often stands outside the content; a report's year may be nowhere else.
    if title and _is_report_title(title) and not _says_title(writer.lines, title, of_article):
        text, grids = f"{title}\n{text}", [_shift(grid, len(title) + 1) for grid in grids]
    return text, tuple(grids), title


@dataclass(slots=True)
class _Writer:
    """Lines as they are finished, and the offsets that they begin at."""

    lines: list[str] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
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


def _render(nodes: list[Node], content: Content, writer: _Writer) -> None:
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


def _add_text(text: str, pre: bool, writer: _Writer) -> None:
    if not pre:
        writer.parts.append(text)
        return
    first, *rest = text.split("\n")
    writer.parts.append(first)
    for line in rest:
        writer.end_line()
        writer.parts.append(line)


def _write_table(nodes: list[Node], table: int, writer: _Writer) -> bool:
    """Writes a data table and its grid; False: its grid would be too large, and it is read like other blocks."""
    rows = read_cells(nodes, table)
    if rows is None:
        return False
    for i in range(table + 1, nodes[table].end):
        if nodes[i].tag == "caption" and (caption := cell_text(nodes, i)):
            writer.add(caption)
    texts = [[cell_text(nodes, cell.node) for cell in row] for row in rows]
    if any(text for row in texts for text in row):
        writer.grids.append(_write_rows(rows, texts, writer))
    return True


def _write_rows(rows: list[list[Cell]], texts: list[list[str]], writer: _Writer) -> Grid:
    begin = writer.offset
    cells: list[GridCell] = []
    for row, row_texts in zip(rows, texts, strict=True):
        # A row whose places are all taken by spans from above has no line.
        if not row:
            continue
        at = writer.offset
        for cell, text in zip(row, row_texts, strict=True):
            cells.append(GridCell(at, at + len(text), cell.row, cell.col, cell.rowspan, cell.colspan, cell.header))
            at += len(text) + 1
        writer.add("\t".join(row_texts))
    return Grid(begin, writer.offset - 1, tuple(cells))


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


def collapse(text: str) -> str:
    """White space as a browser shows it; a line break of the source between Chinese characters is none."""
    text = text.translate(_INVISIBLE).strip(_BLANKS)
    return _SPACES.sub(_space, text)


def _space(match: re.Match[str]) -> str:
    if "\n" in match.group() or "\r" in match.group():
        text = match.string
        if _WIDE.match(text[match.start() - 1]) and _WIDE.match(text[match.end()]):
            return ""
    return " "


def _title(nodes: list[Node], head: dict[str, str]) -> tuple[str | None, bool]:
    """The page's title, and whether it is the article's own (a meta element or heading) rather than the window's."""
    for name in load_config("html.yaml")["title_metas"]:
        if title := _without_site(head.get(name, "")):
            return title, True
    headings = (cell_text(nodes, i)[:_TITLE_CHARACTERS] for i, node in enumerate(nodes) if node.tag == "h1")
    if heading := next((h for h in headings if _is_report_title(h)), None):
        return heading, True
    return _without_site(head.get("title", "")) or None, False


def _without_site(title: str) -> str:
    """A window's title without the site's name that follows a dash."""
    title = collapse(title)
    shorter = re.sub(load_config("html.yaml")["title_tail"], "", title)
    return shorter if _is_report_title(shorter) else title


def _is_report_title(text: str) -> bool:
    return re.search(load_config("html.yaml")["report_title"], text) is not None


def _says_title(lines: list[str], title: str, of_article: bool) -> bool:
    """Whether the content's first lines have the title; for the window's title, any title of a report will do."""
    first = lines[:_HEAD_LINES]
    if "".join(title.split()) in "".join("".join(first).split()):
        return True
    return not of_article and any(
        len(line) <= _TITLE_CHARACTERS and "。" not in line and _is_report_title(line) for line in first
    )


def _shift(grid: Grid, by: int) -> Grid:
    cells = tuple(replace(cell, start=cell.start + by, end=cell.end + by) for cell in grid.cells)
    return Grid(grid.start + by, grid.end + by, cells)
