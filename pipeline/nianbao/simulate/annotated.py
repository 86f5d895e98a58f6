"""Text that carries its labels: every edit moves the offsets with it.

Reports are built by concatenation and then damaged by insertion, deletion and substitution. Offsets
that are computed once and patched later go wrong sooner or later, so no step computes them: it states
what it changes, and `Annotated.edit` maps every span.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Edit = tuple[int, int, str]
"""Replace `text[start:end]` by the string; `start == end` inserts, an empty string deletes."""


@dataclass(slots=True)
class Span:
    """Offsets in code points, the end exclusive. `data` is shared between copies, never changed by edits."""

    start: int
    end: int
    label: str
    data: Any = None


class Annotated:
    """A string and the spans that lie on it.

    >>> a = Annotated("收到申请28件", [Span(4, 6, "VALUE")])
    >>> b = a.edit([(0, 0, "共"), (6, 6, " ")])
    >>> b.text, b.text[b.spans[0].start : b.spans[0].end]
    ('共收到申请28 件', '28')
    """

    __slots__ = ("spans", "text")

    def __init__(self, text: str = "", spans: list[Span] | None = None) -> None:
        self.text = text
        self.spans: list[Span] = [] if spans is None else spans

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        return f"Annotated({self.text!r}, {len(self.spans)} spans)"

    def __add__(self, other: Annotated | str) -> Annotated:
        builder = Builder()
        builder.add(self)
        builder.add(other)
        return builder.build()

    def labelled(self, *labels: str) -> Iterator[Span]:
        """The spans with one of these labels, in the order in which they were made."""
        return (span for span in self.spans if span.label in labels)

    def edit(self, edits: Sequence[Edit]) -> Annotated:
        """A new text with these changes made, all of them given in offsets of the present text.

        What is inserted at a span's border stays outside the span; a replacement inside a span stays inside
        it; a span that loses all its characters goes, a span that was empty stays.

        Args:
            edits: (start, end, replacement), sorted, not overlapping.

        Raises:
            ValueError: an edit overlaps the one before it or lies outside the text.
        """
        if not edits:
            return self
        pieces: list[str] = []
        at = 0
        for start, end, replacement in edits:
            if start < at or end < start or end > len(self.text):
                raise ValueError(f"edit ({start}, {end}) overlaps the one before it or leaves the text")
            pieces.append(self.text[at:start])
            pieces.append(replacement)
            at = end
        pieces.append(self.text[at:])
        return Annotated("".join(pieces), _moved(self.spans, edits))

    def same_length(self, text: str) -> Annotated:
        """These spans over another text of the same length (a change of script or of width).

        Raises:
            ValueError: the lengths differ.
        """
        if len(text) != len(self.text):
            raise ValueError(f"the new text has {len(text)} characters, the old one {len(self.text)}")
        return Annotated(text, self.spans)


def _moved(spans: Iterable[Span], edits: Sequence[Edit]) -> list[Span]:
    """The spans after the edits, in one sweep over the sorted borders."""
    spans = list(spans)
    starts = _map(sorted({span.start for span in spans}), edits, ends=False)
    ends = _map(sorted({span.end for span in spans}), edits, ends=True)
    moved: list[Span] = []
    for span in spans:
        start = starts[span.start]
        if span.start == span.end:
            moved.append(Span(start, start, span.label, span.data))
            continue
        end = ends[span.end]
        if end > start:
            moved.append(Span(start, end, span.label, span.data))
    return moved


def _map(offsets: Sequence[int], edits: Sequence[Edit], ends: bool) -> dict[int, int]:
    """Old offset to new offset. An insertion at the offset itself lies before a start and after an end."""
    result: dict[int, int] = {}
    shift = 0
    index = 0
    for offset in offsets:
        while index < len(edits):
            start, end, replacement = edits[index]
            if end > offset or (start == end == offset and ends):
                break
            shift += len(replacement) - (end - start)
            index += 1
        new = offset + shift
        if index < len(edits):
            start, end, replacement = edits[index]
            if start < offset < end:
                new = start + shift + min(offset - start, len(replacement))
        result[offset] = new
    return result


class Builder:
    """Puts an Annotated together piece by piece."""

    __slots__ = ("_parts", "length", "spans")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.spans: list[Span] = []
        self.length = 0

    def add(self, piece: Annotated | str) -> None:
        """Append a piece; its spans come along."""
        if isinstance(piece, str):
            self._parts.append(piece)
            self.length += len(piece)
            return
        at = self.length
        self._parts.append(piece.text)
        self.length += len(piece.text)
        if at:
            self.spans.extend(Span(s.start + at, s.end + at, s.label, s.data) for s in piece.spans)
        else:
            self.spans.extend(piece.spans)

    def ends_with(self, *endings: str) -> bool:
        """Whether the piece added last ends so."""
        return bool(self._parts) and self._parts[-1].endswith(endings)

    @contextmanager
    def span(self, label: str, data: Any = None) -> Iterator[Span]:
        """Label what is added inside the `with` block; the span's offsets are final when it ends."""
        span = Span(self.length, self.length, label, data)
        self.spans.append(span)
        yield span
        span.end = self.length

    def build(self) -> Annotated:
        return Annotated("".join(self._parts), self.spans)


def join(separator: str, pieces: Iterable[Annotated | str]) -> Annotated:
    """The pieces, one after another, with the separator between them."""
    builder = Builder()
    for index, piece in enumerate(pieces):
        if index and separator:
            builder.add(separator)
        builder.add(piece)
    return builder.build()
