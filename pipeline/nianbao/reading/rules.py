"""From the rules drawn on a page to the rectangles of its tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nianbao.reading.places import Box

Edge = dict[str, Any]
"""A straight line as pdfplumber gives it: orientation "h" or "v", x0, top, x1, bottom in points."""

NEAR = 4.0
"""Edges that lie closer than this (points) are one: browsers draw two borders where two cells meet."""

# How far a rule may end from the one that it should meet.
_MEET = 6.0
# Shorter ones are the ends of other rules, which are rectangles themselves.
_SHORTEST = 2 * NEAR
# A page with more crossings is a drawing; finding cells among them would take too long.
_MOST_CROSSINGS = 250_000
_ALONG = {"h": ("x0", "x1"), "v": ("top", "bottom")}
_ACROSS = {"h": "top", "v": "x0"}


def find_tables(edges: Sequence[Edge]) -> Iterator[list[Box]]:
    """The cells of each table on a page, from top to bottom; a frame around a single cell is none."""
    from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

    for band in _bands(edges):
        # Each table for itself: rules of two tables that lie close to one line must not move each other.
        closed = [*band, *_closing(band, "h"), *_closing(band, "v")]
        merged = merge_edges(closed, NEAR, NEAR, NEAR, NEAR)
        long = [edge for edge in merged if _length(edge) > NEAR]
        across = sum(edge["orientation"] == "h" for edge in long)
        if across * (len(long) - across) > _MOST_CROSSINGS:
            continue
        cells = intersections_to_cells(edges_to_intersections(long, _MEET, _MEET))
        for table in cells_to_tables(cells):
            if len(table) > 1:
                yield table


def covered(edges: Sequence[Edge], orientation: str, start: float, end: float, at: float) -> float:
    """The share of start..end along which rules of this orientation run at `at` (a height, or a distance from left)."""
    low, high = _ALONG[orientation]
    near = [e for e in edges if e["orientation"] == orientation and abs(e[_ACROSS[orientation]] - at) <= NEAR]
    total, reached = 0.0, start
    for edge in sorted(near, key=lambda e: float(e[low])):
        first, last = max(edge[low], reached), min(edge[high], end)
        if last > first:
            total += last - first
            reached = last
    return total / (end - start) if end > start else 1.0


def _bands(edges: Sequence[Edge]) -> Iterator[list[Edge]]:
    """The rules of each stretch of the page that upright rules fill without a gap."""
    upright = sorted(
        (e["top"], e["bottom"]) for e in edges if e["orientation"] == "v" and e["bottom"] - e["top"] > NEAR
    )
    stretches: list[list[float]] = []
    for top, bottom in upright:
        if stretches and top <= stretches[-1][1] + NEAR:
            stretches[-1][1] = max(stretches[-1][1], bottom)
        else:
            stretches.append([top, bottom])
    for top, bottom in stretches:
        yield [e for e in edges if e["orientation"] and e["top"] >= top - NEAR and e["bottom"] <= bottom + NEAR]


def _closing(band: Sequence[Edge], orientation: str) -> list[Edge]:
    """Rules where a table has none at its ends: it goes on on another page, or is open at its sides."""
    other = "v" if orientation == "h" else "h"
    low, high = _ALONG[other]
    across = _ACROSS[other]
    long = [e for e in band if e["orientation"] == other and _length(e) > _SHORTEST]
    if not long:
        return []
    rules = []
    for at, side in ((min(e[low] for e in long), low), (max(e[high] for e in long), high)):
        ends = [e[across] for e in long if abs(e[side] - at) <= NEAR]
        first, last = min(ends), max(ends)
        if last - first > NEAR and covered(band, orientation, first, last, at) < 0.9:
            rules.append(_rule(orientation, first, last, at))
    return rules


def _rule(orientation: str, first: float, last: float, at: float) -> Edge:
    if orientation == "h":
        box = {"x0": first, "x1": last, "top": at, "bottom": at}
    else:
        box = {"x0": at, "x1": at, "top": first, "bottom": last}
    size = {"width": box["x1"] - box["x0"], "height": box["bottom"] - box["top"]}
    return {"object_type": "line", "orientation": orientation, **box, **size}


def _length(edge: Edge) -> float:
    low, high = _ALONG[edge["orientation"]]
    return float(edge[high] - edge[low])
