"""Where tables stand: chains of a form's labels with hardly any other words between them.

In prose the same labels are separated by sentences; that, and a minimum of rows, tells a table from a text about it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from nianbao.forms.compact import Compact
from nianbao.forms.definition import Table
from nianbao.forms.lexicon import Hit, load_lexicon

_LONGEST_GAP = 30  # Chinese characters between two labels: a local row's label, a page's foot
_JOIN_DISTANCE = 500  # characters of text between two pieces of one table: a note between its pages, damaged labels
_BREAK = re.compile(r"\([^()\n]{0,80}\)|([。;!?]|,(?!\d))")


@dataclass(slots=True)
class Piece:
    """A stretch of labels of one family, in order, without a sentence between them."""

    family: str
    hits: list[Hit]

    @property
    def start(self) -> int:
        return self.hits[0].start

    @property
    def end(self) -> int:
        return self.hits[-1].end


def find_pieces(norm: str, compact: Compact) -> list[Piece]:
    """The stretches of `norm` that read like a form's table, in order, none overlapping another."""
    lexicon = load_lexicon()
    families = lexicon.present(compact)
    if not families:
        return []
    breaks = [match.start() for match in _BREAK.finditer(norm) if match.group(1)]
    pieces: list[Piece] = []
    for family in families:
        chains = _chains(lexicon.find(compact, family), compact, breaks)
        anchors = lexicon.anchors[family]
        pieces += _join([Piece(family, chain) for chain in chains], compact, anchors)
    return _without_overlap(pieces, compact)


def _chains(hits: list[Hit], compact: Compact, breaks: list[int]) -> list[list[Hit]]:
    chains: list[list[Hit]] = []
    offsets = compact.offsets
    previous: Hit | None = None
    for hit in hits:
        near = previous is not None and hit.start - previous.end <= _LONGEST_GAP
        if near and previous is not None:
            at = bisect_left(breaks, offsets[previous.end - 1])
            near = at == len(breaks) or breaks[at] > offsets[hit.start]
        if near:
            chains[-1].append(hit)
        else:
            chains.append([hit])
        previous = hit
    return chains


def _join(pieces: list[Piece], compact: Compact, anchors: tuple[str, ...]) -> list[Piece]:
    """Keeps the pieces that are tables; a leftover right behind one (after a note or a page break) belongs to it."""
    kept: list[Piece] = []
    for piece in pieces:
        before = kept[-1] if kept else None
        near = (
            before is not None
            and compact.offsets[piece.start] - compact.offsets[before.end - 1] <= _JOIN_DISTANCE
            and _continues(before, piece)
        )
        if near and before is not None:
            before.hits += piece.hits
        elif _is_table(piece, compact, anchors):
            kept.append(piece)
    return kept


def _continues(before: Piece, piece: Piece) -> bool:
    """Whether a piece's first rows stand further down the form than the last ones of the piece before."""
    last, first = _strong_rows(before), _strong_rows(piece)
    return bool(last and first) and any(t is u and j > i for t, i in last[-1] for u, j in first[0])


def _strong_rows(piece: Piece) -> list[list[tuple[Table, int]]]:
    """For each label of a row the rows that it may be."""
    found = [
        [(t.table, t.row.index) for t in hit.targets if t.row is not None and not t.row.weak] for hit in piece.hits
    ]
    return [rows for rows in found if rows]


def _is_table(piece: Piece, compact: Compact, anchors: tuple[str, ...]) -> bool:
    text = compact.han[piece.start : piece.end]
    if not any(anchor in text for anchor in anchors):
        return False
    least = min(target.table.min_rows for hit in piece.hits for target in hit.targets)
    rows = sum(any(t.row is not None and not t.row.weak for t in hit.targets) for hit in piece.hits)
    heads = sum(any(t.kind != "row" for t in hit.targets) for hit in piece.hits)
    return rows >= least and rows + heads >= 3


def _without_overlap(pieces: list[Piece], compact: Compact) -> list[Piece]:
    """Where two families claim the same labels, the one with more of them keeps them; the other keeps its rest."""
    anchors = load_lexicon().anchors
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: -sum(hit.end - hit.start for hit in p.hits)):
        taken = [(other.start, other.end) for other in kept]
        hits = [hit for hit in piece.hits if all(hit.end <= start or hit.start >= end for start, end in taken)]
        if len(hits) == len(piece.hits) or (hits and _is_table(Piece(piece.family, hits), compact, anchors[piece.family])):
            kept.append(Piece(piece.family, hits))
    return sorted(kept, key=lambda p: p.start)
