"""What the network reads: the stretch of a sentence around some candidates, as codes of its characters.

Stretches stand one after the other in one long row, parted by gaps of nothing, so that a whole document is one array.
A number is one place whose code tells its length alone: the network learns wordings, not figures.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from murmurhash.mrmr import hash as murmurhash3
from numpy.typing import NDArray

from nianbao.language.numeral import is_digit

KINDS = ("count", "money", "zero", "maybe_zero", "all", "done")
GAP = 8
"""Empty places between stretches: as far as the widest convolution reaches."""
TAGS = 3
"""Concepts that one place can carry."""
TAG_ROWS, CHAR_ROWS, PAIR_ROWS = 1024, 4096, 16384
PARTS = 4
"""Nothing, heading, what stands before the sentence, the sentence."""

# Characters of the stretch: of the heading, before the sentence, of the sentence before a candidate and after it.
_HEADING, _BEFORE, _REACH, _AFTER = 18, 40, 110, 30
# A further candidate of the sentence joins the stretch of the one before up to this many characters.
_JOINS = 170
_SENTENCE_END = re.compile(r"[。!?]|\n\s*\n")
_RUNS = re.compile(r"\d+(?:[.,]\d+)*|\s+")
_DIGITS, _HAN, _STOP = 0xE000, 0xE010, "\ue020"
_NUMBERS = 0xE01F
_LONGEST = 9
# In arrays, of a name that is not seen.
_NO_PLACES = -1, -1

Tags = Callable[[str, int, int], Iterable[Any]]
"""The concepts of a stretch of text: things with `start`, `end` and `names`."""


@dataclass(slots=True, frozen=True)
class Candidate:
    """A number, or words that state one. `name`: where the rules' reader sees its name, None where nowhere."""

    start: int
    end: int
    kind: str
    name: tuple[int, int] | None = None


@dataclass(slots=True)
class Stretch:
    """A stretch of a document. `text`: its places; `starts`, `ends`, `lost`: of what is one place or none, where in the
    document, and the places lost up to its end; `begin`: offset in the document of its first character, behind `shift`
    places of heading."""

    text: str
    begin: int
    end: int
    shift: int
    sentence: int
    candidates: list[int]
    starts: list[int]
    ends: list[int]
    lost: list[int]
    cuts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        # How many characters of the document stand before each cut, less those that were lost.
        self.cuts = [start - lost for start, lost in zip(self.starts, (0, *self.lost), strict=False)]

    def place(self, offset: int) -> int:
        """The place of a character of the document."""
        at = bisect_right(self.starts, offset) - 1
        if at < 0:
            return offset - self.begin + self.shift
        if offset < self.ends[at]:
            before = self.lost[at - 1] if at else 0
            return self.starts[at] - self.begin - before + self.shift
        return offset - self.begin - self.lost[at] + self.shift

    def places(self, span: Sequence[int] | None) -> tuple[int, int] | None:
        """First and last place of a span of the document; None where it is none or not all in here."""
        if span is None or not self.begin <= span[0] < span[1] <= self.end:
            return None
        return self.place(span[0]), self.place(span[1] - 1)

    def offset(self, place: int, end: bool = False) -> int | None:
        """The document's offset of a place (`end`: of where it ends); None for a place of the heading."""
        if place < self.shift:
            return None
        at = place - self.shift + self.begin
        index = bisect_right(self.cuts, at) - 1
        if index < 0:
            return at + (1 if end else 0)
        before = self.lost[index - 1] if index else 0
        start, stop, total = self.starts[index], self.ends[index], self.lost[index]
        if start - before == at and total - before == stop - start - 1:
            return stop if end else start
        return at + total + (1 if end else 0)


@dataclass(slots=True)
class Batch:
    """Stretches as arrays over places, and the candidates in their order in the stretches.

    `chars`, `pairs`: hashed codes; `tags`: shape (places, TAGS), 0 for none; `part`: see PARTS; `number`: 1 where a
    number stands. `bounds`: places of each stretch. `stretch`, `first`, `last`, `kind` of each candidate; `name`: first
    and last place of its name as the rules' reader sees it, or -1. `order`: the candidate's number in the document.
    """

    chars: NDArray[np.int32]
    pairs: NDArray[np.int32]
    tags: NDArray[np.int32]
    part: NDArray[np.int8]
    number: NDArray[np.int32]
    bounds: NDArray[np.int32]
    stretch: NDArray[np.int32]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    kind: NDArray[np.int32]
    name: NDArray[np.int32]
    order: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.first)


def concept_row(name: str) -> int:
    """The row of a concept in the table of tags; 0 is none."""
    return 1 + abs(murmurhash3(name)) % (TAG_ROWS - 1)


class StretchReader:
    """Cuts documents into stretches and codes them.

    Args:
        tags: finds the concepts of a stretch of text.
    """

    def __init__(self, tags: Tags) -> None:
        self.tags = tags
        self._rows: dict[frozenset[str], list[int]] = {}

    def cut(
        self, norm: str, candidates: Sequence[Candidate], headings: Sequence[tuple[int, int]], walls: Sequence[int] = ()
    ) -> list[Stretch]:
        """The stretches that hold the candidates.

        Args:
            norm: the document's normalised view.
            candidates: in the order of the text.
            headings: spans of the headings, in their order.
            walls: further offsets that no stretch reaches over (borders of tables), in their order.
        """
        if not candidates:
            return []
        heads = [start for start, _ in headings]
        barriers = sorted({*walls, *heads, *(end for _, end in headings), 0, len(norm)})
        ends = [0, *(match.end() for match in _SENTENCE_END.finditer(norm)), len(norm)]
        groups: list[tuple[int, int, int, list[int]]] = []
        for number, candidate in enumerate(candidates):
            at = candidate.start
            sentence, stop = _around(ends, at)
            low, high = _around(barriers, at)
            sentence, stop = max(sentence, low), min(max(stop, candidate.end), max(high, candidate.end))
            if groups and groups[-1][1] == sentence and at - groups[-1][0] < _JOINS:
                groups[-1][3].append(number)
                continue
            begin = at - _REACH if at - sentence > _REACH else max(low, sentence - _BEFORE)
            groups.append((begin, sentence, stop, [number]))
        found = []
        for begin, sentence, stop, numbers in groups:
            last = max(candidates[n].end for n in numbers)
            end = max(last, min(stop, last + _AFTER))  # a later one may reach over what bounds the first
            at = bisect_right(heads, candidates[numbers[0]].start) - 1
            title = norm[slice(*headings[at])] if at >= 0 else ""
            found.append(self._stretch(norm, begin, end, sentence, title, numbers, candidates))
        return found

    def _stretch(
        self,
        norm: str,
        begin: int,
        end: int,
        sentence: int,
        title: str,
        numbers: list[int],
        candidates: Sequence[Candidate],
    ) -> Stretch:
        head = _RUNS.sub(_code, "".join(title.split()))[-_HEADING:] + _STOP
        cuts = [(m.start(), m.end(), _code(m)) for m in _RUNS.finditer(norm, begin, end)]
        for number in numbers:
            candidate = candidates[number]
            if candidate.kind in ("count", "money") and not is_digit(norm[candidate.start]):
                symbol = chr(_HAN + min(candidate.end - candidate.start, _LONGEST))
                cuts = [cut for cut in cuts if cut[1] <= candidate.start or cut[0] >= candidate.end]
                cuts.append((candidate.start, candidate.end, symbol))
        cuts = sorted(set(cuts))
        pieces, position, total = [head], begin, 0
        starts, ends, lost = [], [], []
        for start, stop, symbol in cuts:
            if start < position:
                continue
            pieces += (norm[position:start], symbol)
            total += stop - start - len(symbol)
            starts.append(start)
            ends.append(stop)
            lost.append(total)
            position = stop
        pieces.append(norm[position:end])
        return Stretch("".join(pieces), begin, end, len(head), sentence, numbers, starts, ends, lost)

    def batch(self, norm: str, candidates: Sequence[Candidate], stretches: Sequence[Stretch]) -> Batch:
        """The stretches of a document as arrays."""
        gap = "\0" * GAP
        text = gap + "".join(stretch.text + gap for stretch in stretches)
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        tags = np.zeros((len(codes), TAGS), dtype=np.int32)
        part = np.zeros(len(codes), dtype=np.int8)
        bounds, rows = [], []
        position = GAP
        for index, stretch in enumerate(stretches):
            stop = position + len(stretch.text)
            bounds.append((position, stop))
            part[position : position + stretch.shift] = 1
            body = position + max(stretch.place(max(stretch.sentence, stretch.begin)), stretch.shift)
            part[position + stretch.shift : body] = 2
            part[body:stop] = 3
            self._tag(norm, stretch, position, tags)
            for number in stretch.candidates:
                c = candidates[number]
                first, last = position + stretch.place(c.start), position + stretch.place(c.end - 1)
                name = stretch.places(c.name)
                seen = (position + name[0], position + name[1]) if name else _NO_PLACES
                rows.append((index, first, max(first, last), KINDS.index(c.kind), *seen, number))
            position = stop + GAP
        return _coded(codes, tags, part, bounds, rows)

    def _tag(self, norm: str, stretch: Stretch, position: int, tags: NDArray[np.int32]) -> None:
        for concept in self.tags(norm, stretch.begin, stretch.end):
            rows = self._rows.get(concept.names)
            if rows is None:
                rows = self._rows[concept.names] = [concept_row(name) for name in sorted(concept.names)][:TAGS]
            first, last = position + stretch.place(concept.start), position + stretch.place(concept.end - 1)
            tags[first : last + 1, : len(rows)] = rows


def _coded(
    codes: NDArray[np.uint32],
    tags: NDArray[np.int32],
    part: NDArray[np.int8],
    bounds: list[tuple[int, int]],
    rows: Sequence[tuple[int, ...]],
) -> Batch:
    mixed = codes * np.uint32(2654435761)
    chars = (mixed >> np.uint32(7)) % np.uint32(CHAR_ROWS)
    following = np.append(codes[1:], np.uint32(0))
    pairs = ((mixed ^ (following * np.uint32(2246822519))) * np.uint32(3266489917) >> np.uint32(9)) % np.uint32(
        PAIR_ROWS
    )
    table = np.array(rows, dtype=np.int32).reshape(-1, 7)
    return Batch(
        chars.astype(np.int32),
        pairs.astype(np.int32),
        tags,
        part,
        ((codes >= _DIGITS) & (codes <= _NUMBERS)).astype(np.int32),
        np.array(bounds, dtype=np.int32).reshape(-1, 2),
        table[:, 0],
        table[:, 1],
        table[:, 2],
        table[:, 3],
        table[:, 4:6],
        table[:, 6],
    )


def join(batches: Sequence[Batch]) -> Batch:
    """Several documents' stretches as one batch; `order` goes on from document to document."""
    places = np.cumsum([0, *(len(b.chars) for b in batches)])
    stretches = np.cumsum([0, *(len(b.bounds) for b in batches)])
    counts = np.cumsum([0, *(len(b) for b in batches)])
    return Batch(
        np.concatenate([b.chars for b in batches]),
        np.concatenate([b.pairs for b in batches]),
        np.concatenate([b.tags for b in batches]),
        np.concatenate([b.part for b in batches]),
        np.concatenate([b.number for b in batches]),
        np.concatenate([b.bounds + p for b, p in zip(batches, places, strict=False)]).astype(np.int32),
        np.concatenate([b.stretch + s for b, s in zip(batches, stretches, strict=False)]).astype(np.int32),
        np.concatenate([b.first + p for b, p in zip(batches, places, strict=False)]).astype(np.int32),
        np.concatenate([b.last + p for b, p in zip(batches, places, strict=False)]).astype(np.int32),
        np.concatenate([b.kind for b in batches]),
        np.concatenate([np.where(b.name >= 0, b.name + p, -1) for b, p in zip(batches, places, strict=False)]).astype(
            np.int32
        ),
        np.concatenate([b.order + c for b, c in zip(batches, counts, strict=False)]).astype(np.int32),
    )


def _around(borders: list[int], at: int) -> tuple[int, int]:
    """The last border at or before an offset, and the first behind it."""
    right = bisect_right(borders, at)
    low = borders[right - 1] if right else 0
    high = borders[right] if right < len(borders) else borders[bisect_left(borders, at)]
    return low, high


def _code(run: re.Match[str]) -> str:
    found = run.group()
    return "" if found[0].isspace() else chr(_DIGITS + min(len(found), _LONGEST))
