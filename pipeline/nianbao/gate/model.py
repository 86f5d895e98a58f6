"""The linear model behind the gate: weights as plain arrays, nothing pickled."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nianbao.gate.features import COLUMNS, features

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nianbao.gate.page import PageParts

_FILE = "gate.npz"


@dataclass(slots=True)
class GateModel:
    """`weights`: shape (COLUMNS,); a page whose score (0..1) reaches `threshold` passes. `names`: of a report."""

    weights: NDArray[np.float32]
    intercept: float
    threshold: float
    names: tuple[str, ...]

    def score(self, page: PageParts) -> float:
        """How like a report the page is, 0..1."""
        return float(1.0 / (1.0 + np.exp(-self.margin(page))))

    def margin(self, page: PageParts) -> float:
        """The log odds that the page is of a report, -30..30."""
        columns, values = features(page, self.names)
        return float(np.clip(float(self.weights[columns] @ values) + self.intercept, -30.0, 30.0))

    def save(self, folder: Path) -> None:
        """Writes gate.npz into the folder: the columns that have a weight, as half-precision numbers."""
        folder.mkdir(parents=True, exist_ok=True)
        at = np.flatnonzero(self.weights.astype(np.float16))
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            at=at.astype(np.uint32),
            weights=self.weights[at].astype(np.float16),
            intercept=self.intercept,
            threshold=self.threshold,
            columns=COLUMNS,
            names=np.array(self.names),
        )
        (folder / _FILE).write_bytes(buffer.getvalue())

    @classmethod
    def load(cls, folder: Path) -> GateModel:
        """Reads what `save` wrote.

        Raises:
            FileNotFoundError: there is no gate in the folder.
            ValueError: the file is no gate, is one of another version, or holds pickled objects.
        """
        with np.load(io.BytesIO((folder / _FILE).read_bytes()), allow_pickle=False) as parts:
            if int(parts["columns"]) != COLUMNS:
                raise ValueError(f"{folder / _FILE} was trained for other features; train it anew")
            weights = np.zeros(COLUMNS, dtype=np.float32)
            weights[parts["at"]] = parts["weights"]
            return cls(weights, float(parts["intercept"]), float(parts["threshold"]), tuple(parts["names"].tolist()))
