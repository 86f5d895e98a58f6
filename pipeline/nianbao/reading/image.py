"""Pictures of a page (.png, .jpg) as documents."""

from __future__ import annotations

from nianbao.reading.errors import ReadError
from nianbao.reading.files import over_limit, too_large
from nianbao.reading.ocr.engine import MISSING, is_installed, was_recognised
from nianbao.reading.source import Source


def from_bytes(data: bytes, doc_id: str, place: str, max_bytes: int) -> Source:
    """A document from the bytes of a picture.

    Raises:
        ReadError: it is no picture or too large, says nothing, or the extra `ocr` is not installed.
    """
    if not is_installed():
        raise ReadError(f"is a picture; {MISSING}", path=place, kind="missing_extra")
    from nianbao.reading.ocr.picture import UnreadablePicture, decode
    from nianbao.reading.ocr.read import lay_out_picture

    try:
        image = decode(data)
    except UnreadablePicture as error:
        raise ReadError(str(error), path=place, kind="damaged") from error
    layout = lay_out_picture(image)
    text = layout.text()
    if not text.strip():
        raise ReadError("is a picture in which no text was found", path=place, doc_id=doc_id, kind="empty")
    if over_limit(text, max_bytes):
        raise too_large(place, max_bytes)
    warnings = [was_recognised("the picture was")]
    return Source(doc_id, text, tuple(layout.grids), path=place, pages=1, places=layout.places, warnings=warnings)
