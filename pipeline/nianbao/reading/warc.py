"""Crawls in the web archive format (ISO 28500): the pages that sites answered with."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from nianbao.reading import html
from nianbao.reading.errors import ReadError
from nianbao.reading.files import check_text, open_regular, readable
from nianbao.reading.record import Record
from nianbao.reading.source import Source

_PAGES = ("text/html", "application/xhtml+xml")
_ANSWERED = "200"


def responses(path: Path, max_bytes: int) -> Iterator[Record]:
    """The HTML pages of a .warc or .warc.gz file, each from one record of the type response with status 200.

    A page's id is its address and the time when it was fetched ("http://…@2019-01-31T08:00:00Z"): a crawl may hold
    one address more than once. Other records and other kinds of content are passed over.

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
                if _is_page(record):
                    # Pictures and scripts stand between the text: PAGE_FACTOR. One byte more tells what is too large.
                    data = record.content_stream().read(max_bytes * html.PAGE_FACTOR + 1)
                    if not record.raw_stream.read(1) and record.raw_stream.limit > 0:
                        raise EOFError("its last page ends before its stated length")
                    names = ("WARC-Target-URI", "WARC-Date", "WARC-Record-ID")
                    address, date, key = (record.rec_headers.get_header(name) or "" for name in names)
                    about = {"url": address, "date": date, "record": key}
                    doc_id = f"{address}@{date}"
                    read = partial(_page, data, doc_id, about, place, number, max_bytes)
                    yield Record(read, stream.tell(), data, doc_id, number)
        # EOFError and zlib's: a file cut short.
        except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
            raise ReadError(
                f"is no web archive, broken or cut short ({error}); what came before is read; fetch it again",
                path=place,
                kind="unreadable",
            ) from error
    if number == 0:
        raise ReadError("is empty; fetch it again or leave it out", path=place, kind="empty")


def _is_page(record: Any) -> bool:
    if record.rec_type != "response" or record.http_headers is None:
        return False
    kind = (record.http_headers.get_header("Content-Type") or "").partition(";")[0].strip().lower()
    return kind in _PAGES and record.http_headers.get_statuscode() == _ANSWERED


def _page(
    data: bytes, doc_id: str, about: dict[str, str], place: str, number: int, max_bytes: int
) -> Source | ReadError:
    try:
        check_text(data, place, max_bytes * html.PAGE_FACTOR)
        source = html.from_bytes(data, doc_id, place, max_bytes)
    except ReadError as error:
        error.doc_id, error.line = doc_id, number
        return error
    source.line = number
    source.metadata.update(about)
    return source
