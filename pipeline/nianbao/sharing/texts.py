"""The texts of many documents by their ids, on disk: memory holds one."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from types import TracebackType


class Texts:
    """A place for texts in a file of its own, for the time of a `with` block."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("CREATE TABLE texts (doc_id TEXT PRIMARY KEY, text TEXT NOT NULL)")
        self._last: tuple[str, str | None] = ("", None)

    def __enter__(self) -> Texts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def add(self, texts: Iterable[tuple[str, str]]) -> None:
        """Takes texts in; the first of two with one id stays."""
        self._connection.executemany("INSERT OR IGNORE INTO texts VALUES (?, ?)", texts)

    def get(self, doc_id: str) -> str | None:
        """A document's text; asking for the same again costs nothing."""
        if self._last[0] != doc_id:
            found = self._connection.execute("SELECT text FROM texts WHERE doc_id = ?", (doc_id,)).fetchone()
            self._last = doc_id, found[0] if found else None
        return self._last[1]

    def of(self, ids: Collection[str]) -> Iterator[dict[str, object]]:
        """Rows of the texts with these ids, in the order in which they came."""
        for doc_id, text in self._connection.execute("SELECT doc_id, text FROM texts ORDER BY rowid"):
            if doc_id in ids:
                yield {"doc_id": doc_id, "text": text}
