"""The trained decision as arrays: boosted trees over an option's features, and how their sum becomes a chance.

The trees are scikit-learn's, kept with skops (decision.skops). Reading needs only their numbers, kept beside them as
plain arrays (decision.npz): importing scikit-learn would cost more than reading a hundred reports. Nothing is pickled.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nianbao.prose.decision.options import FEATURES

_FILE = "decision.npz"


@dataclass(slots=True)
class DecisionModel:
    """Trees and what makes chances of them.

    `feature`, `border`, `left`, `right`, `value`: nodes of all trees in one row, -1 in `feature` for a leaf; `roots`:
    each tree's first node; `base`: what their sum begins with. `linked`, `opened`: slope and offset that turn the sum
    into the confidence of a fact that is linked, and that of a number's best option into the confidence of leaving it
    open. `threshold`: the chance below which an option is not believed; `sure`: the chance from which several values
    of one metric, applicant, year and part stand side by side. `unknown`: confidence of a rule's finding whose metric
    no trained part knows.
    """

    feature: NDArray[np.int32]
    border: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float64]
    roots: NDArray[np.int32]
    base: float
    linked: NDArray[np.float64]
    opened: NDArray[np.float64]
    threshold: float
    sure: float
    unknown: float

    def sums(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """The trees' sum for each row of features."""
        if not len(features):
            return np.zeros(0)
        at = np.tile(self.roots, (len(features), 1))
        rows = np.arange(len(features))[:, None]
        while True:
            asked = self.feature[at]
            inner = asked >= 0
            if not inner.any():
                break
            goes_left = features[rows, np.maximum(asked, 0)] <= self.border[at]
            at = np.where(inner, np.where(goes_left, self.left[at], self.right[at]), at)
        return np.asarray(self.value[at].sum(axis=1) + self.base)

    def chances(self, features: list[list[float]]) -> list[float]:
        """The chance of each option, by itself, to be right."""
        table = np.array(features, dtype=np.float64).reshape(-1, len(FEATURES))
        return [float(chance) for chance in logistic(self.sums(table))]

    def confidence(self, chance: float) -> float:
        """The share of right ones among linked facts whose option had this chance."""
        return _turned(self.linked, chance)

    def confidence_open(self, chance: float) -> float:
        """The share of numbers that count nothing of the registry among open ones whose best option had this chance."""
        return _turned(self.opened, chance)

    def to_bytes(self) -> bytes:
        """The numbers, as decision.npz holds them."""
        buffer = io.BytesIO()
        arrays: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        np.savez_compressed(buffer, features=np.array(FEATURES), **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> DecisionModel:
        """Reads what `to_bytes` gave.

        Raises:
            ValueError: the bytes hold pickled objects, or were trained on other features.
        """
        with np.load(io.BytesIO(data), allow_pickle=False) as parts:
            if tuple(parts["features"].tolist()) != FEATURES:
                raise ValueError("the decision was trained on other features; train it again")
            numbers = {field.name: parts[field.name] for field in fields(cls)}
        return cls(**{name: values.item() if values.ndim == 0 else values for name, values in numbers.items()})

    def save(self, folder: Path) -> None:
        """Writes decision.npz into the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _FILE).write_bytes(self.to_bytes())

    @staticmethod
    def is_in(folder: Path) -> bool:
        """Whether the folder holds a decision."""
        return (folder / _FILE).is_file()

    @classmethod
    def load(cls, folder: Path) -> DecisionModel:
        """Reads what `save` wrote.

        Raises:
            FileNotFoundError: there is no decision in the folder.
        """
        return cls.from_bytes((folder / _FILE).read_bytes())


def logistic(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chances of sums."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(sums, -30, 30))))


def odds(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum that a chance is of."""
    bounded = np.clip(chance, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(bounded / (1 - bounded)))


def _turned(line: NDArray[np.float64], chance: float) -> float:
    return float(logistic(line[0] * odds(np.array(chance)) + line[1]))
