"""The learned linker: a linear classifier over a mention's features, calibrated, that may abstain.

The classifier is scikit-learn's and is kept with skops (linker.skops). Reading needs only its numbers, kept beside it
as plain arrays (linker.npz): importing scikit-learn would cost more than reading a hundred reports. Nothing is
pickled. A label is a metric id, or "" for a number that counts no canonical metric.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from murmurhash.mrmr import hash as murmurhash3

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.feature_extraction import FeatureHasher
    from sklearn.isotonic import IsotonicRegression
    from sklearn.linear_model import SGDClassifier

NONE = ""
_MODEL, _NUMBERS, _SETTINGS = "linker.skops", "linker.npz", "linker.json"


@dataclass(slots=True, frozen=True)
class Prediction:
    """`metric`: the likeliest label ("" for none); `confidence`: calibrated, 0..1; `runner_up`: the next metric."""

    metric: str
    confidence: float
    runner_up: str | None


@dataclass(slots=True)
class LinkModel:
    """A trained linker as arrays.

    Args:
        columns: how many columns features are hashed into.
        indptr, indices, weights: the weights, compressed by column: column c has the labels indices[indptr[c] :
            indptr[c + 1]] with those weights.
        intercept: shape (labels,). labels: their names.
        scores_at, right_at: the calibration, score to share of right answers, between whose points lines are drawn.
        threshold: confidence below which it abstains.
    """

    columns: int
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    weights: NDArray[np.float64]
    intercept: NDArray[np.float64]
    labels: list[str]
    scores_at: NDArray[np.float64]
    right_at: NDArray[np.float64]
    threshold: float

    @classmethod
    def of(
        cls, hasher: FeatureHasher, classifier: SGDClassifier, calibrator: IsotonicRegression | None, threshold: float
    ) -> LinkModel:
        """The numbers of scikit-learn's objects; without a calibrator a score is its own confidence."""
        from scipy.sparse import csc_matrix

        table = csc_matrix(classifier.coef_)
        ends = np.array([0.0, 1.0])
        return cls(
            hasher.n_features,
            table.indptr.astype(np.int64),
            table.indices.astype(np.int32),
            table.data.astype(np.float64),
            np.asarray(classifier.intercept_, dtype=np.float64),
            [str(label) for label in classifier.classes_],
            ends if calibrator is None else np.asarray(calibrator.X_thresholds_, dtype=np.float64),
            ends if calibrator is None else np.asarray(calibrator.y_thresholds_, dtype=np.float64),
            threshold,
        )

    def scores(self, features: Sequence[list[str]]) -> NDArray[np.float64]:
        """Shares of the labels, shape (mentions, labels), each row summing to 1 (one against all, normalised)."""
        count, columns = len(self.labels), self.columns
        # As scikit-learn's FeatureHasher without alternate signs.
        at = np.array([abs(murmurhash3(name)) % columns for names in features for name in names], dtype=np.int64)
        begin, end = self.indptr[at], self.indptr[at + 1]
        lengths = end - begin
        places = np.repeat(end - lengths.cumsum(), lengths) + np.arange(lengths.sum())
        # One sum for all mentions: label l of mention m has the bin m * count + l.
        first = np.repeat(np.arange(len(features)) * count, [len(names) for names in features])
        bins = np.repeat(first, lengths) + self.indices[places]
        margins = np.bincount(bins, self.weights[places], len(features) * count).reshape(-1, count) + self.intercept
        shares = 1.0 / (1.0 + np.exp(-np.clip(margins, -30.0, 30.0)))
        return shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-9)

    def confidence(self, top: NDArray[np.float64]) -> NDArray[np.float64]:
        """The calibrated confidence of the scores of the best labels."""
        return np.clip(np.interp(top, self.scores_at, self.right_at), 0.0, 1.0)

    def predict(self, features: Sequence[list[str]]) -> list[Prediction]:
        """A prediction for each mention."""
        if not features:
            return []
        shares = self.scores(features)
        order = np.argsort(-shares, axis=1)[:, :3]
        confidence = self.confidence(shares[np.arange(len(shares)), order[:, 0]])
        found = []
        for row, sure in zip(order, confidence, strict=True):
            second = next((self.labels[i] for i in row[1:] if self.labels[i] != NONE), None)
            found.append(Prediction(self.labels[row[0]], float(sure), second))
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
            scores_at=self.scores_at,
            right_at=self.right_at,
            threshold=self.threshold,
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
                parts["scores_at"],
                parts["right_at"],
                float(parts["threshold"]),
            )

    def save(self, folder: Path) -> None:
        """Writes linker.npz and linker.json into the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _NUMBERS).write_bytes(self.to_bytes())
        (folder / _SETTINGS).write_text(json.dumps({"threshold": self.threshold}) + "\n", "utf-8")

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


def save_trained(
    folder: Path, hasher: FeatureHasher, classifier: SGDClassifier, calibrator: IsotonicRegression
) -> None:
    """Keeps scikit-learn's own objects with skops, for those who train on from them or look inside."""
    from skops.io import dump

    folder.mkdir(parents=True, exist_ok=True)
    parts: dict[str, Any] = {"hasher": hasher, "classifier": classifier, "calibrator": calibrator}
    dump(parts, folder / _MODEL, compression=zipfile.ZIP_DEFLATED, compresslevel=9)
