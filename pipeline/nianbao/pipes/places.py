"""From offsets into the text to tokens of a Doc, and tokens cut where an offset lies inside one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from spacy.attrs import IDX, LENGTH
from spacy.tokens import Doc


class CharSpan(NamedTuple):
    """A stretch of the text that a span is to mark. `label`, `id`: numbers of strings in the vocabulary, 0 for none."""

    start: int
    end: int
    label: int
    id: int = 0


def tokens_at(doc: Doc, norm: str, places: Sequence[CharSpan]) -> tuple[list[tuple[int, int]], Any]:
    """The tokens of each place, the end exclusive, after tokens that hold a start or end inside were cut.

    Blanks at a place's edges, which are no part of a token, do not count; a place of nothing else has no token.

    Args:
        doc: it is to have no spans yet: none is moved.
        norm: the normalised view of its text.

    Returns:
        tokens: first and end of each place. offsets: where each token of the Doc begins, an array.

    Raises:
        ValueError: a place lies beyond the text.
    """
    starts, ends = _bounds(doc)
    if not places:
        return [], starts
    wanted = np.array([place[:2] for place in places], dtype=np.int64)
    if not len(starts) or wanted.max() > len(norm) or wanted.min() < 0:
        raise ValueError("a place lies beyond the text")
    if _cut_at(doc, norm, wanted.ravel(), starts, ends):
        starts, ends = _bounds(doc)
    first, stop = ends.searchsorted(wanted[:, 0], side="right"), starts.searchsorted(wanted[:, 1])
    return list(zip(first.tolist(), np.maximum(first, stop).tolist(), strict=True)), starts


def _cut_at(doc: Doc, norm: str, wanted: Any, starts: Any, ends: Any) -> bool:
    """Cuts the tokens that hold one of the wanted offsets inside. Returns whether there was one."""
    at = starts.searchsorted(wanted, side="right") - 1
    inside = (wanted > starts[at]) & (wanted < ends[at])
    cuts: dict[int, list[int]] = {}
    for token, offset in sorted({*zip(at[inside].tolist(), wanted[inside].tolist(), strict=True)}):
        cuts.setdefault(token, []).append(offset)
    if cuts:
        with doc.retokenize() as retokenizer:
            for number, offsets in cuts.items():
                token, origin = doc[number], int(starts[number])
                pieces = list(pairwise([origin, *offsets, int(ends[number])]))
                words = [token.text[a - origin : b - origin] for a, b in pieces]
                heads: list[Any] = [(token, piece) for piece in range(len(words))]
                retokenizer.split(token, words, heads=heads, attrs={"NORM": [norm[a:b] for a, b in pieces]})
    return bool(cuts)


def _bounds(doc: Doc) -> tuple[Any, Any]:
    table = doc.to_array([IDX, LENGTH]).astype(np.int64)
    return table[:, 0], table[:, 0] + table[:, 1]


def apart(tokens: Sequence[tuple[int, int]], length: int) -> list[int]:
    """Of stretches of `length` tokens those with any that overlap none before: their numbers, in the text's order."""
    taken = bytearray(length)
    kept = []
    for number, (start, end) in enumerate(tokens):
        if start < end and taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            kept.append(number)
    return sorted(kept, key=tokens.__getitem__)
