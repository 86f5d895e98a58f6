"""Scans and pictures as articles and sheets: what readers of other kinds hand over to text recognition."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nianbao.reading.article import Article
from nianbao.reading.config import load_config
from nianbao.reading.layout import Layout
from nianbao.reading.ocr.picture import UnreadablePicture, decode, parts_of
from nianbao.reading.ocr.scan import page_scale, scan
from nianbao.reading.paragraphs import lay_out
from nianbao.reading.places import Glyph
from nianbao.reading.sheet import Sheet

# A picture with fewer Chinese characters and no table is an ornament.
_LEAST_CHINESE = 20
_POINTS_AN_INCH = 72


def read_picture(data: bytes) -> Article | None:
    """What a picture in a document says; None where it is no picture, or says nothing.

    Raises:
        ImportError: the extra `ocr` is not installed.
    """
    try:
        image = decode(data)
    except UnreadablePicture:
        return None
    layout = lay_out_picture(image)
    article = Article(layout.text(), tuple(layout.grids), layout.places)
    return article if article.numbers() or article.characters() >= _LEAST_CHINESE else None


def lay_out_picture(image: Any) -> Layout:
    """What a decoded picture says, part by part where it is a long one."""
    return lay_out([scan(part, 0, page_scale(part)) for part in parts_of(image)])


class RenderError(Exception):
    """The page, or the whole document, is too damaged to be drawn."""


class RenderedPages:
    """The pages of a PDF drawn as pictures, for those that hold no text of their own.

    Raises:
        RenderError: the document, or later a page, is damaged.
    """

    def __init__(self, data: bytes) -> None:
        import pypdfium2

        self._error = pypdfium2.PdfiumError
        try:
            self._document = pypdfium2.PdfDocument(data)
        except self._error as error:
            raise RenderError(str(error)) from error

    def sheet(self, number: int) -> Sheet:
        """The page as a sheet."""
        image, scale = self._draw(number)
        return scan(image, number, scale)

    def add_pictures(self, sheet: Sheet, boxes: Iterable[tuple[float, float, float, float]]) -> int:
        """Puts on a page's sheet what its pictures in these boxes say; how many said something."""
        image, scale = self._draw(sheet.number)
        said = 0
        for x0, top, x1, bottom in boxes:
            left, high = max(int(x0 / scale), 0), max(int(top / scale), 0)
            part = image[high : int(bottom / scale), left : int(x1 / scale)]
            if min(part.shape[:2]) < 16:
                continue
            found = scan(part, sheet.number, scale)
            chinese = sum("\u3400" <= char.text <= "\u9fff" for char in found.chars)
            if chinese < _LEAST_CHINESE and len(found.edges) < 8:
                continue
            said += 1
            _put(found, sheet, left * scale, high * scale)
        return said

    def _draw(self, number: int) -> tuple[Any, float]:
        rules = load_config("ocr.yaml")
        wanted = rules["dpi"] / _POINTS_AN_INCH
        try:
            page = self._document[number - 1]
            width, height = page.get_size()
            most = (rules["pixels"] / max(width * height, 1.0)) ** 0.5
            factor = min(wanted, most)
            image = page.render(scale=factor).to_numpy()
        # An index beyond the pages that it found in a damaged file.
        except (self._error, IndexError) as error:
            raise RenderError(str(error)) from error
        if image.ndim == 2 or image.shape[2] == 1:
            image = image.reshape(*image.shape[:2], 1).repeat(3, axis=2)
        return image[:, :, :3].copy(), 1 / factor

    def close(self) -> None:
        """Frees the document."""
        self._document.close()


def _put(found: Sheet, sheet: Sheet, right: float, down: float) -> None:
    """Puts a part's characters and rules on its page, so much further right and down."""
    for char in found.chars:
        x0, top, x1, bottom = char.glyph.box
        box = (x0 + right, top + down, x1 + right, bottom + down)
        char.glyph = Glyph(char.glyph.page, box, char.glyph.confidence)
        char.x0, char.x1, char.top, char.bottom = char.x0 + right, char.x1 + right, char.top + down, char.bottom + down
        sheet.chars.append(char)
    for edge in found.edges:
        sides = {"x0": right, "x1": right, "top": down, "bottom": down}
        sheet.edges.append({**edge, **{side: edge[side] + by for side, by in sides.items()}})
    sheet.unread += [(x + right, y + down) for x, y in found.unread]
