"""How much words are like a label, and which labels stand in a string of damaged words."""

from __future__ import annotations

from functools import lru_cache

_LEAST_SIMILARITY = 0.6
_INSERTED, _LOST = 0.35, 1.0


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
