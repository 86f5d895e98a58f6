"""Weak supervision: labelling functions over mentions, and a label model that weighs them by their agreement.

In: mentions of documents with what rules, tables and identities say of them. Out: `Votes`, which function gives which
mention which metric; a `LabelModel` of how far each can be trusted, with a `Posterior` of the metric for each
mention; figures of coverage, overlap, conflict and accuracy. No annotation is needed.
"""

from __future__ import annotations

from nianbao.weak.functions import NONE, Collector
from nianbao.weak.label_model import LabelModel, Posterior
from nianbao.weak.votes import Votes

__all__ = ["NONE", "Collector", "LabelModel", "Posterior", "Votes"]
