"""How much each labelling function says, how often others say the same or otherwise, and how often it is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nianbao.weak.votes import Votes

Truth = frozenset[str]
"""The labels that are right for a mention: one clause may state several metrics."""


@dataclass(slots=True, frozen=True)
class FunctionFigures:
    """One labelling function, all shares in 0..1.

    `coverage`: mentions that it labels; `overlap`: those of them that another function labels too; `conflict`: those
    on which another says something else (both as shares of its votes); `accuracy`: right among its `judged` votes,
    those on mentions whose truth is known; None where there is none. `learnt`: the label model's figure.
    """

    function: str
    votes: int
    coverage: float
    overlap: float
    conflict: float
    judged: int
    accuracy: float | None
    learnt: float | None


def report(
    votes: Votes, truth: Sequence[Truth | None] | None = None, learnt: dict[str, float] | None = None
) -> list[FunctionFigures]:
    """A row for each function, those that speak most first.

    Args:
        truth: for each mention its right labels, None where unknown.
        learnt: function -> accuracy of the label model.
    """
    per_item = np.bincount(votes.items, minlength=votes.size)
    width = len(votes.labels)
    _, inverse, same = np.unique(votes.items * width + votes.given, return_inverse=True, return_counts=True)
    overlap = per_item[votes.items] > 1
    conflict = same[inverse] < per_item[votes.items]
    known = np.array([truth is not None and truth[item] is not None for item in votes.items], dtype=bool)
    right = np.zeros(len(votes.items), dtype=bool)
    if truth is not None:
        pairs = zip(votes.items.tolist(), votes.given.tolist(), strict=True)
        right = np.array([votes.labels[label] in (truth[item] or ()) for item, label in pairs], dtype=bool)
    rows = []
    for number, name in enumerate(votes.functions):
        mine = votes.by == number
        count, judged = int(mine.sum()), int((mine & known).sum())
        rows.append(
            FunctionFigures(
                function=name,
                votes=count,
                coverage=count / max(votes.size, 1),
                overlap=float(overlap[mine].mean()) if count else 0.0,
                conflict=float(conflict[mine].mean()) if count else 0.0,
                judged=judged,
                accuracy=float(right[mine & known].mean()) if judged else None,
                learnt=(learnt or {}).get(name),
            )
        )
    return sorted(rows, key=lambda row: (-row.votes, row.function))
