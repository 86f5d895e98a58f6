"""Which years of a metric may be compared, and which series a later form prints in parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nianbao.catalogue.files import ConfigError, ConfigFiles, known_keys, without_lines
from nianbao.catalogue.metrics import Metric, Registry

PANEL = "panel.yaml"
# Those of names are for `nianbao.panel.regions` to read.
_NAMES = ("levels", "place_levels", "place", "no_place", "place_ends", "government", "committee", "bodies")
_KEYS = {*_NAMES, "forms", "breaks", "sums"}

FIRST_YEAR = 2008
"""The regulation is in force since then."""


@dataclass(frozen=True, slots=True)
class SeriesSegment:
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


@dataclass(frozen=True, slots=True)
class Series:
    """`segments`: of every metric, which together hold every year from `FIRST_YEAR` on. `sums`: what later forms print
    in parts. `changes`: the first years of the forms, the first one left out."""

    segments: tuple[SeriesSegment, ...]
    sums: tuple[Sum, ...]
    changes: tuple[int, ...]


def read_series(files: ConfigFiles, metrics: Registry) -> Series:
    """The series of panel.yaml and the registry.

    A metric's years are parted where the registry's forms stop or begin to name it (the numbers of the other years
    come from prose, and agencies count in their own way there), and at the breaks of panel.yaml.

    Raises:
        ConfigError: an unknown metric or form. Names the file.
    """
    place, data = files.place(PANEL), files.lined_yaml(PANEL)
    known_keys(place, data, _KEYS, "the file")
    for one in data["sums"]:
        known_keys(place, one, {"metric", "from", "parts"}, "a sum")
    data = without_lines(data)
    sums = tuple(Sum(one["metric"], one["from"], tuple(one["parts"])) for one in data["sums"])
    for name in (*data["breaks"], *(part for one in sums for part in (one.metric, *one.parts))):
        if name not in metrics:
            raise ConfigError(place, 1, f"unknown metric {name!r} in breaks or sums")
    for metric in metrics:
        if unknown := metric.forms.keys() - data["forms"].keys():
            raise ConfigError(place, 1, f"forms lacks {min(unknown)!r}, in which {metric.id} stands")
    segments = tuple(one for metric in metrics for one in _segments(metric, data, sums))
    firsts = sorted(int(first) for first, _ in data["forms"].values())
    return Series(segments, sums, tuple(firsts[1:]))


def _segments(metric: Metric, data: dict[str, Any], sums: tuple[Sum, ...]) -> list[SeriesSegment]:
    starts = {FIRST_YEAR, *data["breaks"].get(metric.id, ())}
    # A year's state: whether a form names the metric, or prints the parts that make it.
    spans = [tuple(data["forms"][form]) for form in metric.forms]
    spans += [(one.first, None) for one in sums if one.metric == metric.id]
    edges = sorted({first for first, _ in data["forms"].values()} | {one.first for one in sums})
    named = [any(first <= edge and (last is None or edge <= last) for first, last in spans) for edge in edges]
    starts |= {edge for edge, now, before in zip(edges[1:], named[1:], named[:-1], strict=True) if now != before}
    ordered = sorted(starts)
    lasts = [*(start - 1 for start in ordered[1:]), None]
    return [SeriesSegment(metric.id, first, last) for first, last in zip(ordered, lasts, strict=True)]
