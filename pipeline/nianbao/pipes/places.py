"""From offsets into the text to tokens of a Doc, and tokens cut where an offset lies inside one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from spacy.attrs import IDX, LENGTH, NORM
from spacy.tokens import Doc

_COSTLY = 1_000_000  # tokens times cuts
_OF_TOKENS = ("TAG", "POS", "MORPH", "LEMMA", "DEP", "ENT_IOB", "SENT_START")


class CharSpan(NamedTuple):
    """A stretch of the text that a span is to mark. `label`, `id`: numbers of strings in the vocabulary, 0 for none."""

    start: int
    end: int
    label: int
    id: int = 0


class Tokens(NamedTuple):
    """`doc`: the Doc with its tokens cut; `of`: first token and end of each place; `offsets`: where each begins."""

    doc: Doc
    of: list[tuple[int, int]]
    offsets: Any


def tokens_at(doc: Doc, norm: str, places: Sequence[CharSpan]) -> Tokens:
    """The tokens of each place, the end exclusive, after tokens that hold a start or end inside were cut.

    Blanks at a place's edges, which are no part of a token, do not count; a place of nothing else has no token. The Doc
    is the one given, but for a long one with many cuts, which another takes the place of: spaCy cuts in place at a
    cost of all tokens for each.

    Args:
        doc: it is to have no spans yet: none is moved.
        norm: the normalised view of its text.

    Raises:
        ValueError: a place lies beyond the text.
    """
    starts, ends = _bounds(doc)
    if not places:
        return Tokens(doc, [], starts)
    wanted = np.array([place[:2] for place in places], dtype=np.int64)
    if not len(starts) or wanted.max() > len(norm) or wanted.min() < 0:
        raise ValueError("a place lies beyond the text")
    if cuts := _cuts(wanted.ravel(), starts, ends):
        costly = len(cuts) * len(doc) > _COSTLY and not any(doc.has_annotation(name) for name in _OF_TOKENS)
        doc = _with_cuts(doc, norm, cuts) if costly else _cut(doc, norm, cuts)
        starts, ends = _bounds(doc)
    first, stop = ends.searchsorted(wanted[:, 0], side="right"), starts.searchsorted(wanted[:, 1])
    return Tokens(doc, list(zip(first.tolist(), np.maximum(first, stop).tolist(), strict=True)), starts)


def _cuts(wanted: Any, starts: Any, ends: Any) -> dict[int, list[tuple[int, int]]]:
    """For each token that holds one of the wanted offsets inside: start and end of its pieces."""
    at = starts.searchsorted(wanted, side="right") - 1
    inside = (wanted > starts[at]) & (wanted < ends[at])
    cuts: dict[int, list[int]] = {}
    for token, offset in sorted({*zip(at[inside].tolist(), wanted[inside].tolist(), strict=True)}):
        cuts.setdefault(token, []).append(offset)
    return {token: list(pairwise([int(starts[token]), *offsets, int(ends[token])])) for token, offsets in cuts.items()}


def _words(text: str, pieces: list[tuple[int, int]]) -> list[str]:
    origin = pieces[0][0]
    return [text[a - origin : b - origin] for a, b in pieces]


def _cut(doc: Doc, norm: str, cuts: dict[int, list[tuple[int, int]]]) -> Doc:
    with doc.retokenize() as retokenizer:
        for number, pieces in cuts.items():
            token = doc[number]
            heads: list[Any] = [(token, piece) for piece in range(len(pieces))]
            norms: dict[str | int, list[Any]] = {"NORM": [norm[a:b] for a, b in pieces]}
            retokenizer.split(token, _words(token.text, pieces), heads=heads, attrs=norms)
    return doc


def _with_cuts(doc: Doc, norm: str, cuts: dict[int, list[tuple[int, int]]]) -> Doc:
    """Another Doc with what hangs on this one, made in one go."""
    words: list[str] = []
    spaces: list[bool] = []
    norms: list[int] = []
    add = doc.vocab.strings.add
    for number, (token, own) in enumerate(zip(doc, doc.to_array("NORM").tolist(), strict=True)):
        pieces = cuts.get(number)
        words += _words(token.text, pieces) if pieces else [token.text]
        norms += [add(norm[a:b]) for a, b in pieces] if pieces else [own]
        spaces += [False] * (len(pieces) - 1 if pieces else 0) + [bool(token.whitespace_)]
    made = Doc(doc.vocab, words=words, spaces=spaces, user_data=doc.user_data)
    table: Any = np.array(norms, dtype=np.uint64).reshape(-1, 1)
    made.from_array([NORM], table)
    made.cats, made.tensor, made.user_hooks = doc.cats, doc.tensor, doc.user_hooks
    return made


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
