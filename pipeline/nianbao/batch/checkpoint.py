"""Where a worker stands: a few bytes that its parent can still read when the worker is gone."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass

_HEAD = struct.Struct("<q64sqH")
_SIZE = 4096
_NOWHERE = -1


@dataclass(slots=True, frozen=True)
class Position:
    """The record that was under way; `sha256`, `doc_id` and `line` once its text had been read."""

    record: int
    sha256: str | None
    doc_id: str | None
    line: int | None


class Checkpoint:
    """Shared memory between a process and those that it forks: written at every record, read after a death.

    A message through a pipe at every record would cost two switches of process for each.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SIZE)
        self.clear()

    def clear(self) -> None:
        """No record is under way."""
        _HEAD.pack_into(self._memory, 0, _NOWHERE, b"", 0, 0)

    def at(self, record: int) -> None:
        """The record with this number is looked for or read."""
        _HEAD.pack_into(self._memory, 0, record, b"", 0, 0)

    def read(self, record: int, sha256: str, doc_id: str, line: int | None) -> None:
        """Its text has been read."""
        name = doc_id.encode("utf-8", "replace")[: _SIZE - _HEAD.size]
        self._memory[_HEAD.size : _HEAD.size + len(name)] = name
        _HEAD.pack_into(self._memory, 0, record, sha256.encode(), line or 0, len(name))

    def place(self) -> Position | None:
        """What was under way."""
        record, sha256, line, length = _HEAD.unpack_from(self._memory, 0)
        if record == _NOWHERE:
            return None
        if not sha256.strip(b"\0"):
            return Position(record, None, None, None)
        name = self._memory[_HEAD.size : _HEAD.size + length].decode("utf-8", "ignore")
        return Position(record, sha256.decode(), name, line or None)
