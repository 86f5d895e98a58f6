"""Where tables stand: chains of a form's labels with hardly any other words between them.

In prose the same labels are separated by sentences; that, and a minimum of rows, tells a table from a text about it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from nianbao.catalogue.forms import Table
from nianbao.forms.compact import Compact
from nianbao.forms.labels import closing
from nianbao.forms.lexicon import Hit, Lexicon
from nianbao.forms.tokens import numbers
from nianbao.language.numeral import are_digits

_LONGEST_GAP = 30  # Chinese characters between two labels: a local row's label, a page's foot
_JOIN_DISTANCE = 500  # characters of text between two pieces of one table: a note between its pages, damaged labels
_JOIN_WORDS, _JOIN_MARKS = 150, 2000  # Chinese characters between them, and all, where most are marks and blanks
_NAME_GOES_ON = 4  # Chinese characters between a table's name and its numbers
_LEAST_HEAD = 4  # Chinese characters of a head that is no common word
_LONG_LABEL = 8  # Chinese characters of a label that is no part of other words
_LEAST_LISTED = 4  # rows whose labels stand a line each
_NUMBERING = re.compile(r"\(?[一二三四五六七八九十\d]{0,3}[.、)]?")
_LINES_OF_NUMBERS = re.compile(r"\n[\d ,.]*\d[\d ,.]*\n[\d ,.]*\d[\d ,.]*\n")
_ON_LINE = re.compile(r"\d[\d,.]*")
_ONLY_NUMBERS = re.compile(r"[\s|]*\d[\d,.]*(?:[\s|]+\d[\d,.]*)*[\s|]*")
_ON_LINE_END = re.compile(r"[\d,.| \t)]*")  # numbers, blanks and separators
_LEAST_HEADS = 3  # of columns, before a table whose first labels are damaged
_ROWS_BETWEEN = 8  # rows that may be missing between two pieces of one table
_CELL = re.compile(r"[^\u3400-\u9fff\d]{0,30}(?:[\u3400-\u9fff][^\u3400-\u9fff\d]{0,9})?\d")  # past a unit
_LISTED = re.compile(r'"?(?:、|和|及|以及|与|或者?)"?属?于?')  # between two names that a sentence counts up
_REMARK = re.compile(r" ?\([^()\n\d|]{2,60}\)")
# Marks of a sentence; none is in a bracket, an address, or between the numbers of a date and a time.
_BREAK = re.compile(r"\([^()\n]{0,80}\)|[A-Za-z]{2,}://[!-~]*|([。;!?]|(?<!\d),|,(?!\d{3}(?!\d)| \d))")


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


def find_pieces(norm: str, compact: Compact, lexicon: Lexicon) -> list[Piece]:
    """The stretches of `norm` that read like a form's table, in order, none overlapping another."""
    families = lexicon.present(compact)
    if not families:
        return []
    breaks = [match.start() for match in _BREAK.finditer(norm) if match.group(1)]
    pieces: list[Piece] = []
    for family in families:
        hits = _outside_remarks(norm, lexicon.find(compact, family), compact)
        chains = _chains(norm, hits, compact, breaks)
        anchors = lexicon.anchors[family]
        pieces += _join([Piece(family, chain) for chain in chains], norm, compact, anchors)
    return _without_overlap(pieces, compact, lexicon)


def _outside_remarks(norm: str, hits: list[Hit], compact: Compact) -> list[Hit]:
    """The hits without those in the remark of another: 其他对外管理服务事项(指行政许可以外的) is no 行政许可."""
    kept: list[Hit] = []
    for hit in hits:
        remark = _REMARK.match(norm, compact.offsets[kept[-1].end - 1] + 1) if kept else None
        start = compact.offsets[hit.start]
        # What a bracket holds and nothing else is a label itself.
        if (
            remark is None
            or not remark.start() < start < remark.end()
            or remark.end() - remark.start() < 4 + hit.end - hit.start
        ):
            kept.append(hit)
    return kept


def _chains(norm: str, hits: list[Hit], compact: Compact, breaks: list[int]) -> list[list[Hit]]:
    chains: list[list[Hit]] = []
    offsets = compact.offsets
    previous: Hit | None = None
    for hit in hits:
        near = previous is not None and hit.start - previous.end <= _LONGEST_GAP
        if near and previous is not None:
            at = bisect_left(breaks, offsets[previous.end - 1])
            near = at == len(breaks) or breaks[at] > offsets[hit.start]
            listed = _LISTED.fullmatch(norm, offsets[previous.end - 1] + 1, offsets[hit.start])
            near = near and (listed is None or hit.targets[0].table.headless)
        if near:
            chains[-1].append(hit)
        else:
            chains.append([hit])
        previous = hit
    return chains


def _join(pieces: list[Piece], norm: str, compact: Compact, anchors: tuple[str, ...]) -> list[Piece]:
    """Keeps the pieces that are tables; a leftover right behind one (after a note or a page break) belongs to it.

    So do heads right before one, parted from it by a label that is damaged.
    """
    kept: list[Piece] = []
    loose: Piece | None = None
    for piece in pieces:
        before = kept[-1] if kept and loose is None else loose
        near = before is not None and _is_near(compact, before.end - 1, piece.start)
        goes_on = (
            near and before is not None and _continues(before, piece, _numbered(norm, compact.offsets[piece.start]))
        )
        if goes_on and before is not None and loose is None:
            before.hits += piece.hits
        elif _is_table(piece, compact, anchors) or _is_bare(norm, compact, piece):
            headed = near and loose is not None and _heads(loose) >= _LEAST_HEADS
            if headed and loose is not None and (goes_on or not _heads(piece)):
                piece.hits = loose.hits + piece.hits
            kept.append(piece)
            loose = None
        elif _heads(piece) >= _LEAST_HEADS or any(_rows(hit, strong=True) for hit in piece.hits):
            loose = piece
    return [_without_tail(piece, norm, compact) for piece in kept]


def _is_near(compact: Compact, last: int, first: int) -> bool:
    """Whether two pieces may be one table: few characters apart, or, among marks and blanks, few Chinese ones."""
    distance = compact.offsets[first] - compact.offsets[last]
    return distance <= _JOIN_DISTANCE or (first - last <= _JOIN_WORDS and distance <= _JOIN_MARKS)


def _heads(piece: Piece) -> int:
    return sum(any(target.kind in ("column", "span") for target in hit.targets) for hit in piece.hits)


def _without_tail(piece: Piece, norm: str, compact: Compact) -> Piece:
    """Without the common words behind the last row that are no rows: the heads of the next table, a heading.

    A row has its cells behind it, or behind its remark.
    """
    if any(target.table.headless for target in piece.hits[0].targets):
        return piece
    strong = [at for at, hit in enumerate(piece.hits) if _rows(hit, strong=True)]
    stop = strong[-1] + 1 if strong else len(piece.hits)
    at = stop
    while at < len(piece.hits):
        cell = _CELL.match(norm, closing(norm, compact.offsets[piece.hits[at].end - 1] + 1))
        if not cell and not _is_plain_head(piece.hits[at]):
            break
        at += 1
        stop = at if cell else stop
    return Piece(piece.family, piece.hits[:stop])


def _is_plain_head(hit: Hit) -> bool:
    return hit.end - hit.start >= _LEAST_HEAD and all(target.kind == "column" for target in hit.targets)


def _numbered(norm: str, offset: int) -> bool:
    """Whether a label has its number before it."""
    return any(character in ")七.、" for character in norm[max(0, offset - 3) : offset])


def _continues(before: Piece, piece: Piece, numbered: bool) -> bool:
    """Whether a piece's first row stands a little further down the form than the last one of the piece before.

    A label as common as 总计 must have its number to be a row.
    """
    last = [rows for hit in before.hits if (rows := _rows(hit, strong=True))]
    first = [rows for hit in piece.hits if (rows := _rows(hit, strong=not numbered))]
    if not last or not first:
        return False
    return any(t is u and 0 < j - i <= _ROWS_BETWEEN for t, i in last[-1] for u, j in first[0])


def _rows(hit: Hit, strong: bool) -> list[tuple[Table, int]]:
    return [(t.table, t.row.index) for t in hit.targets if t.row is not None and not (strong and t.row.weak)]


def _is_table(piece: Piece, compact: Compact, anchors: tuple[str, ...]) -> bool:
    text = compact.han[piece.start : piece.end]
    if not any(anchor in text for anchor in anchors):
        return False
    least = min(target.table.min_rows for hit in piece.hits for target in hit.targets)
    rows = sum(any(t.row is not None and not t.row.weak for t in hit.targets) for hit in piece.hits)
    heads = sum(any(t.kind != "row" for t in hit.targets) for hit in piece.hits)
    return rows >= least and rows + heads >= 3


def _is_bare(norm: str, compact: Compact, piece: Piece) -> bool:
    """Whether a table without heads follows its name, or a row stands alone."""
    table = piece.hits[-1].targets[0].table
    if table.headless:
        return numbers_behind(norm, compact, table, piece.end) > 0
    if any(_is_printed_row(norm, compact, hit) for hit in piece.hits):
        return True
    return _are_printed_rows(norm, compact, piece) or _are_listed_rows(norm, compact, piece)


def _is_printed_row(norm: str, compact: Compact, hit: Hit) -> bool:
    """Whether a long label has about as many numbers behind it on its line as its table has columns."""
    target = hit.targets[0]
    if target.row is None or not target.table.row_sums or hit.end - hit.start < _LONG_LABEL:
        return False
    start = compact.offsets[hit.end - 1] + 1
    behind = _ON_LINE_END.match(norm, start)
    assert behind is not None
    return sum(1 for _ in _ON_LINE.finditer(norm, start, behind.end())) > (len(target.table.layouts[0]) // 2)


def _are_printed_rows(norm: str, compact: Compact, piece: Piece) -> bool:
    """Whether rows follow each other with nothing but as many numbers as a layout has columns behind each label."""
    ends = [compact.offsets[hit.start] for hit in piece.hits[1:]]
    ends.append(norm.find("\n", compact.offsets[piece.end - 1]) % (len(norm) + 1))
    counts = []
    for hit, end in zip(piece.hits, ends, strict=True):
        rows = [(t.table, t.row) for t in hit.targets if t.row is not None and not t.row.weak]
        behind = norm[compact.offsets[hit.end - 1] + 1 : end]
        count = len(_ON_LINE.findall(behind)) if _ONLY_NUMBERS.fullmatch(behind) else 0
        if not any(count == len(layout) and set(layout) <= set(r.cells) for t, r in rows for layout in t.layouts):
            return False
        counts.append(count)
    return len(counts) > 1 and max(counts) >= _LEAST_HEADS


def _are_listed_rows(norm: str, compact: Compact, piece: Piece) -> bool:
    """Whether labels of rows stand a line each, and lines of numbers behind the last."""
    rows = [hit for hit in piece.hits if _rows(hit, strong=True)]
    if len(rows) < _LEAST_LISTED or len(rows) < len(piece.hits):
        return False
    for hit in rows:
        start, end = compact.offsets[hit.start], compact.offsets[hit.end - 1] + 1
        before = norm[norm.rfind("\n", 0, start) + 1 : start]
        if not _NUMBERING.fullmatch(before) or norm[end : end + 1] != "\n":
            return False
    return _LINES_OF_NUMBERS.match(norm, compact.offsets[piece.end - 1] + 1) is not None


def _without_overlap(pieces: list[Piece], compact: Compact, lexicon: Lexicon) -> list[Piece]:
    """Where two families claim the same labels, the one with more of them keeps them; the other keeps its rest."""
    anchors = lexicon.anchors
    kept: list[Piece] = []
    taken = bytearray(len(compact.han))
    for piece in sorted(pieces, key=lambda p: -sum(hit.end - hit.start for hit in p.hits)):
        hits = [hit for hit in piece.hits if not (taken[hit.start] or taken[hit.end - 1])]
        rest = Piece(piece.family, hits)
        if len(hits) == len(piece.hits) or (hits and _is_table(rest, compact, anchors[piece.family])):
            kept.append(rest)
            taken[rest.start : rest.end] = b"\1" * (rest.end - rest.start)
    return sorted(kept, key=lambda p: p.start)


def numbers_behind(norm: str, compact: Compact, table: Table, last: int) -> int:
    """Where the cells of a table end that stand without heads behind its name (the compact position `last`).

    They are as many as the table has cells, with nothing else between, and obey its sums; 0 where they are not.
    """
    offsets, layout = compact.offsets, table.layouts[0]
    for at in range(last, min(last + _NAME_GOES_ON, len(offsets)) + 1):
        start = offsets[at - 1] + 1
        stop = offsets[at] if at < len(offsets) else len(norm)
        written = [norm[token.start : token.end] for token in numbers(norm, start, stop)]
        if not written:
            continue
        if len(written) != len(layout) * len(table.groups) or not all(map(are_digits, written)):
            return 0
        rows = [
            dict(zip(layout, map(int, written[at : at + len(layout)]), strict=True))
            for at in range(0, len(written), len(layout))
        ]
        held = all(sum(row[key] for key in parts) == row[total] for row in rows for parts, total in table.row_sums)
        return stop if held else 0
    return 0
