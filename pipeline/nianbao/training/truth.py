"""What a mention truly counts, where that is known: from a simulated report's offsets, or from a gold file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nianbao.prose.mention import Mention
from nianbao.simulate import SimulatedReport
from nianbao.weak import NONE
from nianbao.weak.report import Truth

_NOTHING: Truth = frozenset([NONE])


def of_simulated(mentions: Iterable[Mention], report: SimulatedReport) -> list[Truth | None]:
    """The metrics of the facts that stand where each mention does; {NONE} where there is none."""
    facts = [fact for fact in report.facts if fact.basis == "prose"]
    found: list[Truth | None] = []
    for mention in mentions:
        metrics = frozenset(f.metric for f in facts if f.start < mention.end and mention.start < f.end)
        found.append(metrics or _NOTHING)
    return found


def of_gold(mentions: Sequence[Mention], text: str, gold: Mapping[str, Any]) -> list[Truth | None]:
    """The metrics of the gold facts with the mention's value whose evidence holds it.

    None (unknown) where a gold fact has the value but its evidence was not found around the mention: gold names what
    is said twice once, a table's number that the prose repeats by its place in the table.
    """
    facts = [fact for fact in gold["facts"] if fact.get("value") is not None]
    prose = [fact for fact in facts if fact.get("basis", "prose") == "prose"]
    places = [(fact, *place) for fact in prose for place in _places(text, fact.get("evidence") or "")]
    found: list[Truth | None] = []
    for mention in mentions:
        inside = frozenset(
            fact["metric"]
            for fact, start, end in places
            if start < mention.end and mention.start < end and _same(mention.value, fact["value"])
        )
        known = any(_same(mention.value, fact["value"]) for fact in facts)
        found.append(inside or (None if known or mention.value is None else _NOTHING))
    return found


def _same(value: float | None, other: float) -> bool:
    return value is None or abs(value - other) < 1e-6


def _places(text: str, evidence: str) -> Iterable[tuple[int, int]]:
    at = text.find(evidence) if evidence else -1
    while at >= 0:
        yield at, at + len(evidence)
        at = text.find(evidence, at + 1)
