"""Fits the decision on texts by hands that the network did not learn from.

For each hand (file of corpus/texts) there is a network that learned from others; what it says of that hand's texts is
what a network says of a stranger's. Trees, calibration and bounds are fitted on that, on whole reports made of some of
these texts with other business around them, and on simulated reports in productions that no network learned from.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nianbao.prose.decision.decide import NUMBERS, Decider, choose, one_value
from nianbao.prose.decision.model import Bounds, DecisionModel, odds, open_kind
from nianbao.prose.decision.options import FEATURES, Entry, Option, Tables
from nianbao.prose.mention import Mention
from nianbao.simulate import SimulatedReport
from nianbao.training.gold import gold_facts
from nianbao.training.marked import MarkedText

Key = tuple[Any, ...]
# What the share of wrong values weighs against F1 where bounds are chosen: one that looks right harms more than a gap.
_COST = 2.0
# The marked texts are harder on the rules than reports are: what a rule says goes only where it is likely wrong.
_FILL, _RELINK, _STANDS = (0.6, 0.7, 0.8), (0.6, 0.7, 0.8), (0.15, 0.25, 0.35)
NEVER = 2.0
"""A bound that no chance reaches."""
RULES = Bounds(NEVER, NEVER, 0.0)
"""What the rules say, as they say it."""
# Confidence of a rule's finding whose metric no trained part knows: about the share of those that are right.
_UNKNOWN = 0.75
_TREES, _DEPTH, _LEAF, _RATE = 150, 4, 30, 0.07


@dataclass(slots=True)
class Case:
    """A text's options, and which of them are right. `kind`: text (short), whole (a report made of one) or simulated.
    `wanted`: its facts (those that must be found); `allowed`: these and those that may be. `numbers`: of each number
    what the confidence of leaving it open is told by beside the chance of its best option (see `open_kind`);
    `free`: whether no fact of the registry stands there."""

    hand: str
    kind: str
    options: list[Option]
    right: list[bool]
    wanted: set[Key]
    allowed: set[Key]
    numbers: dict[int, tuple[float, bool, int]] = field(default_factory=dict)
    free: dict[int, bool] = field(default_factory=dict)

    def of(self, number: int) -> list[Option]:
        """The options of one mention."""
        return [option for option in self.options if option.mention == number]


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


def report_keys(report: SimulatedReport) -> list[tuple[int, int, Key, bool]]:
    """The facts of a simulated report's prose, as `marked_keys` gives them."""
    found = []
    for fact in report.facts:
        if fact.basis == "prose" and fact.value is not None:
            key = (fact.metric, fact.applicant or "total", fact.year, round(fact.value, 4), fact.scope is None)
            found.append((fact.start, fact.end, key, not fact.optional))
    return found


def gold_keys(part: dict[str, Any]) -> list[tuple[int, int, Key, bool]]:
    """The facts that people left in a stretch of gold, as `marked_keys` gives them."""
    found = []
    for start, end, fact in gold_facts(part):
        year = fact["year"] or part["report_year"]
        whole = fact["scope"] is None
        key = (fact["metric"], fact["applicant"] or "total", year, round(float(fact["value"]), 4), whole)
        found.append((start, end, key, whole))
    return found


def case_of(
    hand: str,
    kind: str,
    keys: Sequence[tuple[int, int, Key, bool]],
    decider: Decider,
    mentions: Sequence[Mention],
    entries: Sequence[Entry],
    tables: Tables,
) -> Case:
    """A text's options against what it says (`keys`: see `marked_keys`)."""
    options, _ = decider.consider(mentions, entries, tables)
    here = {
        number: [key for start, end, key, _ in keys if start < m.end and m.start < end]
        for number, m in enumerate(mentions)
    }
    right = [fact_key(o) in here[o.mention] for o in options]
    wanted = {key for *_, key, must in keys if must and key[0] in decider.known}
    numbers = {
        n: (entries[n]["none"], decider.options.ours(m), len(mentions))
        for n, m in enumerate(mentions)
        if m.kind in NUMBERS
    }
    free = {n: not any(key[0] in decider.known for key in here[n]) for n in numbers}
    return Case(hand, kind, options, right, wanted, {key for *_, key, _ in keys}, numbers, free)


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


def settle(case: Case, bounds: Bounds) -> list[Option]:
    """The options of a case that are believed in the end."""
    by_mention: dict[int, list[Option]] = {}
    for option in case.options:
        by_mention.setdefault(option.mention, []).append(option)
    return one_value([o for own in by_mention.values() for o in choose(own, bounds)])


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


def figures(cases: Iterable[Case], bounds: Bounds) -> Figures:
    """Figures of cases whose options are rated."""
    found = Figures()
    for case in cases:
        found.add(case, settle(case, bounds))
    return found


def bounds_of(cases: Sequence[Case]) -> Bounds:
    """The bounds that are best on cases rated out of fold: F1 less the wrong values, the mean over kinds of text.

    What brings no more than the rules alone, or more wrong values than theirs in one of the kinds, is not taken.
    """
    kinds = [[case for case in cases if case.kind == kind] for kind in sorted({case.kind for case in cases})]

    def worth(bounds: Bounds) -> tuple[float, list[float]]:
        every = [figures(part, bounds) for part in kinds]
        wrong = [found.wrong / max(found.right + found.extra, 1) for found in every]
        return sum(found.f1() - _COST * share for found, share in zip(every, wrong, strict=True)) / len(every), wrong

    best = RULES
    value, least = worth(best)
    for fill, relink, stands in product((*_FILL, NEVER), (*_RELINK, NEVER), (*_STANDS, 0.0)):
        bounds = Bounds(fill, relink, stands)
        reached, wrong = worth(bounds)
        if reached > value and all(a <= b for a, b in zip(wrong, least, strict=True)):
            best, value = bounds, reached
    return best


@dataclass(slots=True)
class Told:
    """Facts and how they turned out: `rows`: what their confidence is told by; `right`: whether it was right."""

    rows: list[tuple[float, ...]] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)


def outcomes(cases: Iterable[Case], bounds: Bounds) -> tuple[Told, Told]:
    """What was linked, and what was left open, of cases rated out of fold."""
    linked, left = Told(), Told()
    for case in cases:
        kept = settle(case, bounds)
        taken = {o.mention for o in kept}
        for option in kept:
            linked.rows.append((odds(option.chance),))
            linked.right.append(fact_key(option) in case.allowed)
        for number, kind in case.numbers.items():
            if number not in taken:
                best = max((o.chance for o in case.of(number)), default=0.0)
                left.rows.append(open_kind(best, *kind))
                left.right.append(case.free[number])
    return linked, left


def line(told: Told) -> NDArray[np.float64]:
    """Offset and slopes of scikit-learn's logistic regression of how things turned out."""
    from sklearn.linear_model import LogisticRegression

    if len(set(told.right)) < 2:
        return np.array([0.0, 1.0, *[0.0] * (len(told.rows[0]) - 1)]) if told.rows else np.array([0.0, 1.0])
    learner = LogisticRegression(C=10.0, max_iter=500).fit(np.array(told.rows), told.right)
    return np.array([float(learner.intercept_[0]), *[float(slope) for slope in learner.coef_[0]]])


def plain_model(trees: Any, bounds: Bounds = RULES, learnt: Sequence[str] = ()) -> DecisionModel:
    """A model of the trees that is not calibrated yet."""
    return _model(arrays(trees), bounds, learnt)


def blank_model() -> DecisionModel:
    """A model that believes nothing, to make options with before there is one."""
    none = np.zeros(1, dtype=np.int32)
    leaf = {"feature": none - 1, "border": np.zeros(1), "left": none, "right": none, "value": np.zeros(1)}
    return _model({**leaf, "roots": none, "base": 0.0}, Bounds(NEVER, NEVER, NEVER), [""])


def _model(trees: dict[str, Any], bounds: Bounds, learnt: Sequence[str]) -> DecisionModel:
    return DecisionModel(
        **trees,
        linked=np.array([0.0, 1.0]),
        opened=np.array([0.0, -1.0, 0.0, 0.0, 0.0]),
        fill=bounds.fill,
        relink=bounds.relink,
        stands=bounds.stands,
        unknown=_UNKNOWN,
        learnt=np.array(sorted(learnt), dtype=np.str_),
    )


def rate_out_of_fold(cases: Sequence[Case], seed: int = 0) -> None:
    """Gives each option the chance that trees give it which did not see its hand."""
    for hand in sorted({case.hand for case in cases}):
        trees = grow([c for c in cases if c.hand != hand], seed)
        rated([c for c in cases if c.hand == hand], plain_model(trees))


def fit(cases: Sequence[Case], learnt: Sequence[str] = (), seed: int = 0) -> tuple[DecisionModel, Any]:
    """The decision of all cases, its bounds and calibration those of hands left out one by one.

    Leaves the cases rated out of fold.

    Args:
        cases: of several hands. learnt: metrics that the network knows. seed: of the trees.

    Returns:
        The model and scikit-learn's trees.
    """
    rate_out_of_fold(cases, seed)
    bounds = bounds_of(cases)
    linked, opened = outcomes(cases, bounds)
    trees = grow(cases, seed)
    model = plain_model(trees, bounds, learnt)
    model.linked, model.opened = line(linked), line(opened)
    return model, trees


def keep_trees(folder: Path, trees: Any) -> None:
    """Keeps scikit-learn's own object with skops, for those who look inside."""
    from skops.io import dump

    folder.mkdir(parents=True, exist_ok=True)
    dump(trees, folder / "decision.skops", compression=zipfile.ZIP_DEFLATED, compresslevel=9)
