"""Text and Markdown: the decoded content, unchanged."""

from __future__ import annotations

from nianbao.reading.encoding import Decoded, EncodingError, declared_encoding, decode
from nianbao.reading.errors import ReadError
from nianbao.reading.files import check_text
from nianbao.reading.source import ReadWarning, Source


def from_bytes(data: bytes, doc_id: str, place: str, max_bytes: int) -> Source:
    """A document of plain text from its bytes; line endings and all else stay, only a byte order mark goes.

    Raises:
        ReadError: it is no text or too large, its encoding cannot be told, or it holds nothing but blanks.
    """
    check_text(data, place, max_bytes)
    decoded = decode_or_refuse(data, place)
    if not decoded.text.strip():
        raise ReadError("is empty; fetch it again or leave it out", path=place, doc_id=doc_id, kind="empty")
    return Source(doc_id, decoded.text, path=place, encoding=decoded.encoding, warnings=damage(decoded))


def decode_or_refuse(data: bytes, place: str, *, declares: bool = False) -> Decoded:
    """`decode`, with the place in its error; `declares`: the format can name its encoding inside."""
    try:
        return decode(data, declared_encoding(data) if declares else None)
    except EncodingError as error:
        raise ReadError(f"cannot be read as text: {error}", path=place, kind="encoding") from error


def damage(decoded: Decoded) -> list[ReadWarning]:
    """What the bytes did not give."""
    found = []
    if decoded.dropped:
        found.append(
            f"the file ends in the middle of a character: its last {decoded.dropped} bytes were left out; "
            "the download was probably cut short, fetch it again"
        )
    if decoded.lost:
        found.append(f"bytes that are no characters of {decoded.encoding} were read as U+FFFD, {decoded.lost} of them")
    if decoded.others:
        found.append(f"passages that are not in {decoded.encoding} as the rest were read each in its own encoding")
    return [ReadWarning("damaged_bytes", what) for what in found]
