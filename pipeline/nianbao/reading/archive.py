"""Files packed in .zip, as agencies hand out the attachments of a page: each a document, within bounds."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from nianbao.reading.companions import holds_documents, is_companion
from nianbao.reading.errors import DAMAGED_ZIP, ReadError
from nianbao.reading.files import open_regular, readable
from nianbao.reading.kinds import DOCUMENTS, DOCX, XLSX, read_document
from nianbao.reading.record import Record
from nianbao.reading.sniff import HEAD_BYTES, kind_of_bytes, limit_of
from nianbao.reading.source import Source

MOST_FILES = 5_000
DEEPEST = 2
# All together may unpack to so many times the limit of one text.
_UNPACKED_FACTOR = 400
# Of what is text or a page a packer leaves a tenth, of a blank sheet a hundredth.
_MOST_RATIO = 300
_RATIO_FROM = 1_000_000
_UTF8_NAME = 0x800
_LOCKED = 0x1
_HIDDEN = ("__MACOSX", ".")
_PACKED = ".zip"


class _Bounds:
    """What all archives within one may hold together."""

    def __init__(self, max_bytes: int) -> None:
        self.files = MOST_FILES
        self.bytes = _UNPACKED_FACTOR * max_bytes


def members(path: Path, doc_id: str, max_bytes: int) -> Iterator[Record]:
    """The documents of a .zip file, in the order of their names; archives in it are gone through too.

    A document's id is the archive's, a slash and its name without the ending. A limit that is reached costs one
    record, and what follows.

    Raises:
        ReadError: it is no .zip file, or a damaged one.
    """
    place = readable(str(path))
    with open_regular(path) as stream:
        yield from _members(stream, f"{doc_id}/", place, max_bytes, _Bounds(max_bytes), 0)


def _members(stream: BinaryIO, above: str, place: str, max_bytes: int, bounds: _Bounds, depth: int) -> Iterator[Record]:
    try:
        package = zipfile.ZipFile(stream)
    except DAMAGED_ZIP as error:
        raise ReadError(
            f"is no zip file, or a damaged one ({error}); fetch it again", path=place, kind="damaged"
        ) from error
    with package:
        names = set(package.namelist())
        if {"word/document.xml", "xl/workbook.xml"} & names:
            kind = DOCX if "word/document.xml" in names else XLSX
            stream.seek(0)
            data = stream.read(max_bytes * kind.factor + 1)
            yield Record(partial(read_document, kind, data, above.rstrip("/"), place, max_bytes))
            return
        # A folder ends with a slash; a damaged name may be empty.
        files = [(_name(e), e) for e in package.infolist() if e.filename and not e.filename.endswith("/")]
        seen = [(name, entry) for name, entry in files if not _is_hidden(name)]
        homes = {PurePosixPath(name).parent for name, _ in seen if holds_documents([name])}
        # Of one name there may be two.
        for name, entry in sorted(seen, key=itemgetter(0)):
            where = f"{place}/{name}"
            if is_companion(name, not homes.isdisjoint(PurePosixPath(name).parents)):
                continue
            bounds.files -= 1
            if bounds.files < 0:
                yield _refused(
                    f"holds more than {MOST_FILES:,} files; the others are not read", place, above.rstrip("/")
                )
                return
            doc_id = above + PurePosixPath(name).with_suffix("").as_posix()
            data_or_error = _unpacked(package, entry, where, doc_id, max_bytes, bounds)
            if isinstance(data_or_error, ReadError):
                yield Record(partial(_itself, data_or_error))
                if bounds.bytes < 0:
                    return
            elif PurePosixPath(name).suffix.lower() == _PACKED:
                yield from _inner(data_or_error, f"{doc_id}/", where, max_bytes, bounds, depth + 1)
            else:
                yield Record(partial(_read, name, data_or_error, doc_id, where, max_bytes))


def _inner(data: bytes, above: str, place: str, max_bytes: int, bounds: _Bounds, depth: int) -> Iterator[Record]:
    if depth > DEEPEST:
        yield _refused(f"is packed more than {DEEPEST} archives deep; unpack it", place, above.rstrip("/"))
        return
    try:
        yield from _members(BytesIO(data), above, place, max_bytes, bounds, depth)
    except ReadError as error:
        error.doc_id = above.rstrip("/")
        yield Record(partial(_itself, error))


def _unpacked(
    package: zipfile.ZipFile, entry: zipfile.ZipInfo, place: str, doc_id: str, max_bytes: int, bounds: _Bounds
) -> bytes | ReadError:
    """A file's bytes, never more than what a document of its kind may have."""
    if entry.flag_bits & _LOCKED:
        return ReadError("is locked with a password; unpack it", path=place, doc_id=doc_id, kind="locked")
    named = DOCUMENTS.get(PurePosixPath(place).suffix.lower())
    try:
        with package.open(entry) as stream:
            head = stream.read(HEAD_BYTES)
            most = max_bytes * limit_of(head, named)
            if entry.file_size > _RATIO_FROM and entry.file_size > _MOST_RATIO * max(entry.compress_size, 1):
                message = f"unpacks to more than {_MOST_RATIO} times its size; unpack it and give the file"
                return ReadError(message, path=place, doc_id=doc_id, kind="too_large")
            most = min(most, bounds.bytes)
            data = head + stream.read(max(most + 1 - len(head), 0))
    except DAMAGED_ZIP as error:
        message = f"is damaged in the archive ({error}); fetch it again"
        return ReadError(message, path=place, doc_id=doc_id, kind="damaged")
    bounds.bytes -= len(data)
    if bounds.bytes < 0:
        limit = _UNPACKED_FACTOR * max_bytes / 1_000_000
        message = f"makes the archive unpack to more than {limit:g} MB; it and the others are not read"
        return ReadError(message, path=place, doc_id=doc_id, kind="too_large")
    return data


def _read(name: str, data: bytes, doc_id: str, place: str, max_bytes: int) -> Source:
    suffix = PurePosixPath(name).suffix.lower()
    kind = kind_of_bytes(data, DOCUMENTS.get(suffix))
    if kind is None:
        message = f"in the archive is of a kind that is not read there ({suffix or 'no ending'}); unpack it"
        raise ReadError(message, path=place, doc_id=doc_id, kind="unknown_ending")
    return read_document(kind, data, doc_id, place, max_bytes)


def _name(entry: zipfile.ZipInfo) -> str:
    """A file's name: where the archive does not say that it is UTF-8, it is that all the same, or GB18030."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    try:
        return readable(entry.filename.encode("cp437").decode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return entry.filename


def _is_hidden(name: str) -> bool:
    return any(part.startswith(_HIDDEN) and part != ".." for part in PurePosixPath(name).parts)


def _refused(message: str, place: str, doc_id: str | None) -> Record:
    return Record(partial(_itself, ReadError(message, path=place, doc_id=doc_id, kind="too_large")))


def _itself(error: ReadError) -> ReadError:
    return error
