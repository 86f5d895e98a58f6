"""One stream of documents from files, folders and standard input."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import BinaryIO, cast

from nianbao.reading.errors import ReadError
from nianbao.reading.files import STDIN, Dataset, InputFile, check_size, find, readable
from nianbao.reading.kinds import HTML, TEXT, read_document
from nianbao.reading.record import Record, refused
from nianbao.reading.sniff import HEAD_BYTES, kind_of_bytes, limit_of
from nianbao.reading.source import Source
from nianbao.reading.streams import failure, open_records

MAX_BYTES = 5_000_000
"""The default limit of one document's text: the longest reports have some hundred thousand bytes."""

_STDIN = "standard input"
_PAGE_STARTS = (b"<!doctype html", b"<html", b"<?xml", b"<head", b"<body", b"<table", b"<div", b"<meta", b"<!--")


def open_sources(
    paths: Iterable[str | Path | Dataset],
    *,
    max_bytes: int = MAX_BYTES,
    exclude: Collection[Path] = (),
    keep: Callable[[bytes | str], bool] | None = None,
) -> Iterator[Source | ReadError]:
    """The documents behind `paths`, in order: folders by the names in them, files by their own order.

    Args:
        paths: files, folders, Hugging Face data sets, or "-" for standard input.
        max_bytes: a longer document is refused.
        exclude: files to leave out of folders.
        keep: says of a page's bytes, where they are at hand before it is read, else of a document's text, whether it
            is wanted; of the others there is only a record. None: all are wanted.

    Yields:
        A Source for each document, a ReadError for each that cannot be read, is not wanted, or whose id was there
        before.
    """
    first: dict[str, str] = {}
    for item in chain.from_iterable(_read_entry(entry, max_bytes, keep) for entry in find(paths, exclude)):
        if isinstance(item, Source):
            if item.id in first:
                yield duplicate(item, first[item.id])
                continue
            first[item.id] = place_of(item)
        yield item


def place_of(source: Source) -> str:
    """Where a document stands, for messages: file and line, else its id."""
    place = source.path or source.id
    return place if source.line is None else f"{place}:{source.line}"


def duplicate(source: Source, first: str) -> ReadError:
    """The record of a document whose id another has already; `first`: where that stands."""
    record = ReadError(
        f'has the id "{source.id}", which {first} has already; only that one is read. '
        "Give the folder above both, or rename one",
        path=source.path,
        line=source.line,
        doc_id=source.id,
        kind="duplicate_id",
    )
    record.format, record.sha256 = source.kind, source.sha256
    return record


def read_all(paths: Iterable[str | Path | Dataset], *, max_bytes: int = MAX_BYTES) -> Iterator[Source]:
    """As `open_sources`, for callers who would rather stop.

    Raises:
        ReadError: at the first document that cannot be read.
    """
    for item in open_sources(paths, max_bytes=max_bytes):
        if isinstance(item, ReadError):
            raise item
        yield item


def _read_entry(
    entry: InputFile | ReadError, max_bytes: int, keep: Callable[[bytes | str], bool] | None
) -> Iterator[Source | ReadError]:
    if isinstance(entry, ReadError):
        yield entry
    elif entry.given and entry.split is None and str(entry.path) == STDIN:
        try:
            yield from _wanted(_read_stream(sys.stdin.buffer, max_bytes), keep, _STDIN)
        except Exception as error:
            yield failure(entry, error)
    else:
        yield from _wanted(open_records(entry, max_bytes), keep, readable(str(entry.path)))


def _wanted(
    records: Iterable[Record], keep: Callable[[bytes | str], bool] | None, place: str
) -> Iterator[Source | ReadError]:
    for record in records:
        if keep is not None and record.page is not None and not keep(record.page):
            yield refused(place, record.doc_id, record.line)
            continue
        item = record.read()
        if keep is None or record.page is not None or isinstance(item, ReadError) or keep(item.text):
            yield item
        else:
            yield refused(item.path, item.id, item.line)


def _read_stream(stream: BinaryIO, max_bytes: int) -> Iterator[Record]:
    """Standard input: lines of JSON, or a document of any kind, told by its content."""
    from nianbao.reading import records

    place = _STDIN
    head = stream.read(HEAD_BYTES)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"{") and not start.startswith(b"{\\rtf"):
        yield from records.from_lines(cast(BinaryIO, _Joined(head, stream)), place, max_bytes)
        return
    named = HTML if start.startswith(_PAGE_STARTS) else TEXT
    most = max_bytes * limit_of(head, named)
    data = head + stream.read(max(0, most + 1 - len(head)))
    check_size(data, place, most)
    kind = kind_of_bytes(data, named) or named
    read = partial(read_document, kind, data, "stdin", place, max_bytes)
    yield Record(read, page=data if kind is HTML else None)


class _Joined:
    """What was read ahead, then the stream that it came from, as lines."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def readline(self, limit: int) -> bytes:
        """The next line, at most `limit` bytes of it."""
        line = self._head.readline(limit)
        if line.endswith(b"\n"):
            return line
        return line + self._rest.readline(limit - len(line))
