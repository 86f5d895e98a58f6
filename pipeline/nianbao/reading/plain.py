"""Text and Markdown: the decoded content, unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nianbao.reading.encoding import Decoded, EncodingError, declared_encoding, decode
from nianbao.reading.errors import ReadError
from nianbao.reading.files import read_bytes, readable
from nianbao.reading.source import READING, Source


def read(path: Path, doc_id: str, max_bytes: int) -> Iterator[Source | ReadError]:
    """The one document of a .txt or .md file.

    Raises:
        ReadError: it cannot be read.
    """
    place = readable(str(path))
    yield from_bytes(read_bytes(path, max_bytes), doc_id, place)


def from_bytes(data: bytes, doc_id: str, place: str) -> Source:
    """A document of plain text from its bytes; line endings and all else stay, only a byte order mark goes.

    Raises:
        ReadError: its encoding cannot be told, or it holds nothing but blanks.
    """
    decoded = decode_or_refuse(data, place)
    if not decoded.text.strip():
        raise ReadError("is empty; fetch it again or leave it out", path=place, doc_id=doc_id, kind="empty")
    return Source(doc_id, decoded.text, metadata={READING: about(decoded)}, path=place)


def decode_or_refuse(data: bytes, place: str, *, declares: bool = False) -> Decoded:
    """`decode`, with the place in its error; `declares`: the format can name its encoding inside."""
    try:
        return decode(data, declared_encoding(data) if declares else None)
    except EncodingError as error:
        raise ReadError(f"cannot be read as text: {error}", path=place, kind="encoding") from error


def about(decoded: Decoded) -> dict[str, object]:
    """What the metadata keep of the decoding."""
    found: dict[str, object] = {"encoding": decoded.encoding}
    if decoded.dropped:
        found["warnings"] = [
            f"the file ends in the middle of a character: its last {decoded.dropped} bytes were left out; "
            "the download was probably cut short, fetch it again"
        ]
    return found
