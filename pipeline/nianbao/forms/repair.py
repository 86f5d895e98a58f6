"""Rows whose labels lost characters, or stand in pieces: found between the rows that were read, by alignment.

The words between two known rows are aligned as one string to the labels of the form's rows between them, so that a
label in pieces, with a character missing, or with a group's name across it, is still found, and in its order.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from nianbao.forms.align import Found, Instance, closing, label_start, stray_characters
from nianbao.forms.compact import Compact
from nianbao.forms.definition import Row, Table, han

_LEAST_SIMILARITY = 0.6
_MAX_CELLS = 40_000  # of an alignment's table; larger gaps are left alone
_EDGE = 45  # Chinese characters before the first and behind the last row in which a row may stand
_INSERTED, _LOST = 0.35, 1.0


def fill_missing(norm: str, compact: Compact, instance: Instance, floor: int, ceiling: int) -> None:
    """Adds the rows of the form that stand, damaged, between the found ones; `floor`, `ceiling` are text offsets."""
    table = instance.table
    found = sorted(
        (row for row in instance.rows if row.table is table and not row.row.heading), key=lambda row: row.first
    )
    known = {row.row.index for row in instance.rows if row.table is table}
    for before, after in zip([None, *found], [*found, None], strict=True):
        low = before.last if before else max(compact.index(floor), found[0].first - _EDGE)
        high = after.first if after else min(compact.index(ceiling), found[-1].last + _EDGE)
        if high - low < 3:
            continue
        for row in _between(norm, compact, table, before, after, low, high, known):
            known.add(row.row.index)
            instance.rows.append(row)
    instance.rows.sort(key=lambda row: row.first)


def _between(
    norm: str,
    compact: Compact,
    table: Table,
    before: Found | None,
    after: Found | None,
    low: int,
    high: int,
    known: set[int],
) -> Iterator[Found]:
    if table.any_order:
        missing = [row for row in table.rows if row.index not in known and not row.weak]
        yield from _alike(norm, compact, table, missing, low, high)
        return
    first = before.row.index + 1 if before else 0
    last = after.row.index if after else len(table.rows)
    missing = [row for row in table.rows[first:last] if row.index not in known]
    if not missing or (high - low) * sum(len(row.label) for row in missing) > _MAX_CELLS:
        return
    words = compact.han[low:high]
    labels = tuple(han(row.label) for row in missing)
    for index, start, end, share in align_words(words, labels):
        if not missing[index].weak or share == 1.0:
            yield _damaged(norm, compact, table, missing[index], low + start, low + end, share)


def _damaged(norm: str, compact: Compact, table: Table, row: Row, first: int, last: int, similarity: float) -> Found:
    floor = max(0, compact.offsets[first] - 16)
    begin = stray_characters(norm, compact.offsets[first], floor)
    end = closing(norm, compact.offsets[last - 1] + 1)
    return Found(row, table, label_start(norm, begin, floor, row.number), end, first, last, similarity)


def _alike(
    norm: str, compact: Compact, table: Table, missing: list[Row], low: int, high: int
) -> Iterator[Found]:
    """In a table of any order: each stretch of words that is nearly one row's label."""
    offsets = compact.offsets
    start = low
    for index in range(low + 1, high + 1):
        if index < high and norm[offsets[index - 1] + 1 : offsets[index]].strip(' \n"(),、|') == "":
            continue
        words = compact.han[start:index]
        if 3 <= len(words) <= 24:
            best = max(((similarity(words, key), row) for row in missing for key in row.keys), key=lambda pair: pair[0])
            if best[0] >= 0.85:
                yield _damaged(norm, compact, table, best[1], start, index, best[0])
        start = index


@lru_cache(maxsize=4096)
def similarity(words: str, label: str) -> float:
    """The share of characters that the two have in common, in order: twice the longest common subsequence over both."""
    if min(len(words), len(label)) * 2 < max(len(words), len(label)):
        return 0.0
    row = [0] * (len(label) + 1)
    for character in words:
        diagonal = 0
        for position, other in enumerate(label, start=1):
            above = row[position]
            row[position] = diagonal + 1 if character == other else max(above, row[position - 1])
            diagonal = above
    return 2 * row[-1] / (len(words) + len(label))


@lru_cache(maxsize=2048)
def align_words(words: str, labels: tuple[str, ...]) -> tuple[tuple[int, int, int, float], ...]:
    """The labels that stand in `words`, in order: (index, start, end, similarity), by the cheapest alignment.

    Characters of `words` that belong to no label cost little, characters that a label lacks cost more; a row that is
    not there at all costs as much as half its label, so that chance characters do not make it up.
    """
    text, size = "".join(labels), len(words)
    costs = [[_INSERTED * i for i in range(size + 1)]]
    for character in text:
        above = costs[-1]
        line = [above[0] + _LOST]
        for i in range(size):
            cheapest = min(above[i + 1] + _LOST, line[i] + _INSERTED)
            if words[i] == character:
                cheapest = min(cheapest, above[i])
            line.append(cheapest)
        costs.append(line)
    matched: list[list[int]] = [[] for _ in labels]
    owner = [index for index, label in enumerate(labels) for _ in label]
    i, j = size, len(text)
    while j > 0:
        if i > 0 and words[i - 1] == text[j - 1] and costs[j][i] == costs[j - 1][i - 1]:
            matched[owner[j - 1]].append(i - 1)
            i, j = i - 1, j - 1
        elif i > 0 and costs[j][i] == costs[j][i - 1] + _INSERTED:
            i -= 1
        else:
            j -= 1
    found = []
    for index, (label, places) in enumerate(zip(labels, matched, strict=True)):
        share = len(places) / len(label)
        if share >= _LEAST_SIMILARITY and len(places) >= 2:
            found.append((index, min(places), max(places) + 1, share))
    return tuple(found)
