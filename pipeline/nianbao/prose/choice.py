"""The choice between what the rules say of a mention and what the trained classifier's views of it say.

The classifier sees a mention in three views: with all features, without what the lexicon and the rules found, and
without the characters. A view alone is sure too easily of wordings that it has not met; how far each is to be believed,
with or against the rules, a small logistic model learns from productions that the classifier never saw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_VIEWS = ("all", "spelled", "found")
_CASES = ("as_rules", "none_against_rules", "none_with_rules", "where_rules_are_silent", "against_rules")
CHOICE_FEATURES: tuple[str, ...] = (
    *(f"{case}" for case in _CASES),
    *(f"{view}_share" for view in _VIEWS),
    *(f"{view}_rival" for view in _VIEWS),
    *(f"{view}_share_as_rules" for view in _VIEWS),
)
_LEAST = 1e-3


def candidate_features(
    views: NDArray[np.float64], rules: NDArray[np.int64], none: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The labels that are worth a thought for each mention, and CHOICE_FEATURES of each.

    Args:
        views: shares of the labels, shape (3, mentions, labels).
        rules: the label that the rules give, `none` where they give no metric.
        none: the label of a number that counts no metric.

    Returns:
        Labels of shape (mentions, 5), what the rules say first, and features of shape (mentions, 5, features).
    """
    candidates = np.stack([rules, *views.argmax(axis=2), np.full(len(rules), none)], axis=1)
    shares = np.log(np.take_along_axis(views, candidates[None], axis=2) + _LEAST)
    second, first = np.moveaxis(np.sort(views, axis=2)[:, :, -2:], 2, 0)
    best = views.argmax(axis=2)
    # The greatest share among all other labels.
    rivals = np.log(np.where(candidates[None] == best[:, :, None], second[:, :, None], first[:, :, None]) + _LEAST)
    said = (rules != none)[:, None]
    nothing = candidates == none
    same = said & (candidates == rules[:, None])
    cases = [same, nothing & said, nothing & ~said, ~nothing & ~said, ~nothing & said & ~same]
    return candidates, np.stack([*cases, *shares, *rivals, *(shares * same)], axis=2).astype(np.float64)
