"""Crawls in the web archive format (ISO 28500): the pages that sites answered with."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from nianbao.reading.errors import ReadError
from nianbao.reading.files import open_regular, readable, too_large
from nianbao.reading.kinds import DOC, DOCX, HTML, PDF, XLS, XLSX, Kind, read_document
from nianbao.reading.record import Record
from nianbao.reading.sniff import kind_of_bytes
from nianbao.reading.source import Source

_PAGE = "page"
_PAGES = ("text/html", "application/xhtml+xml")
# Attachments of pages, by what servers call them; the content decides.
_FILES: dict[str, Kind | None] = {
    "application/pdf": PDF,
    "application/x-pdf": PDF,
    "application/msword": DOC,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": XLSX,
    "application/vnd.ms-excel": XLS,
    "application/octet-stream": None,
    "application/x-download": None,
    "application/force-download": None,
    "application/download": None,
    "application/binary": None,
    "": None,
}
_ANSWERED = "200"


def responses(path: Path, max_bytes: int) -> Iterator[Record]:
    """The pages and documents of a .warc or .warc.gz file, each from one record of the type response with status 200.

    An answer's id is its address and the time when it was fetched ("http://…@2019-01-31T08:00:00Z"): a crawl may hold
    one address more than once. Other records and other kinds of content are passed over; what is sent as a file
    without a kind counts when its content is a document's.

    Raises:
        ReadError: warcio is not installed, or the file is no web archive, broken or cut short.
    """
    place = readable(str(path))
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError as error:
        raise ReadError("needs warcio; install nianbao[warc]", path=place, kind="missing_part") from error
    number = 0
    with open_regular(path) as stream:
        try:
            # Checked by warcio: a .warc.gz that was packed as one piece cannot be told apart from a broken one.
            for number, record in enumerate(ArchiveIterator(stream, ensure_http_headers=False), start=1):
                called = _kind(record)
                if called is not None and (called == _PAGE or called in _FILES):
                    named = HTML if called == _PAGE else _FILES[called]
                    # One byte more tells what is too large.
                    data = record.content_stream().read(max_bytes * (HTML if named is HTML else PDF).factor + 1)
                    if not record.raw_stream.read(1) and getattr(record.raw_stream, "limit", 0) > 0:
                        raise EOFError("its last page ends before its stated length")
                    names = ("WARC-Target-URI", "WARC-Date", "WARC-Record-ID")
                    address, date, key = (record.rec_headers.get_header(name) or "" for name in names)
                    about = {"url": address, "date": date, "record": key}
                    doc_id = f"{address}@{date}"
                    found = kind_of_bytes(data, named)
                    if found is not None:
                        read = partial(_answer, found, data, doc_id, about, place, number, max_bytes)
                        page, file = (data, None) if found is HTML else (None, data)
                        yield Record(read, stream.tell(), page, doc_id, number, file)
        # EOFError and zlib's: a file cut short. AttributeError: warcio takes it for granted that heads are there.
        except (ArchiveLoadFailed, EOFError, OSError, ValueError, AttributeError) as error:
            raise ReadError(
                f"is no web archive, broken or cut short ({error}); what came before is read; fetch it again",
                path=place,
                kind="unreadable",
            ) from error
    if number == 0:
        raise ReadError("is empty; fetch it again or leave it out", path=place, kind="empty")


def _kind(record: Any) -> str | None:
    """What an answer is called; None for all that is no answer with a content."""
    if record.rec_type != "response" or record.http_headers is None:
        return None
    if record.http_headers.get_statuscode() != _ANSWERED:
        return None
    called = (record.http_headers.get_header("Content-Type") or "").partition(";")[0].strip().lower()
    return _PAGE if called in _PAGES else called


def _answer(
    kind: Kind, data: bytes, doc_id: str, about: dict[str, str], place: str, number: int, max_bytes: int
) -> Source | ReadError:
    try:
        if len(data) > max_bytes * kind.factor:
            raise too_large(place, max_bytes * kind.factor)
        source = read_document(kind, data, doc_id, place, max_bytes)
    except ReadError as error:
        error.doc_id, error.line = doc_id, number
        return error
    source.line = number
    source.metadata.update(about)
    return source
