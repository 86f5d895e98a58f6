"""What stands on a stretch of text: marks and relations between them, and doccano's way of counting characters."""

from __future__ import annotations

import base64
import json
import zlib
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

Key = tuple[int, int, str]
"""What makes a mark the same mark: start, end, label."""


@dataclass(slots=True)
class Mark:
    """A labelled span, offsets in code points, the end exclusive.

    `rule` names what suggested it. `facts` (VALUE only) are the rows that the pipeline made of it, as plain data with
    the columns metric, applicant, value, qualifier, status, year, scope and basis.
    """

    start: int
    end: int
    label: str
    rule: str | None = None
    facts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return self.start, self.end, self.label

    def moved(self, by: int) -> Mark:
        """The mark as seen from a text that begins `by` characters earlier."""
        return Mark(self.start + by, self.end + by, self.label, self.rule, self.facts)


@dataclass(slots=True)
class Layer:
    """Marks in the order of the text, and relations as pairs of their keys (from, to)."""

    marks: list[Mark] = field(default_factory=list)
    relations: list[tuple[Key, Key]] = field(default_factory=list)

    def within(self, start: int, end: int) -> Layer:
        """The marks that lie wholly between two offsets, counted from `start`, with their relations."""
        kept = [mark.moved(-start) for mark in self.marks if start <= mark.start and mark.end <= end]
        keys = {mark.key for mark in kept}
        shifted = [(_shift(a, -start), _shift(b, -start)) for a, b in self.relations]
        return Layer(kept, [pair for pair in shifted if pair[0] in keys and pair[1] in keys])

    def pack(self) -> str:
        """One opaque word, to travel in a task's metadata."""
        index = {mark.key: i for i, mark in enumerate(self.marks)}
        plain = {
            "m": [[m.start, m.end, m.label, m.rule, m.facts] for m in self.marks],
            "r": [[index[a], index[b]] for a, b in self.relations],
        }
        return base64.b64encode(zlib.compress(json.dumps(plain).encode(), 9)).decode()

    @classmethod
    def unpack(cls, packed: str) -> Layer:
        """The inverse of `pack`.

        Raises:
            ValueError: no such word.
        """
        try:
            # The word comes from a server: it may not grow without limit.
            raw = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), 50_000_000)
            plain = json.loads(raw)
            marks = [Mark(*item) for item in plain["m"]]
            return cls(marks, [(marks[a].key, marks[b].key) for a, b in plain["r"]])
        except (zlib.error, ValueError, KeyError, TypeError, IndexError) as error:
            raise ValueError(
                f"its metadata were changed on the server ({type(error).__name__}); it is refused"
            ) from error


def _shift(key: Key, by: int) -> Key:
    return key[0] + by, key[1] + by, key[2]


def shift_relations(relations: Iterable[tuple[Key, Key]], by: int) -> list[tuple[Key, Key]]:
    """The relations as seen from a text that begins `by` characters earlier."""
    return [(_shift(a, by), _shift(b, by)) for a, b in relations]


class Units:
    """Offsets of one text in code points and in UTF-16 units, which is how browsers, and so doccano, count.

    A character beyond the BMP (𠮷) is one code point and two units.
    """

    def __init__(self, text: str) -> None:
        self.length = len(text)
        plain = text.isascii() or max(text) < "\U00010000"
        self._starts = None if plain else [0, *accumulate(1 + (char > "\uffff") for char in text)]

    def to_server(self, offset: int) -> int:
        """Code points → units."""
        return offset if self._starts is None else self._starts[offset]

    def from_server(self, offset: int) -> int:
        """Units → code points.

        Raises:
            ValueError: beyond the text, or within a character.
        """
        if self._starts is None:
            if 0 <= offset <= self.length:
                return offset
        else:
            at = bisect_left(self._starts, offset)
            if at <= self.length and self._starts[at] == offset:
                return at
        raise ValueError(f"offset {offset} is no place between two characters of the text")
