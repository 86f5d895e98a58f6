"""How much words are like a label, and which labels stand in a string of damaged words."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

_LEAST_SIMILARITY = 0.6
# Costs of a character: strange to the label and outside or inside it, lost from the label, of a label left out.
_OUTSIDE, _INSIDE, _LOST, _ABSENT = 0.35, 0.6, 1.0, 0.5


@lru_cache(maxsize=4096)
def _letters(label: str) -> frozenset[str]:
    return frozenset(label)


def likeness(words: str, labels: Iterable[str], least: float) -> float:
    """The similarity of words to the likest of some labels; 0.0 for less than `least`.

    Most labels have too few characters of the words to be worth a closer look.
    """
    size, letters = len(words), frozenset(words)
    repeated = size - len(letters)
    best = 0.0
    for label in labels:
        most = 2 * min(len(_letters(label) & letters) + repeated, len(label)) / (size + len(label))
        if most >= max(least, best):
            best = max(best, similarity(words, label))
    return best if best >= least else 0.0


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

    Characters of `words` that belong to no label cost little, inside a label more, characters that a label lacks most;
    a label that is not there at all costs half its length, so that chance characters do not make it up.
    """
    before = [_OUTSIDE * i for i in range(len(words) + 1)]
    tables: list[list[list[float]]] = []
    for label in labels:
        table = [before]
        for position, character in enumerate(label, start=1):
            inserted = _OUTSIDE if position == len(label) else _INSIDE
            table.append(_next_line(table[-1], words, character, inserted))
        absent = _ABSENT * len(label)
        before = [min(cost, skipped + absent) for cost, skipped in zip(table[-1], before, strict=True)]
        tables.append(table)
    found = []
    i = len(words)
    for index in range(len(labels) - 1, -1, -1):
        table, label = tables[index], labels[index]
        if table[0][i] + _ABSENT * len(label) <= table[-1][i]:
            continue
        places, i = _trace(table, words, label, i)
        share = len(places) / len(label)
        if share >= _LEAST_SIMILARITY and len(places) >= 2:
            found.append((index, places[-1], places[0] + 1, share))
    return tuple(reversed(found))


def _next_line(above: list[float], words: str, character: str, inserted: float) -> list[float]:
    line = [above[0] + _LOST]
    for i, other in enumerate(words):
        cheapest = min(above[i + 1] + _LOST, line[i] + inserted)
        line.append(min(cheapest, above[i]) if other == character else cheapest)
    return line


def _trace(table: list[list[float]], words: str, label: str, i: int) -> tuple[list[int], int]:
    """The positions in `words` of the label's characters, from the last back, and where the label begins."""
    places: list[int] = []
    j = len(label)
    while j > 0:
        if i > 0 and words[i - 1] == label[j - 1] and table[j][i] == table[j - 1][i - 1]:
            places.append(i - 1)
            i, j = i - 1, j - 1
        elif i > 0 and table[j][i] == table[j][i - 1] + (_OUTSIDE if j == len(label) else _INSIDE):
            i -= 1
        else:
            j -= 1
    return places, i
