"""What stands behind a file: one document, or a stream of them that is passed over cheaply and read one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from nianbao.reading.config import load_config
from nianbao.reading.errors import ReadError
from nianbao.reading.files import InputFile, digest_of, read_file, read_head, readable, unreadable
from nianbao.reading.kinds import COLLECTIONS, DOCUMENTS, Kind, read_document, sha256_of
from nianbao.reading.record import Record
from nianbao.reading.sniff import HEAD_BYTES, kind_of_bytes, limit_of
from nianbao.reading.source import Source


def ending(path: Path) -> str:
    """The ending that tells the kind of file: `.gz` and `.zst` together with the one before, where that is read."""
    last = path.suffix.lower()
    both = Path(path.stem).suffix.lower() + last
    return both if both in COLLECTIONS else last


def kind_of(path: Path) -> str | None:
    """The kind of a file by its ending; None where that is not read."""
    kind = ending(path)
    return DOCUMENTS[kind].name if kind in DOCUMENTS else kind.split(".")[1] if kind in COLLECTIONS else None


def is_collection(entry: InputFile) -> bool:
    """Whether the entry may hold more than one document."""
    return entry.split is not None or ending(entry.path) in COLLECTIONS


def open_records(entry: InputFile, max_bytes: int) -> Iterator[Record]:
    """The documents of a file or data set, in its order.

    Whatever goes wrong with the file as a whole ends the stream with a record that tells it; reading a record never
    raises an error.
    """
    try:
        if is_collection(entry):
            called = "dataset" if entry.split is not None else ending(entry.path).split(".")[1]
            for record in _collection(entry, max_bytes):
                yield replace(record, read=partial(_guarded, entry, partial(_identified, called, record.read)))
        else:
            named = DOCUMENTS.get(ending(entry.path))
            yield Record(partial(_guarded, entry, partial(_whole, named, entry, max_bytes)))
    # MemoryError is one: the record tells it, and a batch run counts it as the document's.
    except Exception as error:
        yield Record(partial(failure, entry, error))


def _collection(entry: InputFile, max_bytes: int) -> Iterator[Record]:
    if entry.split is not None:
        from nianbao.reading.hub import rows

        return rows(entry, max_bytes)
    if ending(entry.path) == ".zip":
        from nianbao.reading.archive import members

        return members(entry.path, entry.doc_id, max_bytes)
    records: Iterator[Record] = _function(COLLECTIONS[ending(entry.path)])(entry.path, max_bytes)
    return records


def _whole(kind: Kind | None, entry: InputFile, max_bytes: int) -> Source:
    place = readable(str(entry.path))
    try:
        head = read_head(entry.path, HEAD_BYTES)
        data = read_file(entry.path, max_bytes * limit_of(head, kind))
    except ReadError as error:
        error.format, error.sha256 = kind.name if kind else None, digest_of(entry.path)
        raise
    found = kind_of_bytes(data, kind)
    if found is None:
        raise _unknown(entry.path, ending(entry.path), sha256_of(data))
    return read_document(found, data, entry.doc_id, place, max_bytes)


def _identified(kind: str, read: Callable[[], Source | ReadError]) -> Source | ReadError:
    """A record of a collection: where its reader says nothing else, it is of the collection's kind."""
    item = read()
    if isinstance(item, ReadError):
        item.format = item.format or kind
    else:
        item.kind = item.kind or kind
        item.sha256 = item.sha256 or sha256_of(item.text)
    return item


def _guarded(entry: InputFile, read: Callable[[], Source | ReadError]) -> Source | ReadError:
    try:
        return read()
    except Exception as error:
        return failure(entry, error)


def failure(entry: InputFile, error: Exception) -> ReadError:
    """The record of what a reader raised."""
    if isinstance(error, ReadError):
        error.doc_id = entry.doc_id if error.doc_id is None else error.doc_id
        error.format = error.format or ("dataset" if entry.split is not None else kind_of(entry.path))
        return error
    if isinstance(error, OSError):
        return unreadable(entry.path, error)
    fault = ReadError(
        f"could not be read ({type(error).__name__}: {error}); this is a fault of nianbao, please report it",
        path=readable(str(entry.path)),
        doc_id=entry.doc_id,
        kind="reader",
    )
    fault.__cause__ = error
    return fault


def _unknown(path: Path, kind: str, digest: str) -> ReadError:
    what = f'has the ending "{readable(kind)}", which is not read' if kind else "has no ending"
    advice = load_config("reading.yaml")["advice"].get(kind, "rename or convert it")
    error = ReadError(
        f"{what}; {advice}. Kinds that are read: {' '.join((*DOCUMENTS, *COLLECTIONS))}",
        path=readable(str(path)),
        kind="unknown_ending",
    )
    error.sha256 = digest
    return error


def _function(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)
