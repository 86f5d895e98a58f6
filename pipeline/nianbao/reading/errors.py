"""What is said about a document that could not be read, or not in full."""

from __future__ import annotations

import zipfile
import zlib
from typing import Any, Literal

Level = Literal["error", "warning", "refused"]

DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
"""What opening and reading a damaged zip file, or one in an unknown packing or with a password, may raise."""


class ReadError(Exception):
    """One record about one document: what was wrong, where, and what to do.

    Readers raise it; `open_sources` and the batch hand it on as a value, so that the run goes on.

    Args:
        message: what was wrong and what to do, without the place.
        path: the file, as it was named.
        doc_id: the document's id, None where none is known.
        line: for .jsonl the line, for .parquet the row, counted from 1.
        kind: one word to sort by: empty, binary, encoding, too_large, unreadable, unknown_ending,
            duplicate_id, bad_record, html, missing_part, extraction; in runs over several processes also
            time_limit, memory_limit, crash; of a warning its name (see `ReadWarning`).
        level: "error": the document is lost; "warning": it was read, but not in full; "refused": a filter left it out.

    Attributes:
        format, sha256: the kind of file ("html") and the digest of its bytes, where they are known.
    """

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        doc_id: str | None = None,
        line: int | None = None,
        kind: str = "unreadable",
        level: Level = "error",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.doc_id = doc_id
        self.line = line
        self.kind = kind
        self.level: Level = level
        self.format: str | None = None
        self.sha256: str | None = None

    @property
    def place(self) -> str:
        """The file and line, else the id."""
        if self.path is None:
            return self.doc_id or "(unknown document)"
        return self.path if self.line is None else f"{self.path}:{self.line}"

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"

    def to_dict(self) -> dict[str, Any]:
        """The record as plain data: a line of the error file."""
        return {
            "level": self.level,
            "kind": self.kind,
            "doc_id": self.doc_id,
            "path": self.path,
            "line": self.line,
            "message": self.message,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ReadError:
        """The record that `to_dict` told of."""
        return cls(**data)
