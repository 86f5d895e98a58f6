"""The learned linker: a linear classifier over a mention's features, calibrated, that may abstain.

The classifier is scikit-learn's and is kept with skops (linker.skops). Reading needs only its numbers, kept beside it
as plain arrays (linker.npz): importing scikit-learn would cost more than reading a hundred reports. Nothing is
pickled. A label is a metric id, or "" for a number that counts no canonical metric.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from murmurhash.mrmr import hash as murmurhash3

from nianbao.prose.choice import CHOICE_FEATURES, candidate_features
from nianbao.prose.features import view_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.feature_extraction import FeatureHasher
    from sklearn.linear_model import SGDClassifier

NONE = ""
_MODEL, _NUMBERS = "linker.skops", "linker.npz"
# How many features are known by heart, at most: some ten megabytes.
_KNOWN = 100_000


@dataclass(slots=True, frozen=True)
class Prediction:
    """`metric`: the chosen label ("" for none); `confidence`: calibrated, 0..1; `runner_up`: the next metric.

    `rules_confidence`: that of what the rules say, which may be the same.
    """

    metric: str
    confidence: float
    runner_up: str | None
    rules_confidence: float = 0.0


class _Codes(dict[str, int]):
    """Column and view of each feature as one number: most features come up again and again."""

    columns = 1

    def __missing__(self, name: str) -> int:
        # As scikit-learn's FeatureHasher without alternate signs.
        code = self[name] = abs(murmurhash3(name)) % self.columns * 3 + view_of(name)
        return code


@dataclass(slots=True)
class LinkModel:
    """A trained linker as arrays.

    Args:
        columns: how many columns features are hashed into.
        indptr, indices, weights: the weights, compressed by column: column c has the labels indices[indptr[c] :
            indptr[c + 1]] with those weights.
        intercept: shape (labels,). labels: their names.
        threshold: confidence below which it abstains.
        choice: weights of CHOICE_FEATURES, for the choice between what the rules and the views of a mention say; their
            logistic sum is the confidence.
    """

    columns: int
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    weights: NDArray[np.float64]
    intercept: NDArray[np.float64]
    labels: list[str]
    threshold: float
    choice: NDArray[np.float64]
    _codes: _Codes = field(default_factory=_Codes, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        hasher: FeatureHasher,
        classifier: SGDClassifier,
        threshold: float = 0.0,
        choice: NDArray[np.float64] | None = None,
    ) -> LinkModel:
        """The numbers of scikit-learn's objects."""
        from scipy.sparse import csc_matrix

        table = csc_matrix(classifier.coef_)
        return cls(
            hasher.n_features,
            table.indptr.astype(np.int64),
            table.indices.astype(np.int32),
            table.data.astype(np.float64),
            np.asarray(classifier.intercept_, dtype=np.float64),
            [str(label) for label in classifier.classes_],
            threshold,
            np.zeros(len(CHOICE_FEATURES)) if choice is None else choice,
        )

    def scores(self, features: Sequence[list[str]]) -> NDArray[np.float64]:
        """Shares of the labels, shape (mentions, labels), each row summing to 1 (one against all, normalised)."""
        return self.views(features)[0]

    def views(self, features: Sequence[list[str]]) -> NDArray[np.float64]:
        """Shares of the labels by all features, by all but the lexicon's and the rules' findings, and by all but the
        characters: shape (3, mentions, labels)."""
        count, codes = len(self.labels), self._codes
        codes.columns = self.columns
        if len(codes) > _KNOWN:
            codes.clear()
        named = np.array([codes[name] for names in features for name in names], dtype=np.int64)
        at, part = np.divmod(named, 3)
        row = np.repeat(np.arange(len(features)), [len(names) for names in features])
        begin = self.indptr[at]
        lengths = self.indptr[at + 1] - begin
        # One sum for all mentions: label l of mention m and part p has the bin (p * mentions + m) * count + l.
        bins = np.repeat(((part * len(features) + row) * count).astype(np.int32), lengths)
        places = np.repeat((begin - lengths.cumsum() + lengths).astype(np.int32), lengths)
        places += np.arange(len(places), dtype=np.int32)
        bins += self.indices[places]
        sums = np.bincount(bins, self.weights[places], 3 * len(features) * count).astype(np.float64)
        parts = sums.reshape(3, len(features), count)
        plain, found, spelled = parts[0] + self.intercept, parts[1], parts[2]
        margins = np.stack([plain + found + spelled, plain + spelled, plain + found])
        shares = 1.0 / (1.0 + np.exp(-np.clip(margins, -30.0, 30.0)))
        return np.asarray(shares / np.maximum(shares.sum(axis=2, keepdims=True), 1e-9))

    def predict(self, features: Sequence[list[str]], said: Sequence[str]) -> list[Prediction]:
        """A prediction for each mention; `said`: the metric that the rules give it, "" for none."""
        if not features:
            return []
        places = {label: at for at, label in enumerate(self.labels)}
        none = places[NONE]
        rules = np.array([places.get(metric, none) for metric in said])
        candidates, table = candidate_features(self.views(features), rules, none)
        sure = 1.0 / (1.0 + np.exp(-(table @ self.choice)))
        found = []
        for row, chances in zip(candidates, sure, strict=True):
            order = sorted(range(len(row)), key=lambda at: -chances[at])
            metrics = [self.labels[row[at]] for at in order]
            second = next((metric for metric in metrics[1:] if metric not in (NONE, metrics[0])), None)
            found.append(Prediction(metrics[0], float(chances[order[0]]), second, float(chances[0])))
        return found

    def ranked(self, features: Sequence[list[str]], count: int) -> list[list[str]]:
        """The `count` likeliest metrics of each mention, the likeliest first; no metric is not among them."""
        if not features:
            return []
        order = np.argsort(-self.scores(features), axis=1)[:, : count + 1]
        return [[self.labels[i] for i in row if self.labels[i] != NONE][:count] for row in order]

    def to_bytes(self) -> bytes:
        """The numbers, as linker.npz holds them."""
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            columns=self.columns,
            indptr=self.indptr,
            indices=self.indices,
            weights=self.weights,
            intercept=self.intercept,
            labels=np.array(self.labels),
            threshold=self.threshold,
            choice=self.choice,
        )
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> LinkModel:
        """Reads what `to_bytes` gave.

        Raises:
            ValueError: the bytes are no linker, or hold pickled objects.
        """
        with np.load(io.BytesIO(data), allow_pickle=False) as parts:
            return cls(
                int(parts["columns"]),
                parts["indptr"],
                parts["indices"],
                parts["weights"],
                parts["intercept"],
                [str(label) for label in parts["labels"]],
                float(parts["threshold"]),
                parts["choice"],
            )

    def save(self, folder: Path) -> None:
        """Writes linker.npz into the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _NUMBERS).write_bytes(self.to_bytes())

    @staticmethod
    def is_in(folder: Path) -> bool:
        """Whether the folder holds a model."""
        return (folder / _NUMBERS).is_file()

    @classmethod
    def load(cls, folder: Path) -> LinkModel:
        """Reads what `save` wrote.

        Raises:
            FileNotFoundError: there is no linker in the folder.
        """
        return cls.from_bytes((folder / _NUMBERS).read_bytes())


def save_trained(folder: Path, hasher: FeatureHasher, classifier: SGDClassifier) -> None:
    """Keeps scikit-learn's own objects with skops, for those who train on from them or look inside."""
    from skops.io import dump

    folder.mkdir(parents=True, exist_ok=True)
    parts: dict[str, Any] = {"hasher": hasher, "classifier": classifier}
    dump(parts, folder / _MODEL, compression=zipfile.ZIP_DEFLATED, compresslevel=9)
