"""From offsets into the text to tokens of a Doc, and tokens cut where an offset lies inside one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from spacy.attrs import IDX, LENGTH
from spacy.tokens import Doc, Span


class Place(NamedTuple):
    """A stretch of the text that a span is to mark. `label`, `id`: numbers of strings in the vocabulary, 0 for none."""

    start: int
    end: int
    label: int
    id: int = 0


def cut_at(doc: Doc, norm: str, places: Sequence[Place]) -> int:
    """Cuts the tokens that hold the start or end of a place inside. The Doc is to have no spans yet: none is moved.

    Returns:
        How many tokens were cut.
    """
    if not places or not len(doc):
        return 0
    starts, ends = _bounds(doc)
    wanted = np.unique(np.array([place[:2] for place in places], dtype=np.int64))
    at = np.searchsorted(starts, wanted, side="right") - 1
    inside = (at >= 0) & (wanted > starts[at]) & (wanted < ends[at])
    cuts: dict[int, list[int]] = {}
    for token, offset in zip(at[inside].tolist(), wanted[inside].tolist(), strict=True):
        cuts.setdefault(token, []).append(offset)
    if cuts:
        with doc.retokenize() as retokenizer:
            for number, offsets in cuts.items():
                token, origin = doc[number], int(starts[number])
                pieces = list(pairwise([origin, *offsets, int(ends[number])]))
                words = [token.text[a - origin : b - origin] for a, b in pieces]
                heads: list[Any] = [(token, piece) for piece in range(len(words))]
                retokenizer.split(token, words, heads=heads, attrs={"NORM": [norm[a:b] for a, b in pieces]})
    return len(cuts)


def spans_at(doc: Doc, places: Sequence[Place]) -> list[Span]:
    """The places as spans.

    Raises:
        ValueError: one does not lie on token boundaries.
    """
    if not places:
        return []
    starts, ends = _bounds(doc)
    wanted = np.array([place[:2] for place in places], dtype=np.int64)
    first, last = np.searchsorted(starts, wanted[:, 0]), np.searchsorted(ends, wanted[:, 1])
    if not (np.array_equal(starts[first], wanted[:, 0]) and np.array_equal(ends[last], wanted[:, 1])):
        raise ValueError("a place does not lie on token boundaries; use cut_at before")
    return [
        Span(doc, begin, end + 1, place.label, kb_id=place.id)
        for place, begin, end in zip(places, first.tolist(), last.tolist(), strict=True)
    ]


def _bounds(doc: Doc) -> tuple[Any, Any]:
    table = doc.to_array([IDX, LENGTH]).astype(np.int64)
    return table[:, 0], table[:, 0] + table[:, 1]


def apart(spans: Iterable[Span], length: int) -> list[Span]:
    """Of the spans those that overlap none before them in the given order; in the order of the text."""
    taken = bytearray(length)
    kept = []
    for span in spans:
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)
