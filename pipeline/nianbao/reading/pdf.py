"""PDF files: ruled tables as true grids, text in lines, page numbers and running heads left out."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from nianbao.reading.blocks import Line, blocks
from nianbao.reading.errors import ReadError
from nianbao.reading.files import over_limit, too_large
from nianbao.reading.layout import Layout
from nianbao.reading.paragraphs import Blocks, joined
from nianbao.reading.places import Glyph
from nianbao.reading.sheet import Char, Sheet, once, upright
from nianbao.reading.source import ReadWarning, Source

_UNMAPPED = re.compile(r"\(cid:\d+\)")
_MAX_PAGES = 400
# A part of a page whose text is shorter has no text layer to speak of, where pictures fill it.
_FEW = 15
# Characters whose direction is this near to a right angle stand at one.
_SLANT = 0.05


def from_bytes(data: bytes, doc_id: str, place: str, max_bytes: int) -> Source:
    """A document from the bytes of a .pdf file.

    Raises:
        ReadError: it is damaged, locked, has no text layer (a scan), is too long, or pdfplumber is not installed.
    """
    sheets: list[Sheet] = []
    doubled = pages = 0
    for page in _pages(data, place):
        sheet = _sheet(page)
        sheet.chars, letters = once(sheet.chars)
        doubled += letters
        pages += 1
        sheets += upright(sheet)
    _must_have_text(sheets, place)
    layout = Layout()
    for block in joined([Blocks(sheet.width, sheet.height, blocks(sheet)) for sheet in sheets]):
        if isinstance(block, Line):
            layout.add(block.text, block.words.glyphs)
        else:
            layout.add_table(block.slots())
    text = layout.text()
    if over_limit(text, max_bytes):
        raise too_large(place, max_bytes)
    source = Source(doc_id, text, tuple(layout.grids), path=place, pages=pages, places=layout.places)
    source.warnings = _warnings(sheets, doubled)
    return source


def _warnings(sheets: list[Sheet], doubled: int) -> list[ReadWarning]:
    found = []
    if doubled:
        what = f"{doubled} letters and digits stand on each other twice or more (bold by double printing); read once"
        found.append(ReadWarning("doubled", what))
    if turned := sorted({sheet.number for sheet in sheets if sheet.turn}):
        numbers = ", ".join(map(str, turned))
        found.append(ReadWarning("sideways", f"text runs sideways on page {numbers}; the page was turned"))
    return found


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


def _must_have_text(pages: list[Sheet], place: str) -> None:
    chars = [char.text for page in pages for char in page.chars if not char.text.isspace()]
    characters = len(chars)
    scanned = characters < _FEW * len(pages) and any(page.pictures for page in pages)
    if characters == 0 or scanned:
        message = "has no text layer: it is a scan or a picture. Run a text recognition over it and give the result"
        raise ReadError(message, path=place, kind="no_text_layer")
    unmapped = sum(_UNMAPPED.fullmatch(char) is not None for char in chars)
    if 2 * unmapped > characters:
        message = "has fonts that do not say which characters they show; run a text recognition over it"
        raise ReadError(message, path=place, kind="no_text_layer")


def _sheet(page: Any) -> Sheet:
    """A page as pdfplumber gives it, its places counted from its upper left corner."""
    left, top = float(page.bbox[0]), float(page.bbox[1])
    chars = []
    for char in page.chars:
        box = (char["x0"] - left, char["top"] - top, char["x1"] - left, char["bottom"] - top)
        glyph = Glyph(page.page_number, box)
        chars.append(Char(char["text"], *box, float(char["size"]), glyph, _turn(char["matrix"])))
    edges = page.edges
    if left or top:
        sides = {"x0": left, "x1": left, "top": top, "bottom": top}
        edges = [{**edge, **{side: edge[side] - by for side, by in sides.items()}} for edge in edges]
    return Sheet(page.page_number, float(page.width), float(page.height), chars, edges, len(page.images))


def _turn(matrix: tuple[float, ...]) -> int | None:
    """The quarter turns clockwise that set a character upright; None where it is set at an angle."""
    right, up = matrix[0], matrix[1]
    if abs(up) <= _SLANT * abs(right):
        return 0 if right > 0 else 2
    if abs(right) <= _SLANT * abs(up):
        return 1 if up > 0 else 3
    return None
