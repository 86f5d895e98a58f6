"""Weak supervision: labelling functions over mentions, and a label model that weighs them by their agreement."""

from __future__ import annotations

from nianbao.weak.functions import NONE, Collector
from nianbao.weak.label_model import LabelModel, Posterior
from nianbao.weak.votes import Votes

__all__ = ["NONE", "Collector", "LabelModel", "Posterior", "Votes"]
