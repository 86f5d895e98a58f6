"""One stream of documents from files, folders and standard input."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import BinaryIO, cast

from nianbao.reading.config import load_config
from nianbao.reading.errors import ReadError
from nianbao.reading.files import STDIN, Entry, check_text, find, readable, unreadable
from nianbao.reading.source import Source

MAX_BYTES = 5_000_000
"""The default limit of one document's text: the longest reports have some hundred thousand bytes."""

_HEAD_BYTES = 4096
_PAGE_STARTS = (b"<!doctype html", b"<html", b"<?xml", b"<head", b"<body", b"<table", b"<div", b"<meta", b"<!--")

Reader = Callable[[Path, str, int], Iterator[Source | ReadError]]
"""A reader of one kind of file: (path, id of a file that is one document, limit in bytes) to its documents.

It may raise a ReadError where the whole file is lost, and yield one for each document that is.
"""

# By ending; named, not imported, so that a run pays only for the kinds it meets. A new kind is one file and one line.
READERS: dict[str, str] = {
    ".txt": "nianbao.reading.plain:read",
    ".md": "nianbao.reading.plain:read",
    ".html": "nianbao.reading.html:read",
    ".htm": "nianbao.reading.html:read",
    ".docx": "nianbao.reading.docx:read",
    ".pdf": "nianbao.reading.pdf:read",
    ".jsonl": "nianbao.reading.records:read_jsonl",
    ".parquet": "nianbao.reading.records:read_parquet",
}


def open_sources(
    paths: Iterable[str | Path], *, max_bytes: int = MAX_BYTES, exclude: Collection[Path] = ()
) -> Iterator[Source | ReadError]:
    """The documents behind `paths`, in order: folders by the names in them, files by their own order.

    Args:
        paths: files, folders, or "-" for standard input.
        max_bytes: a longer document is refused.
        exclude: files to leave out of folders.

    Yields:
        A Source for each document, a ReadError for each that cannot be read or whose id was there before.
    """
    first: dict[str, str] = {}
    for item in chain.from_iterable(_read_entry(entry, max_bytes) for entry in find(paths, exclude)):
        if isinstance(item, Source):
            place = item.path or item.id if item.line is None else f"{item.path}:{item.line}"
            if item.id in first:
                yield ReadError(
                    f'has the id "{item.id}", which {first[item.id]} has already; only that one is read. '
                    "Give the folder above both, or rename one",
                    path=item.path,
                    line=item.line,
                    doc_id=item.id,
                    kind="duplicate_id",
                )
                continue
            first[item.id] = place
        yield item


def read_all(paths: Iterable[str | Path], *, max_bytes: int = MAX_BYTES) -> Iterator[Source]:
    """As `open_sources`, for callers who would rather stop.

    Raises:
        ReadError: at the first document that cannot be read.
    """
    for item in open_sources(paths, max_bytes=max_bytes):
        if isinstance(item, ReadError):
            raise item
        yield item


def _read_entry(entry: Entry | ReadError, max_bytes: int) -> Iterator[Source | ReadError]:
    if isinstance(entry, ReadError):
        yield entry
        return
    try:
        if entry.given and str(entry.path) == STDIN:
            yield from _read_stream(sys.stdin.buffer, max_bytes)
            return
        reader = reader_for(entry)
        if reader is not None:
            yield from reader(entry.path, entry.doc_id, max_bytes)
    except ReadError as error:
        if error.doc_id is None:
            error.doc_id = entry.doc_id
        yield error
    except OSError as error:
        yield unreadable(entry.path, error)
    # A reader's own fault must not cost the other documents.
    except Exception as error:
        failure = ReadError(
            f"could not be read ({type(error).__name__}: {error}); this is a fault of nianbao, please report it",
            path=readable(str(entry.path)),
            doc_id=entry.doc_id,
            kind="reader",
        )
        failure.__cause__ = error
        yield failure


def reader_for(entry: Entry) -> Reader | None:
    """The reader of a file by its ending; None for what lies beside documents in folders, such as pictures.

    Raises:
        ReadError: no reader has this ending.
    """
    ending = entry.path.suffix.lower()
    if ending in READERS:
        module, _, name = READERS[ending].partition(":")
        return cast(Reader, getattr(import_module(module), name))
    settings = load_config("reading.yaml")
    if not entry.given and ending in settings["companions"]:
        return None
    what = f'has the ending "{readable(ending)}", which is not read' if ending else "has no ending"
    advice = settings["advice"].get(ending, "rename or convert it")
    raise ReadError(
        f"{what}; {advice}. Kinds that are read: {' '.join(READERS)}",
        path=readable(str(entry.path)),
        kind="unknown_ending",
    )


def _read_stream(stream: BinaryIO, max_bytes: int) -> Iterator[Source | ReadError]:
    """Standard input: lines of JSON, an HTML page or a text, told apart by how it begins."""
    from nianbao.reading import html, plain, records

    place = "standard input"
    head = stream.read(_HEAD_BYTES)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"{") and not start.startswith(b"{\\rtf"):
        yield from records.from_lines(cast(BinaryIO, _Joined(head, stream)), place, max_bytes)
        return
    page = start.startswith(_PAGE_STARTS)
    most = max_bytes * html.PAGE_FACTOR if page else max_bytes
    data = head + stream.read(max(0, most + 1 - len(head)))
    check_text(data, place, most)
    yield html.from_bytes(data, "stdin", place, max_bytes) if page else plain.from_bytes(data, "stdin", place)


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
