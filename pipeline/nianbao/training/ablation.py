"""What rules, network and decision are worth on hands left out: the tables of models/README.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from nianbao.prose.decision.model import Bounds
from nianbao.prose.decision.options import FEATURES, Option
from nianbao.training.decision import NEVER, RULES, Case, Figures, Told, figures, line, outcomes

HIGH = 0.97
"""What people take for certain."""


def ablation(cases: Sequence[Case], bounds: Bounds) -> dict[str, dict[str, float]]:
    """Figures of cases rated out of fold: the rules alone, each of the decision's means beside them, all of
    them, and the network alone."""
    ways = {
        "rules": RULES,
        "rules, fills": Bounds(bounds.fill, NEVER, 0.0),
        "rules, relinks": Bounds(NEVER, bounds.relink, 0.0),
        "rules, vetoes": Bounds(NEVER, NEVER, bounds.stands),
        "both": bounds,
    }
    found = {name: figures(cases, way).told() for name, way in ways.items()}
    network = Figures()
    for case in cases:
        network.add(case, _network_alone(case))
    return {**found, "network": network.told()}


def calibration(cases: Sequence[Case], bounds: Bounds, kinds: Iterable[str]) -> dict[str, float]:
    """How far confidence is from the truth on texts of these kinds, told by lines that did not see their hand."""
    linked: list[tuple[float, bool]] = []
    left: list[tuple[float, bool]] = []
    kinds = set(kinds)
    for hand in sorted({case.hand for case in cases}):
        others = outcomes([case for case in cases if case.hand != hand], bounds)
        own = outcomes([case for case in cases if case.hand == hand and case.kind in kinds], bounds)
        for told, taught, here in zip((linked, left), others, own, strict=True):
            told += _confidences(taught, here)
    sure = [right for confidence, right in linked if confidence >= HIGH]
    return {
        "linked": round(calibration_error(linked), 4),
        "open": round(calibration_error(left), 4),
        "sure": len(sure),
        "sure_right": round(sum(sure) / max(len(sure), 1), 4),
    }


def _confidences(taught: Told, here: Told) -> list[tuple[float, bool]]:
    slopes = line(taught)
    if not here.rows:
        return []
    sums = slopes[0] + np.array(here.rows) @ slopes[1:]
    return [(float(sure), right) for sure, right in zip(1 / (1 + np.exp(-sums)), here.right, strict=True)]


def calibration_error(told: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error of (confidence, whether right) over equal bins of confidence."""
    if not told:
        return 0.0
    sure, good = np.array([c for c, _ in told]), np.array([float(right) for _, right in told])
    at = np.minimum((sure * bins).astype(int), bins - 1)
    parts = [abs(sure[at == b].mean() - good[at == b].mean()) * (at == b).sum() for b in range(bins) if (at == b).any()]
    return float(sum(parts) / len(sure))


def _network_alone(case: Case) -> list[Option]:
    """For each mention the metric that has a larger share than none."""
    best: dict[int, Option] = {}
    share, none = FEATURES.index("share"), FEATURES.index("none")
    for option in case.options:
        rival = best.get(option.mention)
        least = rival.features[share] if rival else option.features[none]
        if option.features[share] > least:
            best[option.mention] = option
    return list(best.values())
