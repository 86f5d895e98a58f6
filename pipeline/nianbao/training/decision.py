"""Trains the decision on texts by hands that the network did not learn from.

    python -m nianbao.training.decision --numbers build/folds --out models/decision

For each hand (file of corpus/texts) there is a network that learned from the others; what it says of that hand's texts
is what a network says of a stranger's. Trees, calibration and thresholds are fitted on that alone.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nianbao.prose.decision.decide import Decider, choose, one_value
from nianbao.prose.decision.model import DecisionModel, logistic, odds
from nianbao.prose.decision.options import FEATURES, Option
from nianbao.prose.mention import Mention
from nianbao.training.marked import MarkedText

Key = tuple[Any, ...]
_SURE = (0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.99)
_TREES, _DEPTH, _LEAF, _RATE = 80, 4, 15, 0.1


@dataclass(slots=True)
class Case:
    """A text's options, and which of them are right. `wanted`: its facts (those that must be found); `allowed`: these
    and those that may be; `open_none`: for each mention whether no fact of the registry stands there."""

    hand: str
    options: list[Option]
    right: list[bool]
    wanted: set[Key]
    allowed: set[Key]
    numbers: list[int] = field(default_factory=list)
    free: dict[int, bool] = field(default_factory=dict)


def fact_key(option: Option) -> Key:
    """What must agree with a mark."""
    link = option.link
    value = None if link.value is None else round(float(link.value), 4)
    return link.metric, link.applicant or "total", link.year, value, link.scope is None


def marked_keys(text: MarkedText, mentions: Sequence[Mention]) -> list[tuple[int, int, Key, bool]]:
    """The facts of a marked text: start, end, key, whether it must be found."""
    found = []
    for mark in text.marks:
        value = mark.value
        if mark.running:
            continue
        if value is None:
            read = [m.value for m in mentions if m.start < mark.end and mark.start < m.end and m.value is not None]
            # A number that no mention stands for is missed, whatever its value.
            value = float(read[0]) if read else math.inf
        key = (mark.metric, mark.applicant or "total", mark.year or text.year, round(value, 4), mark.scope is None)
        found.append((mark.start, mark.end, key, not mark.optional and mark.scope is None))
    return found


def case_of(
    hand: str, text: MarkedText, doc: Any, decider: Decider, mentions: Sequence[Any], entries: Sequence[Any]
) -> Case:
    """A text's options against its marks."""
    options, _ = decider.consider(mentions, entries)
    keys = marked_keys(text, mentions)
    here = {
        number: [key for start, end, key, _ in keys if start < m.end and m.start < end]
        for number, m in enumerate(mentions)
    }
    right = [fact_key(o) in here[o.mention] for o in options]
    wanted = {key for *_, key, must in keys if must and key[0] in decider.known}
    numbers = [n for n, m in enumerate(mentions) if m.kind in ("count", "money")]
    free = {n: not any(key[0] in decider.known for key in here[n]) for n in numbers}
    return Case(hand, options, right, wanted, {key for *_, key, _ in keys}, numbers, free)


def table(cases: Iterable[Case]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Features and rightness of all options."""
    rows = [o.features for case in cases for o in case.options]
    right = [r for case in cases for r in case.right]
    return np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES)), np.array(right, dtype=np.int64)


def grow(cases: Sequence[Case], seed: int = 0) -> Any:
    """scikit-learn's boosted trees over the options of some cases."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    trees = HistGradientBoostingClassifier(
        max_iter=_TREES,
        learning_rate=_RATE,
        max_depth=_DEPTH,
        min_samples_leaf=_LEAF,
        l2_regularization=2.0,
        early_stopping=False,
        random_state=seed,
    )
    return trees.fit(*table(cases))


def arrays(trees: Any) -> dict[str, Any]:
    """The trees' nodes in one row, for DecisionModel."""
    parts: dict[str, list[Any]] = {name: [] for name in ("feature", "border", "left", "right", "value")}
    roots, shift = [], 0
    for (predictor,) in trees._predictors:
        nodes = predictor.nodes
        leaf = nodes["is_leaf"].astype(bool)
        roots.append(shift)
        parts["feature"].append(np.where(leaf, -1, nodes["feature_idx"].astype(np.int64)))
        parts["border"].append(np.where(leaf, 0.0, nodes["num_threshold"]))
        parts["left"].append(np.where(leaf, 0, nodes["left"].astype(np.int64) + shift))
        parts["right"].append(np.where(leaf, 0, nodes["right"].astype(np.int64) + shift))
        parts["value"].append(np.where(leaf, nodes["value"], 0.0))
        shift += len(nodes)
    kinds = {"feature": np.int32, "left": np.int32, "right": np.int32}
    found = {name: np.concatenate(rows).astype(kinds.get(name, np.float64)) for name, rows in parts.items()}
    base = float(np.asarray(trees._baseline_prediction).reshape(-1)[0])
    return {**found, "roots": np.array(roots, dtype=np.int32), "base": base}


def rated(cases: Sequence[Case], model: DecisionModel) -> None:
    """Puts the model's chances on the options."""
    for case in cases:
        for option, chance in zip(case.options, model.chances([o.features for o in case.options]), strict=True):
            option.chance = chance


def settle(case: Case, threshold: float, sure: float) -> list[Option]:
    """The options of a case that are believed in the end."""
    by_mention: dict[int, list[Option]] = {}
    for option in case.options:
        by_mention.setdefault(option.mention, []).append(option)
    return one_value([o for own in by_mention.values() for o in choose(own, threshold)], sure)


@dataclass(slots=True)
class Figures:
    """Prose figures over cases: precision, recall, F1 and the share of linked values that contradict a known slot."""

    right: int = 0
    extra: int = 0
    missed: int = 0
    wrong: int = 0

    def add(self, case: Case, kept: Sequence[Option]) -> None:
        """One case and what was linked in it."""
        keys = {fact_key(option) for option in kept}
        slots = {key[:3] for key in case.allowed}
        self.right += len(keys & case.wanted)
        self.missed += len(case.wanted - keys)
        bad = {key for key in keys - case.allowed if key[4]}
        self.extra += len(bad)
        self.wrong += sum(key[:3] in slots for key in bad)

    def f1(self) -> float:
        """F1."""
        return 2 * self.right / max(2 * self.right + self.extra + self.missed, 1)

    def told(self) -> dict[str, float]:
        """As one line of a table."""
        linked = self.right + self.extra
        return {
            "p": round(self.right / max(linked, 1), 4),
            "r": round(self.right / max(self.right + self.missed, 1), 4),
            "f": round(self.f1(), 4),
            "wrong": round(self.wrong / max(linked, 1), 4),
        }


def figures(cases: Sequence[Case], threshold: float, sure: float) -> Figures:
    """Figures of cases whose options are rated."""
    found = Figures()
    for case in cases:
        found.add(case, settle(case, threshold, sure))
    return found


def thresholds(cases: Sequence[Case], cost: float) -> tuple[float, float]:
    """The threshold and the surety that are best on cases rated out of fold: F1 less `cost` times the wrong share."""
    best = (-1.0, 0.5, 0.9)
    for threshold in np.arange(0.3, 0.8, 0.025):
        for sure in _SURE:
            found = figures(cases, float(threshold), sure)
            linked = found.right + found.extra
            best = max(best, (found.f1() - cost * found.wrong / max(linked, 1), round(float(threshold), 3), sure))
    return best[1], best[2]


def lines(cases: Sequence[Case], threshold: float, sure: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope and offset of the confidence of linked facts, and of open ones, on cases rated out of fold."""
    linked, right, left, free = [], [], [], []
    for case in cases:
        kept = settle(case, threshold, sure)
        taken = {o.mention for o in kept}
        for option in kept:
            linked.append(option.chance)
            right.append(fact_key(option) in case.allowed)
        for number in case.numbers:
            if number not in taken:
                left.append(max((o.chance for o in case.options if o.mention == number), default=0.0))
                free.append(case.free[number])
    return _line(linked, right), _line(left, free)


def _line(chances: Sequence[float], right: Sequence[bool]) -> NDArray[np.float64]:
    from sklearn.linear_model import LogisticRegression

    if len(set(right)) < 2:
        return np.array([1.0, 0.0])
    learner = LogisticRegression(C=100.0).fit(odds(np.array(chances))[:, None], right)
    return np.array([float(learner.coef_[0][0]), float(learner.intercept_[0])])


def calibration_error(confidence: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error over equal bins of confidence."""
    sure, good = np.array(confidence), np.array(right, dtype=float)
    at = np.minimum((sure * bins).astype(int), bins - 1)
    parts = [abs(sure[at == b].mean() - good[at == b].mean()) * (at == b).sum() for b in range(bins) if (at == b).any()]
    return float(sum(parts) / max(len(sure), 1))


def plain_model(trees: Any, threshold: float = 0.5, sure: float = 0.9) -> DecisionModel:
    """A model of the trees that is not calibrated yet."""
    straight = np.array([1.0, 0.0])
    return DecisionModel(
        **arrays(trees), linked=straight, opened=np.array([-1.0, 0.0]), threshold=threshold, sure=sure, unknown=0.75
    )


def fit(cases: Sequence[Case], cost: float = 1.0, seed: int = 0) -> tuple[DecisionModel, Any]:
    """The decision of all cases, its thresholds and calibration those of hands left out one by one.

    Leaves the cases rated out of fold. Returns the model and scikit-learn's trees.
    """
    hands = sorted({case.hand for case in cases})
    for hand in hands:
        rated([c for c in cases if c.hand == hand], plain_model(grow([c for c in cases if c.hand != hand], seed)))
    threshold, sure = thresholds(cases, cost)
    linked, opened = lines(cases, threshold, sure)
    trees = grow(cases, seed)
    model = plain_model(trees, threshold, sure)
    model.linked, model.opened = linked, opened
    return model, trees


def keep_trees(folder: Path, trees: Any) -> None:
    """Keeps scikit-learn's own object with skops, for those who look inside."""
    from skops.io import dump

    folder.mkdir(parents=True, exist_ok=True)
    dump(trees, folder / "decision.skops", compression=zipfile.ZIP_DEFLATED, compresslevel=9)


__all__ = ["Case", "DecisionModel", "case_of", "fit", "logistic"]
