"""Rows whose labels lost characters, or stand in pieces: found between the rows that were read, by alignment.

The words between two known rows are aligned as one string to the labels of the form's rows between them, so that a
label in pieces, with a character missing, or with a group's name across it, is still found, and in its order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from nianbao.catalogue.forms import Row, Table, han
from nianbao.forms.align import Found, Head, Instance
from nianbao.forms.compact import Compact
from nianbao.forms.labels import closing, label_start, number_before, stray_characters
from nianbao.forms.similarity import align_words, likeness, similarity

_LIKENESS = 0.85  # of words to a label in a table without an order
_LEAST_LIKENESS, _APART, _TIE = 0.8, 0.1, 0.02  # where the next label is so much less like; how much always
_LIKE_REST = 0.7  # of the words right behind a label's first part to its second
_LEAST_REST, _SHORTEST_REST, _STRANGE = 0.8, 8, 12  # of a second part in pieces; characters of other words in it
_LEAST_HEAD = 0.75  # of words to a column's head
_MAX_PIECES = 3
_MAX_CELLS = 40_000  # of an alignment's table; larger gaps are left alone
_EDGE = 45  # Chinese characters before the first and behind the last row in which a row may stand


def fill_missing(norm: str, compact: Compact, instance: Instance, floor: int, ceiling: int) -> None:
    """Adds the rows of the form that stand, damaged, between the found ones; `floor`, `ceiling` are text offsets."""
    table = instance.table
    forms = {row.row.form for row in instance.rows if row.row.form}
    found = sorted(
        (row for row in instance.rows if row.table is table and not (row.row.heading or row.row.heading_in in forms)),
        key=lambda row: row.first,
    )
    if not found:
        return
    _extend(norm, compact, found)
    headings = [(row.first, row.last) for row in instance.rows if row.row.heading and row.similarity == 1.0]
    heads_end = max((head.last for head in instance.heads if head.last <= found[0].first), default=0) if found else 0
    known = {row.row.index for row in instance.rows if row.table is table}
    for before, after in zip([None, *found], [*found, None], strict=True):
        low = before.last if before else max(compact.index(floor), heads_end, found[0].first - _EDGE)
        high = after.first if after else min(compact.index(ceiling), found[-1].last + _EDGE)
        if high - low < 3:
            continue
        words = _masked(compact.han, low, high, headings)
        for row in _between(norm, compact, table, before, after, low, words, known):
            known.add(row.row.index)
            instance.rows.append(row)
    instance.rows.sort(key=lambda row: row.first)


def _extend(norm: str, compact: Compact, rows: list[Found]) -> None:
    """A long label found by a part of it goes on where the rest of it follows, other words between its pieces."""
    for at, row in enumerate(rows):
        known = compact.han[row.first : row.last]
        rest = next((end for key in row.row.keys if (end := key.partition(known)[2])), "")
        ceiling = rows[at + 1].first if at + 1 < len(rows) else len(compact.han)
        if not rest:
            continue
        last = _end_of_rest(compact.han[row.last : min(ceiling, row.last + len(rest) + _STRANGE)], rest)
        if last and compact.offsets[row.last + last - 1] >= row.end:
            row.last += last
            row.end = closing(norm, compact.offsets[row.last - 1] + 1)


def _end_of_rest(words: str, rest: str) -> int:
    """How far the rest of a label reaches into the words behind its first part; 0 where it is not there.

    It follows at once, a character damaged perhaps, or, if it is long, in pieces.
    """
    ends = range(max(1, len(rest) - 2), min(len(rest) + 1, len(words)) + 1)
    end = max(ends, key=lambda end: similarity(words[:end], rest), default=0)
    if end and similarity(words[:end], rest) >= _LIKE_REST:
        return end
    matched = last = 0
    for position, character in enumerate(words):
        if matched < len(rest) and character == rest[matched]:
            matched, last = matched + 1, position + 1
    return last if matched >= max(_LEAST_REST * len(rest), _SHORTEST_REST) else 0


def fill_heads(norm: str, compact: Compact, instance: Instance) -> None:
    """Adds the heads of columns that stand, damaged, among the found ones above a row."""
    rows = sorted(instance.rows, key=lambda row: row.first)
    previous = 0
    for row in rows:
        block = [head for head in instance.heads if previous <= head.first < row.first]
        previous = row.last
        if not block:
            continue
        known = {head.column.key for head in block if head.column}
        missing = [column for key, column in instance.table.columns.items() if key not in known]
        covered = sorted((head.first, head.last) for head in block)
        for (_, low), (high, _) in pairwise([*covered, (row.first, row.last)]):
            for first, last in _pieces(compact, low, high):
                words = compact.han[first:last]
                column = max(missing, key=lambda c: likeness(words, c.keys, _LEAST_HEAD), default=None)
                if column and likeness(words, column.keys, _LEAST_HEAD):
                    start, end = compact.offsets[first], compact.offsets[last - 1] + 1
                    instance.heads.append(Head(column, False, start, end, first, last))
                    missing.remove(column)
    instance.heads.sort(key=lambda head: head.first)


def _pieces(compact: Compact, low: int, high: int) -> list[tuple[int, int]]:
    """The words between two compact positions, apart where the text parts them."""
    offsets = compact.offsets
    cuts = [low, *(i for i in range(low + 1, high) if offsets[i] != offsets[i - 1] + 1), high]
    return [(first, last) for first, last in pairwise(cuts) if last - first > 1]


def _masked(text: str, low: int, high: int, headings: list[tuple[int, int]]) -> str:
    """The words between two positions; those of groups' names that were read are no other label."""
    words = text[low:high]
    for first, last in headings:
        if low <= first and last <= high:
            words = words[: first - low] + "\0" * (last - first) + words[last - low :]
    return words


def _between(
    norm: str,
    compact: Compact,
    table: Table,
    before: Found | None,
    after: Found | None,
    low: int,
    words: str,
    known: set[int],
) -> Iterator[Found]:
    if table.any_order:
        missing = [row for row in table.rows if row.index not in known and not row.weak]
        yield from _alike(norm, compact, table, missing, low, low + len(words))
        return
    first = before.row.index + 1 if before else 0
    last = after.row.index if after else len(table.rows)
    missing = [row for row in table.rows[first:last] if row.index not in known]
    if not missing or len(words) * sum(len(row.label) for row in missing) > _MAX_CELLS:
        return
    labels = tuple(han(row.label) for row in missing)
    for index, start, end, share in align_words(words, labels):
        row = missing[index]
        number = number_before(norm, compact.offsets[low + start])
        if not row.weak or (share == 1.0 and number and number in row.number):
            yield _damaged(norm, compact, table, row, low + start, low + end, share)


def _damaged(norm: str, compact: Compact, table: Table, row: Row, first: int, last: int, similarity: float) -> Found:
    floor = max(0, compact.offsets[first] - 16)
    begin = stray_characters(norm, compact.offsets[first], floor, compact.wording.units)
    end = closing(norm, compact.offsets[last - 1] + 1)
    return Found(
        row, table, label_start(norm, begin, floor, "" if table.any_order else row.number), end, first, last, similarity
    )


def _alike(norm: str, compact: Compact, table: Table, missing: list[Row], low: int, high: int) -> Iterator[Found]:
    """In a table of any order: words, in one piece or in up to three, that are nearly one row's label."""
    offsets = compact.offsets
    cuts = [low] + [i for i in range(low + 1, high) if offsets[i] != offsets[i - 1] + 1] + [high]
    at = 0
    while at < len(cuts) - 1:
        found = _best_from(compact, cuts, at, missing)
        following = found and _best_from(compact, cuts, at + 1, missing)
        # Words that belong to the row before do not make a label likelier.
        if found is None or (following is not None and following.likeness >= found.likeness):
            at += 1
            continue
        yield _damaged(norm, compact, table, found.row, cuts[at], found.end, found.likeness)
        missing = [row for row in missing if row is not found.row]
        at = found.following


@dataclass(frozen=True, slots=True)
class _Alike:
    """Pieces of words that are like a label: where they end, and which piece follows."""

    likeness: float
    row: Row
    end: int
    following: int


def _best_from(compact: Compact, cuts: list[int], at: int, missing: list[Row]) -> _Alike | None:
    """The likeliest label of the words that begin with a piece."""
    best: _Alike | None = None
    for following in range(at + 1, min(at + _MAX_PIECES, len(cuts) - 1) + 1):
        words = compact.han[cuts[at] : cuts[following]].rstrip(compact.wording.units)
        like = _likest(words, missing) if 3 <= len(words) <= 24 else None
        if like is not None and (best is None or like[0] > best.likeness):
            best = _Alike(*like, cuts[at] + len(words), following)
    return best


def _likest(words: str, missing: list[Row]) -> tuple[float, Row] | None:
    """The row whose label is most like the words, and how much; None where it is not like enough.

    Less will do where no other label is nearly as like.
    """
    ranked = sorted(
        ((likeness(words, row.keys, _LEAST_LIKENESS - _APART), row.index, row) for row in missing), reverse=True
    )
    if not ranked or ranked[0][0] < _LEAST_LIKENESS:
        return None
    best, _, row = ranked[0]
    apart = best - ranked[1][0] if len(ranked) > 1 else 1.0
    return (best, row) if apart >= (_APART if best < _LIKENESS else _TIE) else None
