"""The trained decision as arrays: boosted trees over an option's features, and how their sum becomes a chance.

The trees are scikit-learn's, kept with skops (decision.skops). Reading needs only their numbers, kept beside them as
plain arrays (decision.npz): importing scikit-learn would cost more than reading a hundred reports. Nothing is pickled.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nianbao.prose.decision.options import FEATURES

_FILE = "decision.npz"
# Chances nearer to 0 or 1 tell no more.
_LEAST = 1e-3


@dataclass(slots=True, frozen=True)
class Bounds:
    """Chances from which something is believed.

    `fill`: the network alone, where the rules say nothing of a number; `relink`: the network, where the rules say
    something else that is less likely; `stands`: what the rules say.
    """

    fill: float
    relink: float
    stands: float


@dataclass(slots=True)
class DecisionModel:
    """Trees and what makes chances of them.

    `feature`, `border`, `left`, `right`, `value`: nodes of all trees in one row, -1 in `feature` for a leaf; `roots`:
    each tree's first node; `base`: what their sum begins with. `linked`: offset and slope that make of an option's
    chance (of its odds) the confidence of a fact that is linked; `opened`: offset and a slope for each value of
    `open_kind`, for the confidence of leaving a number open. `fill`, `relink`, `stands`: see Bounds.
    `unknown`: confidence of a rule's finding whose metric no trained part knows; `learnt`: those that are known.
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
    fill: float
    relink: float
    stands: float
    unknown: float
    learnt: NDArray[np.str_]

    @property
    def bounds(self) -> Bounds:
        """The chances from which something is believed."""
        return Bounds(self.fill, self.relink, self.stands)

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
        return _sure(self.linked, (odds(chance),))

    def confidence_open(self, best: float, none: float, ours: bool, numbers: int) -> float:
        """The share of numbers that count nothing of the registry among open ones of this kind (see `open_kind`)."""
        return _sure(self.opened, open_kind(best, none, ours, numbers))

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
            names = {field.name for field in fields(cls)}
            if not names <= set(parts.files) or tuple(parts["features"].tolist()) != FEATURES:
                raise ValueError("the decision was trained on other features; train it again")
            numbers = {name: parts[name] for name in names}
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


def open_kind(best: float, none: float, ours: bool, numbers: int) -> tuple[float, ...]:
    """What the confidence of leaving a number open is told by.

    Args:
        best: chance of its best option, 0 where it has none. none: the network's share of no metric. ours: whether its
            sentence speaks of disclosure or requests. numbers: of the document.
    """
    return odds(best), odds(none), float(ours), math.log1p(numbers)


def logistic(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chances of sums."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(sums, -30, 30))))


def odds(chance: float) -> float:
    """The sum that a chance is of."""
    bounded = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(bounded / (1 - bounded))


def _sure(line: NDArray[np.float64], told: tuple[float, ...]) -> float:
    total = float(line[0]) + sum(float(slope) * value for slope, value in zip(line[1:], told, strict=True))
    return 1.0 / (1.0 + math.exp(-min(max(total, -30.0), 30.0)))
