"""The learned linker: a linear classifier over a mention's features, calibrated, that may abstain.

The classifier is scikit-learn's, stored with skops; nothing in it is pickled. A label is a metric id, or "" for a
number that counts no canonical metric.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.feature_extraction import FeatureHasher
    from sklearn.isotonic import IsotonicRegression
    from sklearn.linear_model import SGDClassifier

NONE = ""
_MODEL, _SETTINGS = "linker.skops", "linker.json"
# Types that skops asks to be named; all are plain containers of numbers.
_TRUSTED = ["scipy.sparse._csr.csr_matrix", "scipy.interpolate._interpolate.interp1d"]


@dataclass(slots=True, frozen=True)
class Prediction:
    """`metric`: the likeliest label ("" for none); `confidence`: calibrated, 0..1; `runner_up`: the next metric."""

    metric: str
    confidence: float
    runner_up: str | None


@dataclass(slots=True)
class LinkModel:
    """A trained linker.

    Args:
        hasher: strings to columns. classifier: one linear score a label. calibrator: share of right answers among
            those with the same score. threshold: confidence below which it abstains.
    """

    hasher: FeatureHasher
    classifier: SGDClassifier
    calibrator: IsotonicRegression
    threshold: float
    _weights: Any = None

    def scores(self, features: Sequence[list[str]]) -> NDArray[np.float64]:
        """Shares of the labels, shape (mentions, labels), each row summing to 1 (one against all, normalised)."""
        # What decision_function does, without its checks, which cost more than the product.
        if self._weights is None:
            self._weights = self.classifier.coef_.T.tocsr()
        margins = (self.hasher.transform(features) @ self._weights).toarray() + self.classifier.intercept_
        shares = 1.0 / (1.0 + np.exp(-np.clip(margins, -30.0, 30.0)))
        return shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-9)

    def predict(self, features: Sequence[list[str]]) -> list[Prediction]:
        """A prediction for each mention."""
        if not features:
            return []
        shares = self.scores(features)
        order = np.argsort(-shares, axis=1)[:, :3]
        top = shares[np.arange(len(shares)), order[:, 0]]
        confidence = np.clip(self.calibrator.predict(top), 0.0, 1.0)
        labels = self.classifier.classes_
        found = []
        for row, sure in zip(order, confidence, strict=True):
            best = str(labels[row[0]])
            second = next((str(labels[i]) for i in row[1:] if labels[i] != NONE), None)
            found.append(Prediction(best, float(sure), second))
        return found

    def ranked(self, features: Sequence[list[str]], count: int) -> list[list[str]]:
        """The `count` likeliest metrics of each mention, the likeliest first; no metric is not among them."""
        if not features:
            return []
        labels = [str(label) for label in self.classifier.classes_]
        order = np.argsort(-self.scores(features), axis=1)[:, : count + 1]
        return [[labels[i] for i in row if labels[i] != NONE][:count] for row in order]

    def save(self, folder: Path) -> None:
        """Writes linker.skops and linker.json into the folder."""
        from skops.io import dump

        folder.mkdir(parents=True, exist_ok=True)
        parts = {"hasher": self.hasher, "classifier": self.classifier, "calibrator": self.calibrator}
        dump(parts, folder / _MODEL, compression=zipfile.ZIP_DEFLATED, compresslevel=9)
        (folder / _SETTINGS).write_text(json.dumps({"threshold": self.threshold}) + "\n", "utf-8")

    def to_bytes(self) -> bytes:
        """The model as bytes, settings included."""
        from skops.io import dumps

        parts = {"hasher": self.hasher, "classifier": self.classifier, "calibrator": self.calibrator}
        settings = json.dumps({"threshold": self.threshold}).encode()
        return len(settings).to_bytes(4, "big") + settings + dumps(parts, compression=zipfile.ZIP_DEFLATED)

    @classmethod
    def from_bytes(cls, data: bytes) -> LinkModel:
        """Reads what `to_bytes` gave."""
        from skops.io import loads

        size = int.from_bytes(data[:4], "big")
        settings = json.loads(data[4 : 4 + size])
        parts: dict[str, Any] = loads(data[4 + size :], trusted=_TRUSTED)
        return cls(parts["hasher"], parts["classifier"], parts["calibrator"], float(settings["threshold"]))

    @staticmethod
    def is_in(folder: Path) -> bool:
        """Whether the folder holds a model."""
        return (folder / _MODEL).is_file() and (folder / _SETTINGS).is_file()

    @classmethod
    def load(cls, folder: Path) -> LinkModel:
        """Reads what `save` wrote.

        Raises:
            FileNotFoundError: there is no linker in the folder.
            skops.io.exceptions.UntrustedTypesFoundException: the file holds a type that a linker does not have.
        """
        from skops.io import load

        parts: dict[str, Any] = load(folder / _MODEL, trusted=_TRUSTED)
        settings = json.loads((folder / _SETTINGS).read_text("utf-8"))
        return cls(parts["hasher"], parts["classifier"], parts["calibrator"], float(settings["threshold"]))
