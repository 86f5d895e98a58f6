"""The label model: how far each labelling function is to be believed, and what the mentions' labels then are.

Dawid and Skene (1979) in its one-coin form, by expectation maximisation: a function has one accuracy, whatever the
label; a wrong vote falls on any other candidate alike. It is written here, in a page, because what is needed differs
from what libraries give: votes are sparse (two a mention among hundreds of functions and labels, where crowd-kit's
full confusion matrices have no data), only labels that somebody named are candidates, each function comes with a
prior accuracy, and nothing is learnt from a mention on which a single function speaks. skweak is no longer kept,
Snorkel needs torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from nianbao.weak.functions import NONE, settings
from nianbao.weak.votes import Votes

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FLOOR, _CEILING = 0.05, 0.995


@dataclass(slots=True, frozen=True)
class Posterior:
    """`label`: the likeliest (NONE for no metric), with its probability; `runner_up`: the next one, if any."""

    label: str
    probability: float
    runner_up: str | None


@dataclass(slots=True)
class LabelModel:
    """Accuracies of labelling functions, learnt from their agreement.

    Args:
        trust: function -> accuracy before anything is seen; 0.7 where it is not named.
        strength: how many votes that trust is worth.
        iterations: rounds of expectation maximisation.
        none_share: share of mentions without a metric before anything is seen.
    """

    trust: Mapping[str, float] = field(default_factory=dict)
    strength: float = field(default_factory=lambda: settings()["label_model"]["strength"])
    iterations: int = field(default_factory=lambda: settings()["label_model"]["iterations"])
    none_share: float = field(default_factory=lambda: settings()["label_model"]["none_share"])
    accuracy: dict[str, float] = field(default_factory=dict)

    def fit(self, votes: Votes) -> LabelModel:
        """Learns the accuracies. Returns itself.

        Only mentions with at least two votes teach: alone, a function would agree with itself.
        """
        prior = self._priors(votes)
        accuracy = prior
        several = np.bincount(votes.items, minlength=votes.size)[votes.items] > 1
        seen = np.bincount(votes.by[several], minlength=len(prior))
        for _ in range(self.iterations):
            shares, at = self._shares(votes, accuracy)
            agreed = np.bincount(votes.by[several], weights=shares[at[several]], minlength=len(prior))
            accuracy = np.clip((self.strength * prior + agreed) / (self.strength + seen), _FLOOR, _CEILING)
        self.accuracy = dict(zip(votes.functions, accuracy.tolist(), strict=True))
        return self

    def predict(self, votes: Votes) -> list[Posterior]:
        """The label of each mention."""
        known = np.array([self.accuracy.get(name, self.trust.get(name, 0.7)) for name in votes.functions])
        shares, _ = self._shares(votes, known)
        items, labels = votes.candidates()
        found: list[list[tuple[float, int]]] = [[] for _ in range(votes.size)]
        for item, label, share in zip(items.tolist(), labels.tolist(), shares.tolist(), strict=True):
            found[item].append((share, label))
        return [self._posterior(votes, sorted(entries, reverse=True)) for entries in found]

    @staticmethod
    def _posterior(votes: Votes, ranked: list[tuple[float, int]]) -> Posterior:
        second = next((votes.labels[label] for _, label in ranked[1:] if votes.labels[label] != NONE), None)
        return Posterior(votes.labels[ranked[0][1]], ranked[0][0], second)

    def _priors(self, votes: Votes) -> NDArray[np.float64]:
        return np.array([self.trust.get(name, 0.7) for name in votes.functions], dtype=float)

    def _shares(self, votes: Votes, accuracy: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The probability of each candidate (in the order of `candidates`), and each vote's place among them."""
        items, labels = votes.candidates()
        width = len(votes.labels)
        at = np.searchsorted(items * width + labels, votes.items * width + votes.given)
        count = np.bincount(items, minlength=votes.size)
        others = np.maximum(count - 1, 1)
        right = np.log(accuracy)[votes.by]
        wrong = np.log((1 - accuracy)[votes.by] / others[votes.items])
        # Every vote counts as wrong for all candidates, then is put right for the one that it names.
        base = np.bincount(votes.items, weights=wrong, minlength=votes.size).astype(float)
        score = base[items] + np.bincount(at, weights=right - wrong, minlength=len(items))
        score += np.log(np.where(labels == 0, self.none_share, (1 - self.none_share) / others[items]))
        peak = np.full(votes.size, -np.inf)
        np.maximum.at(peak, items, score)
        shares = np.exp(score - peak[items])
        return shares / np.bincount(items, weights=shares, minlength=votes.size)[items], at
