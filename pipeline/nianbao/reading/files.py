"""From the paths that a user gives to the files that are read, with their ids."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nianbao.reading.companions import holds_documents, is_companion
from nianbao.reading.errors import ReadError

STDIN = "-"
_HASHED = 1_000_000_000
_MAGIC = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip file (.docx and .xlsx are such)"),
    (b"Rar!", "a rar file"),
    (b"7z\xbc\xaf", "a 7z file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file (.doc, .xls, .wps)"),
    (b"{\\rtf", "an RTF file"),
    (b"PAR1", "a Parquet file"),
)


@dataclass(slots=True, frozen=True)
class InputFile:
    """A file to read: `doc_id` for a file that is one document, `given`: named by the user itself.

    With `split` it is that part of a Hugging Face data set, `path` its repository or folder, and `shard` (number,
    count) one of the files in which that lies.
    """

    path: Path
    doc_id: str
    given: bool
    split: str | None = None
    shard: tuple[int, int] | None = None


@dataclass(slots=True, frozen=True)
class Dataset:
    """One split of a Hugging Face data set; `name`: a repository's id ("owner/name") or a local folder."""

    name: str
    split: str = "train"

    def __str__(self) -> str:
        return f"{self.name}[{self.split}]"


def find(paths: Iterable[str | Path | Dataset], exclude: Collection[Path] = ()) -> Iterator[InputFile | ReadError]:
    """The files behind `paths`, folders walked in the order of their names.

    Hidden files are passed over, and so is what is named in `exclude` (the run's own output), and in folders what lies
    beside documents (see `nianbao.reading.companions`). Links to folders are followed, each real folder once, so that
    a loop of links ends.
    """
    barred = {p.resolve() for p in exclude}
    for given in paths:
        if isinstance(given, Dataset):
            yield InputFile(Path(given.name), given.name, given=True, split=given.split)
            continue
        path = Path(given)
        if str(given) != STDIN and path.is_dir():
            yield from _walk(path, barred)
        else:
            yield InputFile(path, readable(path.stem), given=True)


def _walk(top: Path, barred: Collection[Path]) -> Iterator[InputFile | ReadError]:
    seen: set[tuple[int, int]] = set()
    waiting = [(top, False)]
    while waiting:
        path, beside = waiting.pop()
        try:
            if not path.is_dir():
                if not is_companion(path.name, beside) and path.resolve() not in barred:
                    yield InputFile(path, _relative_id(path, top), given=False)
                continue
            status = path.stat()
            if (status.st_dev, status.st_ino) in seen or path.resolve() in barred:
                continue
            seen.add((status.st_dev, status.st_ino))
            names = sorted((n for n in os.listdir(path) if not n.startswith(".")), reverse=True)
        # RuntimeError: resolve() on a link that leads to itself (Python 3.11 and 3.12).
        except (OSError, RuntimeError) as error:
            yield unreadable(path, error)
            continue
        beside = beside or holds_documents(names)
        waiting.extend((path / name, beside) for name in names)


def _relative_id(path: Path, top: Path) -> str:
    return readable(path.relative_to(top).with_suffix("").as_posix())


def readable(name: str) -> str:
    """A file's name as text: names that are not UTF-8 (archives made on Chinese Windows) are read as GB18030."""
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")


def unreadable(path: Path, error: OSError | RuntimeError) -> ReadError:
    """The record of a file or folder that the system does not let us read."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return ReadError(
        f"cannot be read: {reason}; check that it exists and that you may read it",
        path=readable(str(path)),
        kind="unreadable",
    )


def read_file(path: Path, max_bytes: int) -> bytes:
    """The bytes of a file.

    Raises:
        ReadError: it is no regular file, empty, too large, or cannot be read.
    """
    try:
        with open_regular(path) as stream:
            data = stream.read(max_bytes + 1)
    except OSError as error:
        raise unreadable(path, error) from error
    check_size(data, readable(str(path)), max_bytes)
    return data


def read_head(path: Path, count: int) -> bytes:
    """The first bytes of a file.

    Raises:
        ReadError: it is no regular file, or cannot be read.
    """
    try:
        with open_regular(path) as stream:
            return stream.read(count)
    except OSError as error:
        raise unreadable(path, error) from error


def digest_of(path: Path) -> str | None:
    """SHA-256 of a file's bytes; None for one that cannot be read, or that is so large that it would take long."""
    try:
        with open_regular(path) as stream:
            if os.fstat(stream.fileno()).st_size > _HASHED:
                return None
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ReadError):
        return None


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """The bytes of a text file.

    Raises:
        ReadError: as above, or it is no text.
    """
    data = read_file(path, max_bytes)
    check_text(data, readable(str(path)), max_bytes)
    return data


def open_regular(path: Path) -> io.BufferedReader:
    """The file, opened to read bytes.

    Raises:
        ReadError: it is a pipe or a device, which could keep the run waiting for ever.
        OSError: it cannot be opened.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise ReadError(
            "is no regular file; give a pipe's content through standard input: nianbao extract -",
            path=readable(str(path)),
            kind="unreadable",
        )
    return path.open("rb")


def check_size(data: bytes, place: str, max_bytes: int) -> None:
    """Refuses nothing, and too much.

    Raises:
        ReadError: there is nothing in it but blanks, or more than `max_bytes`.
    """
    if not data.strip():
        raise ReadError("is empty; fetch it again or leave it out", path=place, kind="empty")
    if len(data) > max_bytes:
        raise too_large(place, max_bytes)


def check_text(data: bytes, place: str, max_bytes: int) -> None:
    """Refuses what cannot be a document's text.

    Raises:
        ReadError: nothing in it, more than `max_bytes`, or bytes that no text has.
    """
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise ReadError(
                f"is not text: it begins like {what}; give it its own ending or convert it to text",
                path=place,
                kind="binary",
            )
    check_size(data, place, max_bytes)
    # UTF-16 and UTF-32 are full of zero bytes; they are told by their marks.
    zero = -1 if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")) else data.find(b"\0")
    if zero >= 0:
        raise ReadError(
            f"is not text: byte {zero} is zero; if it is UTF-16, save it with a byte order mark or as UTF-8",
            path=place,
            kind="binary",
        )


def over_limit(text: str, max_bytes: int) -> bool:
    """Whether the text has more than `max_bytes` as UTF-8."""
    # A code point takes up to 4 bytes: only texts near the limit are worth the encoding.
    return len(text) * 4 > max_bytes and len(text.encode("utf-8", "surrogatepass")) > max_bytes


def too_large(place: str, max_bytes: int, line: int | None = None) -> ReadError:
    """The record of a document over the limit."""
    return ReadError(
        f"is larger than the limit of {max_bytes / 1_000_000:g} MB a document; "
        "split it, or raise the limit with --max-size",
        path=place,
        line=line,
        kind="too_large",
    )
