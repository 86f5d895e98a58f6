"""Many documents in one file: .jsonl and .parquet with the columns `id` and `text`, the others kept as metadata."""

from __future__ import annotations

import glob
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from nianbao.reading.errors import ReadError
from nianbao.reading.files import open_regular, over_limit, readable, too_large
from nianbao.reading.source import READING, Source

_COLUMNS = ("id", "text")
# A line of JSON may write each UTF-8 byte of its text in two (\u escapes), and has other columns beside the text.
_LINE_FACTOR = 3


def read_jsonl(path: Path, doc_id: str, max_bytes: int) -> Iterator[Source | ReadError]:
    """The documents of a .jsonl file, a broken line giving an error of its own."""
    with open_regular(path) as stream:
        yield from from_lines(stream, readable(str(path)), max_bytes)


def from_lines(stream: BinaryIO, place: str, max_bytes: int) -> Iterator[Source | ReadError]:
    """Documents from lines of JSON.

    The lines are read here and not by Hugging Face `datasets`: its JSON reader parses blocks, so that one broken line
    fails all lines around it, and no line number comes with the error.
    """
    number = 0
    limit = max_bytes * _LINE_FACTOR
    while line := stream.readline(limit + 1):
        number += 1
        if len(line) > limit:
            yield too_large(place, max_bytes, number)
            while line and not line.endswith(b"\n"):
                line = stream.readline(limit)
            continue
        # A mark stands at the head of files that Windows programs wrote.
        line = line.removeprefix(b"\xef\xbb\xbf").strip()
        if line:
            yield _from_line(line, place, number, max_bytes)
    if number == 0:
        yield ReadError("is empty; fetch it again or leave it out", path=place, kind="empty")


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
    missing = [name for name in _COLUMNS if row.get(name) is None]
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
    reading: dict[str, Any] = {"encoding": "utf-8", "line": number}
    repaired = _without_surrogates(text)
    if repaired != text:
        reading["warnings"] = ["halves of surrogate pairs stand in it alone; each was read as U+FFFD"]
    metadata = {name: value for name, value in row.items() if name not in _COLUMNS}
    return Source(_without_surrogates(doc_id), repaired, metadata={**metadata, READING: reading}, path=place)


def _without_surrogates(text: str) -> str:
    """Same length: JSON can name half a surrogate pair ("\\ud800"), which no output format can hold."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _bad(message: str, place: str, number: int, doc_id: str | None = None, kind: str = "bad_record") -> ReadError:
    return ReadError(message, path=place, line=number, doc_id=doc_id, kind=kind)


def read_parquet(path: Path, doc_id: str, max_bytes: int) -> Iterator[Source | ReadError]:
    """The documents of a .parquet file, streamed through Hugging Face `datasets`.

    Raises:
        ReadError: `datasets` is not installed, the file is no Parquet or lacks a column.
    """
    place = readable(str(path))
    with open_regular(path):
        pass
    try:
        import datasets
    except ImportError as error:
        raise ReadError(
            "needs Hugging Face datasets; install nianbao[datasets]", path=place, kind="missing_part"
        ) from error
    # A folder of its own: the default cache lies in the user's home, which need not be writable.
    with tempfile.TemporaryDirectory(prefix="nianbao-") as cache:
        verbosity = datasets.logging.get_verbosity()
        datasets.logging.set_verbosity(datasets.logging.CRITICAL)
        try:
            # The name is taken as a pattern: brackets in it must not be.
            rows = datasets.IterableDataset.from_parquet(glob.escape(str(path.absolute())), cache_dir=cache)
            names = list(rows.column_names or ())
            missing = [name for name in _COLUMNS if name not in names]
            if missing:
                what = " and ".join(f'"{name}"' for name in missing)
                raise ReadError(
                    f"has no column {what} (its columns: {', '.join(names[:20])}); rename the columns",
                    path=place,
                    kind="bad_record",
                )
            for number, row in enumerate(rows, start=1):
                yield from_row(row, place, number, max_bytes)
        except (OSError, ValueError) as error:
            # pyarrow's errors are ValueErrors or OSErrors.
            raise ReadError(f"is no readable Parquet file: {error}", path=place, kind="unreadable") from error
        finally:
            datasets.logging.set_verbosity(verbosity)
