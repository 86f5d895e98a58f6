"""The documents of a crawl that pass the gate, and where they are kept."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from nianbao.gate.gate import Gate
from nianbao.reading.errors import ReadError
from nianbao.reading.files import Dataset, InputFile, find, read_bytes
from nianbao.reading.html import PAGE_FACTOR
from nianbao.reading.record import Record
from nianbao.reading.streams import ending, open_records
from nianbao.writing.atomic import OutputError, Pending, WriteError, check_target, reporting

if TYPE_CHECKING:
    from collections.abc import Callable

    from nianbao.reading.source import Source

ENDINGS = (".jsonl", ".jsonl.gz", ".txt", ".warc.gz")
_BARE = (".html", ".htm", ".txt", ".md")


@dataclass(slots=True)
class Passed:
    """What went through: documents seen and kept, their bytes where known, and the records of those not read."""

    seen: int = 0
    kept: int = 0
    megabytes: float = 0.0
    unread: list[ReadError] = field(default_factory=list)


def passing(
    paths: Iterable[str | Path | Dataset], gate: Gate, max_bytes: int, count: Passed, exclude: Iterable[Path] = ()
) -> Iterator[tuple[Source, float, bytes | None]]:
    """The documents that pass: as read, their score, and their raw bytes where these were at hand.

    A page is judged by its bytes before it is parsed; documents of other kinds (.docx, .pdf, rows of a data set) by
    their text. What cannot be read is added to `count.unread`.
    """
    for entry in find(paths, tuple(exclude)):
        if isinstance(entry, ReadError):
            count.unread.append(entry)
            continue
        for record in open_records(entry, max_bytes):
            count.seen += 1
            data = _bytes(entry, record, max_bytes)
            score = None
            if data is not None:
                count.megabytes += len(data) / 1e6
                passes, score = gate.is_report(data)
                if not passes:
                    continue
            source = record.read()
            if isinstance(source, ReadError):
                count.unread.append(source)
                continue
            if score is None:
                passes, score = gate.is_report(source.text)
                if not passes:
                    continue
            count.kept += 1
            yield source, score, record.file if data is None else data


def _bytes(entry: InputFile, record: Record, max_bytes: int) -> bytes | None:
    if record.page is not None or ending(entry.path) not in _BARE:
        return record.page
    try:
        return read_bytes(entry.path, max_bytes * PAGE_FACTOR)
    # Reading it for good says what is wrong with it.
    except ReadError:
        return None


def check_kept(target: Path) -> None:
    """Refuses what `keep` cannot write.

    Raises:
        OutputError: unknown ending, missing folder, or a folder at its place.
    """
    check_target(target)
    if not target.name.lower().endswith(ENDINGS):
        raise OutputError(f"{target} has an ending that cannot be written; use one of {' '.join(ENDINGS)}")


def keep(
    paths: Iterable[str | Path | Dataset],
    target: Path,
    *,
    gate: Gate,
    max_bytes: int,
    progress: Callable[[Passed], None] | None = None,
) -> Passed:
    """Writes the documents that pass to `target`, whole or not at all.

    Args:
        target: .jsonl and .jsonl.gz hold id, text and score a line; .txt the ids; .warc.gz the pages as they are,
            with the tables that a text loses, of web archives and of HTML files.

    Raises:
        OutputError: it cannot be written where it was asked for.
        WriteError: writing failed midway; nothing is left.
    """
    check_kept(target)
    count = Passed()
    pending = Pending(target)
    try:
        with reporting(target), _writer(target, pending.path) as write:
            for found in passing(paths, gate, max_bytes, count, exclude=(target,)):
                write(*found)
                if progress is not None:
                    progress(count)
        pending.commit()
    finally:
        pending.discard()
    return count


@contextmanager
def _writer(target: Path, path: Path) -> Iterator[Callable[[Source, float, bytes | None], None]]:
    name = target.name.lower()
    if name.endswith(".warc.gz"):
        with path.open("wb") as stream:
            yield _archive(stream, target)
        return
    # Without a time in the head, so that the same documents give the same file.
    with (
        path.open("wb") as stream,
        gzip.GzipFile("", "wb", fileobj=stream, mtime=0) if name.endswith(".gz") else stream as out,
    ):

        def write(source: Source, score: float, data: bytes | None) -> None:
            if name.endswith(".txt"):
                line = source.id
            else:
                line = json.dumps({"id": source.id, "text": source.text, "score": round(score, 4)}, ensure_ascii=False)
            out.write(line.encode("utf-8", "replace") + b"\n")

        yield write


def _archive(stream: Any, target: Path) -> Callable[[Source, float, bytes | None], None]:
    from io import BytesIO

    try:
        from warcio.statusandheaders import StatusAndHeaders
        from warcio.warcwriter import WARCWriter
    except ImportError as error:
        raise OutputError(f"{target} needs warcio: pip install 'nianbao[warc]'") from error
    writer = WARCWriter(stream, gzip=True)

    def write(source: Source, score: float, data: bytes | None) -> None:
        if data is None:
            what = f"{source.id} is no page of a crawl, and {target} holds such only; name a .jsonl file instead"
            raise WriteError(what)
        address, date = _origin(source)
        # Its own id, so that the same pages give the same file.
        key = f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{address} {date}')}>"
        headers = StatusAndHeaders("200 OK", [("Content-Type", _media(source))], protocol="HTTP/1.1")
        extra = {"WARC-Date": date, "WARC-Record-ID": key}
        record = writer.create_warc_record(
            address, "response", payload=BytesIO(data), http_headers=headers, warc_headers_dict=extra
        )
        writer.write_record(record)

    return write


def _media(source: Source) -> str:
    """What a server would call it; what is read tells other kinds by their content."""
    return {"html": "text/html", "pdf": "application/pdf"}.get(source.kind or "html", "application/octet-stream")


def _origin(source: Source) -> tuple[str, str]:
    """A page's address and the time it was fetched; for a file, an address that can be no site's and its own time."""
    about = source.metadata
    if about.get("url") and about.get("date"):
        return about["url"], about["date"]
    changed = Path(source.path).stat().st_mtime if source.path and Path(source.path).is_file() else 0.0
    return f"http://file.invalid/{quote(source.id)}", f"{datetime.fromtimestamp(int(changed), UTC):%Y-%m-%dT%H:%M:%SZ}"
