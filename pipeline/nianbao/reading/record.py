"""A document that was found but not read yet: what collections hand out, so that they can be passed over cheaply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nianbao.reading.errors import ReadError
from nianbao.reading.source import Source


@dataclass(slots=True, frozen=True)
class Record:
    """A document that was found but not read yet.

    `read` reads it. `seen`: bytes of its file up to its end, 0 where unknown. `page`, `doc_id` and `line`: its raw
    bytes, its id and its number in the file, where they are at hand before it is read; `file`: the raw bytes of what
    is no page.
    """

    read: Callable[[], Source | ReadError]
    seen: int = 0
    page: bytes | None = None
    doc_id: str | None = None
    line: int | None = None
    file: bytes | None = None


def refused(path: str | None, doc_id: str | None, line: int | None) -> ReadError:
    """The record of a document that a filter left out."""
    return ReadError(
        "the filter takes it for no such report, and left it unread",
        path=path,
        doc_id=doc_id,
        line=line,
        kind="filtered",
        level="refused",
    )
