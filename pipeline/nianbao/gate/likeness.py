"""How like a report the words of a text are, whole or cut: what a linear model learnt from simulated and own texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nianbao.gate.model import GateModel
from nianbao.gate.page import read_text
from nianbao.paths import data_dir


@lru_cache(maxsize=4)
def _model(folder: Path | None) -> GateModel:
    return GateModel.load(folder or data_dir("models") / "genre")


@dataclass(slots=True, frozen=True)
class Likeness:
    """The judge that `python -m nianbao.training.genre` trains.

    Args:
        folder: of a trained judge; None: the one that ships.
    """

    folder: Path | None = None

    def __call__(self, text: str) -> float:
        """The log odds, -30..30, that a text in simplified characters is of such a report."""
        return _model(self.folder).margin(read_text(text))
