"""PDF files with a text layer: ruled tables as true grids, text in lines, page numbers and running heads left out."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import pairwise
from typing import Any

from nianbao.reading.blanks import collapse
from nianbao.reading.errors import ReadError
from nianbao.reading.files import over_limit, too_large
from nianbao.reading.layout import Layout
from nianbao.reading.ruled import NEAR, Box, Cell, Ruled, join
from nianbao.reading.rules import Edge, covered, find_tables
from nianbao.reading.source import Source

_PAGE_NUMBER = re.compile(
    r"\s*(?:[-—–·\s]*\d{1,3}[-—–·\s]*|第\s*\d+\s*页(?:\s*[,，/]?\s*共\s*\d+\s*页)?|\d+\s*/\s*\d+)\s*"
)
_DIGITS = re.compile(r"\d+")
_ENDS = re.compile(r"[。！？；：:!?;]\s*$")
# What begins a line of its own even under a line that fills its width.
_BEGINS = re.compile(
    r"\s*(?:[一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）]|第[一二三四五六七八九十]+[章节条部])"
)
_UNMAPPED = re.compile(r"\(cid:\d+\)")
# Running heads and page numbers stand in these shares of the page, at its top and at its foot.
_MARGIN, _FOOT = 0.08, 0.12
# How far from the right edge lines end that go on (those that end a sentence; others), and how far first lines of
# paragraphs are set in, in characters.
_FULL, _NEARLY, _INDENT = 1.1, 2.5, 1.2
# A wide gap between two characters, in characters, and how many of them make a line a row of a table.
_GAP, _ROW = 0.6, 2
_MAX_PAGES = 400
# Beyond so many rules a page is a drawing; finding cells among them takes their number squared.
_MAX_EDGES = 20_000
# A part of a page whose text is shorter has no text layer to speak of, where pictures fill it.
_FEW = 15
_Char = dict[str, Any]


@dataclass(slots=True)
class _Line:
    """A line of text and where it stands. `size`: of its characters, in points as all else; `gaps`: wide ones in it."""

    text: str
    top: float
    x0: float
    x1: float
    size: float
    gaps: int = 0


_Block = _Line | Ruled


@dataclass(slots=True)
class _Page:
    """`blocks`: lines and tables, by their place on the page."""

    width: float
    height: float
    blocks: list[_Block]
    characters: int
    pictures: bool


def from_bytes(data: bytes, doc_id: str, place: str, max_bytes: int) -> Source:
    """A document from the bytes of a .pdf file.

    Raises:
        ReadError: it is damaged, locked, has no text layer (a scan), is too long, or pdfplumber is not installed.
    """
    pages = [_page(page) for page in _pages(data, place)]
    _must_have_text(pages, place)
    layout = Layout()
    for block in _joined(pages):
        if isinstance(block, _Line):
            layout.add(block.text)
        else:
            layout.add_table(block.slots())
    text = layout.text()
    if over_limit(text, max_bytes):
        raise too_large(place, max_bytes)
    return Source(doc_id, text, tuple(layout.grids), path=place, pages=len(pages))


def _pages(data: bytes, place: str) -> Iterator[Any]:
    """The pages as pdfplumber gives them, parsed."""
    try:
        import pdfplumber
    except ImportError as error:
        raise ReadError('needs pdfplumber: pip install "nianbao[pdf]"', path=place, kind="missing_extra") from error
    # pdfminer warns of every odd font; what matters is whether characters come out.
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(BytesIO(data)) as document:
            if len(document.pages) > _MAX_PAGES:
                raise ReadError(f"has more than {_MAX_PAGES} pages; split it", path=place, kind="too_large")
            for page in document.pages:
                _ = page.objects
                yield page
                page.close()
    except ReadError:
        raise
    # pdfminer parses as it goes: damage comes as whatever error the broken object leads to.
    except Exception as error:
        raise _unreadable(error, place) from error


def _unreadable(error: Exception, place: str) -> ReadError:
    if "Password" in repr(error) or "Encryption" in repr(error):
        return ReadError("is locked with a password; open it and save it without one", path=place, kind="locked")
    message = f"is no PDF, or a damaged one ({type(error).__name__}); open it and print it to a new PDF"
    return ReadError(message, path=place, kind="damaged")


def _must_have_text(pages: list[_Page], place: str) -> None:
    characters = sum(page.characters for page in pages)
    scanned = characters < _FEW * len(pages) and any(page.pictures for page in pages)
    if characters == 0 or scanned:
        message = "has no text layer: it is a scan or a picture. Run a text recognition over it and give the result"
        raise ReadError(message, path=place, kind="no_text_layer")
    lines = [block.text for page in pages for block in page.blocks if isinstance(block, _Line)]
    unmapped = sum(len(_UNMAPPED.findall(line)) for line in lines)
    if 2 * unmapped > characters:
        message = "has fonts that do not say which characters they show; run a text recognition over it"
        raise ReadError(message, path=place, kind="no_text_layer")


def _page(page: Any) -> _Page:
    # Rotated text is a watermark or a stamp.
    chars = [char for char in page.chars if char["upright"]]
    edges = page.edges
    boxes = list(find_tables(edges)) if len(edges) <= _MAX_EDGES else []
    inside, outside = _placed(chars, [box for cells in boxes for box in cells])
    found: list[tuple[float, _Block]] = [(line.top, line) for line in _lines(outside)]
    flat = [edge for edge in edges if edge["orientation"] == "h"]
    for cells in boxes:
        ruled = Ruled(tuple(_cell(box, inside.get(box, []), flat, cells) for box in cells))
        found.append((ruled.box[1], ruled))
    found.sort(key=lambda entry: entry[0])
    blocks = [block for _, block in found]
    characters = sum(not char["text"].isspace() for char in chars)
    return _Page(float(page.width), float(page.height), blocks, characters, bool(page.images))


def _cell(box: Box, chars: list[_Char], flat: list[Edge], table: list[Box]) -> Cell:
    """A cell with its text; at the table's top and foot, whether a rule closes it."""
    x0, top, x1, bottom = box
    first = top - min(other[1] for other in table) <= NEAR
    last = max(other[3] for other in table) - bottom <= NEAR
    text = collapse("".join(line.text for line in _lines(chars)))
    open_top = first and covered(flat, "h", x0, x1, top) < 0.5
    return Cell(box, text, open_top, last and covered(flat, "h", x0, x1, bottom) < 0.5)


def _placed(chars: list[_Char], boxes: list[Box]) -> tuple[dict[Box, list[_Char]], list[_Char]]:
    """The characters of each cell, and those outside of all."""
    inside: dict[Box, list[_Char]] = {}
    outside = []
    # Characters of one line share their height: the cells that cross it are looked up once.
    crossing: dict[float, list[Box]] = {}
    for char in chars:
        x, y = (char["x0"] + char["x1"]) / 2, round((char["top"] + char["bottom"]) / 2, 1)
        if y not in crossing:
            crossing[y] = [box for box in boxes if box[1] <= y <= box[3]]
        home = next((box for box in crossing[y] if box[0] <= x <= box[2]), None)
        if home is None:
            outside.append(char)
        else:
            inside.setdefault(home, []).append(char)
    return inside, outside


def _lines(chars: list[_Char]) -> list[_Line]:
    """Characters in lines; a wide gap between two is a blank."""
    rows: list[list[_Char]] = []
    for char in sorted(chars, key=lambda c: (c["bottom"], c["x0"])):
        if rows and abs(rows[-1][0]["bottom"] - char["bottom"]) <= max(3.0, char["size"] * 0.4):
            rows[-1].append(char)
        else:
            rows.append([char])
    found = []
    for row in rows:
        row.sort(key=lambda c: c["x0"])
        parts = [row[0]["text"]]
        gaps = 0
        for left, char in pairwise(row):
            gap = (char["x0"] - left["x1"]) / max(char["size"], 1.0)
            parts.append((" " if gap > _GAP else "") + char["text"])
            gaps += gap > _GAP
        if text := collapse("".join(parts)):
            seen = [c for c in row if not c["text"].isspace()] or row
            size = max(float(seen[-1]["size"]), 1.0)
            found.append(_Line(text, row[0]["top"], seen[0]["x0"], seen[-1]["x1"], size, gaps))
    return found


def _joined(pages: list[_Page]) -> Iterator[_Block]:
    """The pages in a row: without running heads, lines of one paragraph and parts of one table joined."""
    repeated = _repeated(pages)
    for page in pages:
        page.blocks = [
            block
            for block in page.blocks
            if isinstance(block, Ruled) or not (_mask(block.text) in repeated or _is_page_number(block, page))
        ]
    columns = {
        width: _column([p for p in pages if round(p.width) == width]) for width in {round(p.width) for p in pages}
    }
    held: _Block | None = None
    for page in pages:
        column = columns[round(page.width)]
        for index, block in enumerate(page.blocks):
            whole = None if held is None else _one(held, block, column, over_pages=index == 0)
            if whole is None and held is not None:
                yield held
            held = whole or block
    if held is not None:
        yield held


def _one(held: _Block, block: _Block, column: tuple[float, float], over_pages: bool) -> _Block | None:
    """Two neighbours as one: lines of a paragraph, or a table's parts on two pages; None where they are two."""
    if isinstance(held, _Line) and isinstance(block, _Line) and _goes_on(held, block, column):
        return replace(block, text=_together(held.text, block.text))
    if isinstance(held, Ruled) and isinstance(block, Ruled) and over_pages:
        return join(held, block)
    return None


def _column(pages: list[_Page]) -> tuple[float, float]:
    """Where full lines begin and end on these pages."""
    lines = [block for page in pages for block in page.blocks if isinstance(block, _Line)]
    right = max((line.x1 for line in lines), default=0.0)
    return min((line.x0 for line in lines if right - line.x1 < _NEARLY * line.size), default=0.0), right


def _goes_on(line: _Line, after: _Line, column: tuple[float, float]) -> bool:
    """Whether a paragraph runs on from one line to the next: the first is full, the second not set in.

    A sentence that ends with its line ends a paragraph too, unless the line is full to the last character.
    """
    left, right = column
    gap = (right - line.x1) / line.size
    # A row of a table without rules is no sentence.
    if max(line.gaps, after.gaps) >= _ROW or after.x0 - left >= _INDENT * after.size or _BEGINS.match(after.text):
        return False
    return gap < (_FULL if _ENDS.search(line.text) else _NEARLY)


def _together(first: str, second: str) -> str:
    """Two lines as one; between Latin words stands a blank."""
    latin = first[-1].isascii() and first[-1].isalpha() and second[0].isascii() and second[0].isalpha()
    return first + " " * latin + second


def _is_page_number(line: _Line, page: _Page) -> bool:
    margin = not _FOOT <= line.top / page.height <= 1 - _FOOT
    return margin and _PAGE_NUMBER.fullmatch(line.text) is not None


def _repeated(pages: list[_Page]) -> set[str]:
    """Lines that stand at the top or bottom of most pages."""
    if len(pages) < 2:
        return set()
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [b for b in page.blocks if isinstance(b, _Line)]
        seen.update({_mask(b.text) for b in lines if not _MARGIN <= b.top / page.height <= 1 - _MARGIN})
    return {text for text, count in seen.items() if count > len(pages) / 2}


def _mask(text: str) -> str:
    """The text with its numbers alike: "报告 1/3" and "报告 2/3" are one running head."""
    return _DIGITS.sub("0", text)
