"""PDF files with a text layer: ruled tables as true grids, text in lines, page numbers and running heads left out."""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from nianbao.reading.errors import ReadError
from nianbao.reading.files import over_limit, readable, too_large
from nianbao.reading.html import collapse
from nianbao.reading.layout import Layout, Slot
from nianbao.reading.source import Source

_PAGE_NUMBER = re.compile(
    r"\s*(?:[-—–\s]*\d{1,3}[-—–\s]*|第\s*\d+\s*页(?:\s*[,/共]?\s*共?\s*\d+\s*页)?|\d+\s*/\s*\d+)\s*"
)
_DIGITS = re.compile(r"\d+")
_ENDS = re.compile(r"[。！？；：:!?]\s*$")
_MAX_PAGES = 400
# Browsers and Word draw neighbouring borders a little apart; they are one rule.
_RULES = {"snap_tolerance": 4, "join_tolerance": 4, "intersection_tolerance": 6}
# Edges of rules that lie closer than this (points) are one.
_NEAR = 4.0

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom, in points from the page's upper left corner."""


@dataclass(slots=True)
class _Line:
    text: str
    top: float
    full: bool = False


@dataclass(slots=True)
class _Page:
    """`blocks`: lines and tables (rows of slots), by their place on the page; `width`: of the text, in characters."""

    height: float
    blocks: list[_Line | list[list[Slot]]] = field(default_factory=list)


def read(path: Path, doc_id: str, max_bytes: int) -> Iterator[Source | ReadError]:
    """The one document of a .pdf file.

    Raises:
        ReadError: it is damaged, locked, has no text layer (a scan), is too long, or pdfplumber is not installed.
    """
    place = readable(str(path))
    pages = _pages(path, place)
    if not any(page.blocks for page in pages):
        message = "has no text layer: it is a scan. Run a text recognition over it and give the result"
        raise ReadError(message, path=place, doc_id=doc_id, kind="no_text_layer")
    layout = Layout()
    for block in _joined(pages):
        if isinstance(block, _Line):
            layout.add(block.text)
        else:
            layout.add_table(block)
    text = layout.text()
    if over_limit(text, max_bytes):
        raise too_large(place, max_bytes)
    yield Source(doc_id, text, tuple(layout.grids), path=place)


def _pages(path: Path, place: str) -> list[_Page]:
    try:
        import pdfplumber
        from pdfminer.pdfparser import PDFSyntaxError
        from pdfplumber.utils.exceptions import PdfminerException
    except ImportError as error:
        raise ReadError('needs pdfplumber: pip install "nianbao[pdf]"', path=place, kind="missing_extra") from error
    # pdfminer warns of every odd font; what matters is whether characters come out.
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(path) as document:
            if len(document.pages) > _MAX_PAGES:
                raise ReadError(f"has more than {_MAX_PAGES} pages; split it", path=place, kind="too_large")
            pages = []
            for page in document.pages:
                pages.append(_page(page))
                page.close()
            return pages
    except (PDFSyntaxError, PdfminerException, ValueError, KeyError, TypeError) as error:
        message = f"is no PDF, or a damaged or locked one ({type(error).__name__}); open it and print it to a new PDF"
        raise ReadError(message, path=place, kind="damaged") from error


def _page(page: Any) -> _Page:
    tables = [table for table in page.find_tables(_RULES) if len(table.cells) > 1]
    boxes = [table.bbox for table in tables]
    inside: list[list[dict[str, Any]]] = [[] for _ in tables]
    outside = []
    for char in page.chars:
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        home = next((i for i, b in enumerate(boxes) if b[0] <= x <= b[2] and b[1] <= y <= b[3]), None)
        (outside if home is None else inside[home]).append(char)
    placed: list[tuple[float, _Line | list[list[Slot]]]] = [(line.top, line) for line in _lines(outside)]
    for table, chars in zip(tables, inside, strict=True):
        placed.append((table.bbox[1], _rows(table.cells, chars)))
    placed.sort(key=lambda entry: entry[0])
    return _Page(float(page.height), [block for _, block in placed])


def _lines(chars: list[dict[str, Any]]) -> list[_Line]:
    """Characters in lines; a wide gap between two is a blank."""
    rows: list[list[dict[str, Any]]] = []
    for char in sorted(chars, key=lambda c: (c["bottom"], c["x0"])):
        if rows and abs(rows[-1][0]["bottom"] - char["bottom"]) <= max(3.0, char["size"] * 0.4):
            rows[-1].append(char)
        else:
            rows.append([char])
    right = max((c["x1"] for c in chars), default=0.0)
    found = []
    for row in rows:
        row.sort(key=lambda c: c["x0"])
        parts = [row[0]["text"]]
        for left, char in pairwise(row):
            gap = char["x0"] - left["x1"]
            parts.append((" " if gap > 0.6 * max(char["size"], 1.0) else "") + char["text"])
        text = collapse("".join(parts))
        if text:
            found.append(_Line(text, row[0]["top"], full=row[-1]["x1"] > right - 2.5 * row[-1]["size"]))
    return found


def _edges(values: list[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _NEAR:
            edges.append(value)
    return edges


def _rows(cells: list[Box], chars: list[dict[str, Any]]) -> list[list[Slot]]:
    """The rectangles of a ruled table as a grid, merged cells with their spans, each with its characters."""
    xs, ys = _edges([c[0] for c in cells]), _edges([c[1] for c in cells])

    def index(edges: list[float], value: float) -> int:
        return max(bisect_right(edges, value + _NEAR) - 1, 0)

    slots: dict[tuple[int, int], Slot] = {}
    content: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for x0, top, x1, bottom in cells:
        row, col = index(ys, top), index(xs, x0)
        height = max(index(ys, bottom - 2 * _NEAR - 0.1) - row + 1, 1)
        width = max(index(xs, x1 - 2 * _NEAR - 0.1) - col + 1, 1)
        slots[row, col] = Slot("", row, col, height, width)
        content[row, col] = []
    boxes = [(box, (index(ys, box[1]), index(xs, box[0]))) for box in cells]
    # Characters of one line share their height: the cells that cross it are looked up once.
    crossing: dict[float, list[tuple[Box, tuple[int, int]]]] = {}
    for char in chars:
        x, y = (char["x0"] + char["x1"]) / 2, round((char["top"] + char["bottom"]) / 2, 1)
        if y not in crossing:
            crossing[y] = [entry for entry in boxes if entry[0][1] <= y <= entry[0][3]]
        home = next((key for box, key in crossing[y] if box[0] <= x <= box[2]), None)
        if home is not None:
            content[home].append(char)
    rows: list[list[Slot]] = [[] for _ in ys]
    for key in sorted(slots):
        slots[key].text = collapse("".join(line.text for line in _lines(content[key])))
        rows[key[0]].append(slots[key])
    return rows


def _joined(pages: list[_Page]) -> Iterator[_Line | list[list[Slot]]]:
    """The pages in a row: without running heads, lines of one paragraph and rows of one table joined."""
    repeated = _repeated(pages)
    held: _Line | list[list[Slot]] | None = None
    for page in pages:
        for block in page.blocks:
            if isinstance(block, _Line) and (_mask(block.text) in repeated or _is_page_number(block, page)):
                continue
            if isinstance(block, _Line) and isinstance(held, _Line) and held.full and not _ENDS.search(held.text):
                held = _Line(held.text + block.text, held.top, block.full)
            elif isinstance(block, list) and isinstance(held, list) and _width(held) == _width(block):
                held = _append(held, block)
            else:
                if held is not None:
                    yield held
                held = block
    if held is not None:
        yield held


def _is_page_number(line: _Line, page: _Page) -> bool:
    margin = line.top < 0.1 * page.height or line.top > 0.88 * page.height
    return margin and _PAGE_NUMBER.fullmatch(line.text) is not None


def _repeated(pages: list[_Page]) -> set[str]:
    """Lines that stand at the top or bottom of most pages."""
    if len(pages) < 2:
        return set()
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [b for b in page.blocks if isinstance(b, _Line)]
        seen.update({_mask(b.text) for b in lines if b.top < 0.08 * page.height or b.top > 0.92 * page.height})
    return {text for text, count in seen.items() if count > len(pages) / 2}


def _mask(text: str) -> str:
    """The text with its numbers alike: "报告 1/3" and "报告 2/3" are one running head."""
    return _DIGITS.sub("0", text)


def _width(rows: list[list[Slot]]) -> int:
    return max((slot.col + slot.colspan for row in rows for slot in row), default=0)


def _append(first: list[list[Slot]], second: list[list[Slot]]) -> list[list[Slot]]:
    """A table and its part on the next page."""
    for row in second:
        for slot in row:
            slot.row += len(first)
    return [*first, *second]
