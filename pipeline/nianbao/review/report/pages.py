"""The pages of a PDF as pictures, and where facts stand on them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from nianbao.reading.source import Source

# Pixels a point, and how many bytes all pictures of one report may take.
_SCALE = 1.6
_QUALITY = 72
_MOST_BYTES = 24_000_000
_MOST_PIXELS = 6_000_000


class NoPages(Exception):
    """The pages cannot be drawn; the message says why."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as a picture. `number`: from 1; `width`, `height`: in points; `data`: a WebP file in base64."""

    number: int
    width: float
    height: float
    data: str


def has_pages(source: Source) -> bool:
    """Whether its kind has pages that can be drawn and its characters' places are known."""
    return source.kind == "pdf" and source.places is not None and source.path is not None


def page_images(source: Source) -> Iterator[PageImage]:
    """The pages of a document that has them, until the pictures grow too large for one page.

    Raises:
        NoPages: pypdfium2 or Pillow is not installed, or the file is not there, or another than was read.
    """
    try:
        import PIL  # noqa: F401  (pypdfium2 needs it for pictures)
        import pypdfium2
    except ImportError as error:
        raise NoPages("pip install 'nianbao[pdf]'") from error
    try:
        content = Path(source.path or "").read_bytes()
    except OSError as error:
        raise NoPages(error.strerror or str(error)) from error
    if source.sha256 is not None and hashlib.sha256(content).hexdigest() != source.sha256:
        raise NoPages("the file is not the one that was read")
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise NoPages(str(error)) from error
    taken = 0
    with document:
        for index in range(len(document)):
            image = _drawn(document[index], index + 1)
            taken += len(image.data)
            if taken > _MOST_BYTES:
                return
            yield image


def _drawn(page: Any, number: int) -> PageImage:
    width, height = page.get_size()
    scale = min(_SCALE, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
    picture = page.render(scale=scale).to_pil().convert("RGB")
    page.close()
    stream = BytesIO()
    picture.save(stream, "WEBP", quality=_QUALITY, method=2)
    return PageImage(number, width, height, base64.b64encode(stream.getvalue()).decode())
