"""Which years of a metric may be compared, and which series a later form prints in parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nianbao.metrics import Metric, load_registry
from nianbao.reading.config import load_config

FIRST_YEAR = 2008
"""The regulation is in force since then."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Years of a metric that may be compared with each other, both inclusive; `last` None: open."""

    metric: str
    first: int
    last: int | None

    @property
    def name(self) -> str:
        """As in the panel's column `series`: "requests.received:2008-"."""
        return f"{self.metric}:{self.first}-{self.last or ''}"


@dataclass(frozen=True, slots=True)
class Sum:
    """From the report for the year `first` on, `metric` is the sum of `parts` where it is not printed itself."""

    metric: str
    first: int
    parts: tuple[str, ...]


@lru_cache(maxsize=1)
def sums() -> tuple[Sum, ...]:
    """The sums of configs/panel.yaml."""
    return tuple(Sum(one["metric"], one["from"], tuple(one["parts"])) for one in load_config("panel.yaml")["sums"])


@lru_cache(maxsize=1)
def segments() -> tuple[Segment, ...]:
    """The segments of every metric, which together hold every year from `FIRST_YEAR` on.

    A metric's years are parted where the registry's forms stop or begin to name it (the numbers of the other years
    come from prose, and agencies count in their own way there), and at the breaks of configs/panel.yaml.
    """
    return tuple(segment for metric in load_registry() for segment in _segments(metric))


def _segments(metric: Metric) -> list[Segment]:
    config: dict[str, Any] = load_config("panel.yaml")
    starts = {FIRST_YEAR, *config["breaks"].get(metric.id, ())}
    # A year's state: whether a form names the metric, or prints the parts that make it.
    spans = [tuple(config["forms"][form]) for form in metric.forms]
    spans += [(one.first, None) for one in sums() if one.metric == metric.id]
    edges = sorted({first for first, _ in config["forms"].values()} | {one.first for one in sums()})
    named = [any(first <= edge and (last is None or edge <= last) for first, last in spans) for edge in edges]
    starts |= {edge for edge, now, before in zip(edges[1:], named[1:], named[:-1], strict=True) if now != before}
    ordered = sorted(starts)
    lasts = [*(start - 1 for start in ordered[1:]), None]
    return [Segment(metric.id, first, last) for first, last in zip(ordered, lasts, strict=True)]
