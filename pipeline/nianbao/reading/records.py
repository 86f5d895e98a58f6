"""Many documents in one file: .jsonl and .parquet with the columns `id` and `text`, the others kept as metadata."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from nianbao.reading.compressed import open_unpacked
from nianbao.reading.errors import ReadError
from nianbao.reading.files import open_regular, over_limit, readable, too_large
from nianbao.reading.record import Record
from nianbao.reading.source import Source

COLUMNS = ("id", "text")
# A line of JSON may write each UTF-8 byte of its text in two (\u escapes), and has other columns beside the text.
_LINE_FACTOR = 3
# A line of so many bytes does not end: a small file can unpack to terabytes.
_ENDLESS = 4_000_000_000
# Rows that are held at a time; each may be as large as the limit.
_BATCH = 32


def jsonl(path: Path, max_bytes: int) -> Iterator[Record]:
    """The documents of a .jsonl, .jsonl.gz or .jsonl.zst file, a broken line giving an error of its own.

    Raises:
        ReadError: it cannot be unpacked.
    """
    with open_unpacked(path) as (stream, packed):
        yield from from_lines(stream, readable(str(path)), max_bytes, packed.tell)


def from_lines(stream: BinaryIO, place: str, max_bytes: int, seen: Callable[[], int] = lambda: 0) -> Iterator[Record]:
    """Documents from lines of JSON; `seen` tells how far the file has been read.

    The lines are read here and not by Hugging Face `datasets`: its JSON reader parses blocks, so that one broken line
    fails all lines around it, and no line number comes with the error.

    Raises:
        ReadError: there is no line in it, or one without end.
    """
    number = 0
    limit = max_bytes * _LINE_FACTOR
    while line := stream.readline(limit + 1):
        number += 1
        if len(line) > limit:
            yield Record(partial(too_large, place, max_bytes, number), seen())
            _pass_over(stream, line, limit, place, number)
            continue
        # A mark stands at the head of files that Windows programs wrote.
        line = line.removeprefix(b"\xef\xbb\xbf").strip()
        if line:
            yield Record(partial(_from_line, line, place, number, max_bytes), seen())
    if number == 0:
        raise ReadError("is empty; fetch it again or leave it out", path=place, kind="empty")


def _pass_over(stream: BinaryIO, line: bytes, limit: int, place: str, number: int) -> None:
    """Goes to the end of a line that is too large."""
    passed = 0
    while line and not line.endswith(b"\n"):
        line = stream.readline(limit)
        passed += len(line)
        if passed > _ENDLESS:
            raise _bad("does not end; the rest of the file is not read", place, number, kind="too_large")


def _from_line(line: bytes, place: str, number: int, max_bytes: int) -> Source | ReadError:
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return _bad("is not UTF-8; .jsonl is always UTF-8, convert the file", place, number, kind="encoding")
    except RecursionError:
        return _bad("nests too deeply to be read as JSON", place, number)
    except ValueError as error:
        return _bad(f"is no JSON ({error}); each line must hold one object", place, number)
    if not isinstance(row, dict):
        return _bad('is no JSON object; each line must be {"id": ..., "text": ...}', place, number)
    return from_row(row, place, number, max_bytes)


def from_row(row: Mapping[str, Any], place: str, number: int, max_bytes: int) -> Source | ReadError:
    """A document from one row: a line of .jsonl, a row of .parquet or of a Hugging Face dataset."""
    missing = [name for name in COLUMNS if row.get(name) is None]
    if missing:
        has = ", ".join(str(name)[:40] for name in list(row)[:10]) or "none"
        what = " and ".join(f'"{name}"' for name in missing)
        return _bad(f"has no {what} (its columns: {has}); every document needs an id and a text", place, number)
    key, text = row["id"], row["text"]
    if isinstance(key, bool) or not isinstance(key, (str, int)) or key == "":
        return _bad(f'has an "id" of the kind {type(key).__name__}; a string or whole number is needed', place, number)
    doc_id = str(key)
    if not isinstance(text, str):
        return _bad(f'has a "text" of the kind {type(text).__name__}; a string is needed', place, number, doc_id)
    if not text.strip():
        return _bad("has an empty text; leave it out", place, number, doc_id, kind="empty")
    if over_limit(text, max_bytes):
        return too_large(place, max_bytes, number)
    return _whole(doc_id, text, row, place, number)


def _whole(doc_id: str, text: str, row: Mapping[str, Any], place: str, number: int) -> Source:
    repaired = _without_surrogates(text)
    metadata = {name: value for name, value in row.items() if name not in COLUMNS}
    source = Source(_without_surrogates(doc_id), repaired, metadata=metadata, path=place, line=number)
    if repaired != text:
        source.warn("damaged_bytes", "halves of surrogate pairs stand in it alone; each was read as U+FFFD")
    return source


def _without_surrogates(text: str) -> str:
    """Same length: JSON can name half a surrogate pair ("\\ud800"), which no output format can hold."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _bad(message: str, place: str, number: int, doc_id: str | None = None, kind: str = "bad_record") -> ReadError:
    return ReadError(message, path=place, line=number, doc_id=doc_id, kind=kind)


def lacks_columns(names: Collection[str], place: str) -> ReadError:
    """The record of a table in which `id` or `text` is missing."""
    what = " and ".join(f'"{name}"' for name in COLUMNS if name not in names)
    return ReadError(
        f"has no column {what} (its columns: {', '.join(list(names)[:20])}); rename the columns",
        path=place,
        kind="bad_record",
    )


def parquet(path: Path, max_bytes: int) -> Iterator[Record]:
    """The documents of a .parquet file, one row group after another.

    Raises:
        ReadError: the file is no Parquet or lacks a column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = readable(str(path))
    number, size = 0, path.stat().st_size
    with open_regular(path) as stream:
        try:
            file = pq.ParquetFile(stream, pre_buffer=False)
            if not set(COLUMNS) <= set(file.schema_arrow.names):
                raise lacks_columns(file.schema_arrow.names, place)
            for batch in file.iter_batches(_BATCH, use_threads=False):
                for index in range(batch.num_rows):
                    number += 1
                    seen = size * number // file.metadata.num_rows
                    yield Record(partial(_from_batch, batch, index, place, number, max_bytes), seen)
        except (OSError, pa.ArrowException) as error:
            raise ReadError(f"is no readable Parquet file: {error}", path=place, kind="unreadable") from error


def _from_batch(batch: Any, index: int, place: str, number: int, max_bytes: int) -> Source | ReadError:
    try:
        (row,) = batch.slice(index, 1).to_pylist()
    # Texts of damaged bytes, times that no calendar has.
    except (ValueError, OverflowError) as error:
        return _bad(f"is damaged: {error}", place, number)
    return from_row(row, place, number, max_bytes)
