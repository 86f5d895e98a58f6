"""PDF files: ruled tables as true grids, text in lines, page numbers and running heads left out."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from nianbao.reading.config import load_config
from nianbao.reading.errors import ReadError
from nianbao.reading.files import over_limit, too_large
from nianbao.reading.ocr.engine import MISSING, is_installed, was_recognised
from nianbao.reading.paragraphs import lay_out
from nianbao.reading.places import Box, Glyph
from nianbao.reading.sheet import Char, Sheet, once, upright
from nianbao.reading.source import ReadWarning, Source

_UNMAPPED = re.compile(r"\(cid:\d+\)")
_MAX_PAGES = 400
# A part of a page whose text is shorter has no text layer to speak of, where pictures fill it.
_FEW = 15
# Characters whose direction is this near to a right angle stand at one.
_SLANT = 0.05
# A picture may be a table from this share of the page's width and so many points of height on.
_LEAST_SHARE, _LEAST_HIGH, _MOST_PICTURES = 0.3, 50.0, 20


def from_bytes(data: bytes, doc_id: str, place: str, max_bytes: int) -> Source:
    """A document from the bytes of a .pdf file.

    Raises:
        ReadError: it is damaged, locked, has no text layer (a scan), is too long, or pdfplumber is not installed.
    """
    sheets: list[Sheet] = []
    doubled = 0
    pages = [(_sheet(page), _picture_boxes(page)) for page in _pages(data, place)]
    read, unread = _recognise(data, pages)
    for sheet, _ in pages:
        sheet.chars, letters = once(sheet.chars)
        doubled += letters
        sheets += [sheet] if sheet.original else upright(sheet)
    _must_have_text(sheets, place)
    layout = lay_out(sheets)
    text = layout.text()
    if over_limit(text, max_bytes):
        raise too_large(place, max_bytes)
    source = Source(doc_id, text, tuple(layout.grids), path=place, pages=len(pages), places=layout.places)
    source.warnings = [*_warnings(sheets, doubled), *_recognition(read, unread)]
    return source


def _recognise(data: bytes, pages: list[tuple[Sheet, list[Box]]]) -> tuple[list[int], list[int]]:
    """Puts on the sheets what pages without text and large pictures show; the pages where it did, and could not."""
    wanting = [i for i, (sheet, boxes) in enumerate(pages) if _lacks_text(sheet) or boxes]
    most = load_config("ocr.yaml")["pages"] if is_installed() else 0
    read, left = _drawn(data, pages, wanting[:most]) if wanting[:most] else ([], [])
    # Beside text a picture may be an ornament: it is missed where the document has no table.
    no_table = sum(len(sheet.edges) for sheet, _ in pages) < _FEW
    unread = [i for i in [*left, *wanting[most:]] if no_table or _lacks_text(pages[i][0])]
    return read, [pages[i][0].number for i in unread]


def _drawn(data: bytes, pages: list[tuple[Sheet, list[Box]]], wanting: list[int]) -> tuple[list[int], list[int]]:
    """The pages that gave something, and the places of those that cannot be drawn."""
    from nianbao.reading.ocr.read import RenderedPages, RenderError

    read, left = [], []
    try:
        drawn = RenderedPages(data)
    except RenderError:
        return [], wanting
    for i in wanting:
        sheet, boxes = pages[i]
        try:
            if _lacks_text(sheet):
                pages[i] = drawn.sheet(sheet.number), []
                read.append(sheet.number)
            elif drawn.add_pictures(sheet, boxes):
                read.append(sheet.number)
        except RenderError:
            left.append(i)
    drawn.close()
    return read, left


def _recognition(read: list[int], unread: list[int]) -> list[ReadWarning]:
    found = []
    if read:
        found.append(was_recognised(f"page {', '.join(map(str, read))} was"))
    if unread:
        what = f"page {', '.join(map(str, unread))} shows pictures that were not read; {MISSING}"
        found.append(ReadWarning("images", what))
    return found


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


def _must_have_text(sheets: list[Sheet], place: str) -> None:
    """Refuses a document of which nothing was read."""
    if any(sheet.chars and not _lacks_text(sheet) for sheet in sheets):
        return
    if is_installed():
        raise ReadError(
            "has no text layer, and no text was recognised in its pictures", path=place, kind="no_text_layer"
        )
    raise ReadError(f"has no text layer: it is a scan or a picture; {MISSING}", path=place, kind="no_text_layer")


def _lacks_text(sheet: Sheet) -> bool:
    """Whether a page has pictures and next to no text, or fonts that do not say which characters they show."""
    chars = [char.text for char in sheet.chars if not char.text.isspace()]
    unmapped = sum(_UNMAPPED.fullmatch(char) is not None for char in chars)
    return sheet.original is None and ((len(chars) < _FEW and sheet.pictures > 0) or 2 * unmapped > len(chars))


def _picture_boxes(page: Any) -> list[Box]:
    """The pictures on a page that are large enough for a table, and have no text over them."""
    left, top = float(page.bbox[0]), float(page.bbox[1])
    found = []
    for image in page.images[:_MOST_PICTURES]:
        x0, y0, x1, y1 = (image[side] for side in ("x0", "top", "x1", "bottom"))
        if x1 - x0 < _LEAST_SHARE * float(page.width) or y1 - y0 < _LEAST_HIGH:
            continue
        if sum(x0 <= char["x0"] <= x1 and y0 <= char["top"] <= y1 for char in page.chars) < _FEW:
            found.append((x0 - left, y0 - top, x1 - left, y1 - top))
    return found


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
