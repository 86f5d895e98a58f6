"""The votes of all labelling functions on all mentions, as a sparse matrix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nianbao.weak.functions import NONE, Vote

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(slots=True)
class Votes:
    """Votes in coordinate form: `items[i]` (a mention's number) got label `labels[given[i]]` from `functions[by[i]]`.

    The three arrays have one entry a vote, shape (votes,); abstentions are not stored. `size` is the number of
    mentions. `labels[0]` is NONE.
    """

    functions: list[str]
    labels: list[str]
    items: NDArray[np.int64]
    by: NDArray[np.int64]
    given: NDArray[np.int64]
    size: int

    @classmethod
    def of(cls, collected: Iterable[Sequence[Vote]], functions: Iterable[str] = ()) -> Votes:
        """The matrix of votes listed mention by mention; `functions` are named even where they never speak."""
        numbers = {name: i for i, name in enumerate(dict.fromkeys(functions))}
        labels = {NONE: 0}
        rows: list[tuple[int, int, int]] = []
        size = 0
        for size, votes in enumerate(collected, 1):
            for vote in votes:
                function = numbers.setdefault(vote.function, len(numbers))
                rows.append((size - 1, function, labels.setdefault(vote.label, len(labels))))
        table = np.array(rows, dtype=np.int64).reshape(-1, 3)
        return cls(list(numbers), list(labels), table[:, 0], table[:, 1], table[:, 2], size)

    def candidates(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(mention, label) of every label that a mention may have: those voted for, and none. Sorted by mention."""
        width = len(self.labels)
        keys = np.concatenate([self.items * width + self.given, np.arange(self.size, dtype=np.int64) * width])
        keys = np.unique(keys)
        return keys // width, keys % width
