"""What the network answers: metrics with their facets, and the values of what stands beside a metric."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

NONE = ""
"""The label of a number that counts no metric."""

APPLICANTS = ("", "total", "natural_person", "commercial", "research", "welfare", "legal_service", "other")
"""Who asked; "" where the metric does not tell applicants apart."""

YEARS = ("same", "before", "two_before", "earlier", "later")
"""The year of the number against the report's."""

_PARTS = re.compile(r"[._]")


def year_label(year: int | None, report_year: int | None) -> int:
    """The index in YEARS of a fact's year; the report's own where either is unknown."""
    if year is None or report_year is None or year == report_year:
        return 0
    return 4 if year > report_year else min(report_year - year, 3)


def facets(labels: Sequence[str]) -> tuple[list[str], NDArray[np.float32]]:
    """The facets of labels and which label has which, shape (labels, facets).

    The facets of outcomes.granted_partly are its id, its family (outcomes.), each of its words (granted, partly), and
    for a longer id each prefix of it. A facet that one label alone has is left to its id.
    """
    found = [sorted(_facets(label)) for label in labels]
    times = Counter(facet for row in found for facet in row)
    shared = sorted(facet for facet, count in times.items() if count > 1 and not facet.startswith("id:"))
    names = [f"id:{label}" for label in labels] + shared
    places = {name: at for at, name in enumerate(names)}
    table = np.zeros((len(labels), len(names)), dtype=np.float32)
    for row, own in enumerate(found):
        for name in own:
            if name in places:
                table[row, places[name]] = 1.0
    return names, table


def _facets(label: str) -> Iterable[str]:
    found = {f"id:{label}"}
    if label == NONE:
        return found
    pieces = label.split(".")
    found |= {"prefix:" + ".".join(pieces[:count]) for count in range(1, len(pieces))}
    found |= {f"word:{word}" for piece in pieces[1:] for word in _PARTS.split(piece)}
    found |= {f"tail:{pieces[-1]}", "some"}
    return found
