"""A simulated report as it leaves the simulator: text, facts, headings, lines and spans, all with exact offsets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from nianbao.schema import Basis, Qualifier, Status


@dataclass(slots=True)
class SimulatedFact:
    """A fact in the columns of a gold file, and where it stands.

    `start`, `end`: the number as written (without its unit), the words that state it, or the empty place of a blank
    cell. `metric_start`, `metric_end`: what names the metric, None where nothing does. `optional`: two careful people
    could judge it differently.
    """

    metric: str
    applicant: str | None
    year: int
    value: float | None
    qualifier: Qualifier
    status: Status
    basis: Basis
    scope: str | None
    evidence: str
    value_text: str
    unit: str
    start: int
    end: int
    metric_start: int | None = None
    metric_end: int | None = None
    optional: bool = False


@dataclass(slots=True)
class SimulatedHeading:
    """A section heading: 1 for 一、, 2 for (一), 3 for 1., 4 for (1)."""

    level: int
    text: str
    start: int
    end: int


@dataclass(slots=True)
class SimulatedLine:
    """A stretch of text and what it is. As a line, `kind` may also be table (cells of several kinds) or mixed."""

    start: int
    end: int
    kind: str


@dataclass(slots=True)
class SimulatedSpan:
    """METRIC, VALUE, STATED, PERIOD, SCOPE, AGENCY or OTHER (a number that is no fact; `kind` says what it is).

    `metric` is that of the mention or number (None where several or none); `year` is a PERIOD's year.
    """

    start: int
    end: int
    label: str
    metric: str | None = None
    applicant: str | None = None
    year: int | None = None
    kind: str | None = None


@dataclass(slots=True)
class SimulatedReport:
    """One document with everything that is known of it. `html` is the page of the layout "html".

    `segments` are the pieces that lines are made of: cells, headings, paragraphs. `meta` names form, layout, noise,
    regime, quirks, the identities that the report breaks, and the ids of the productions used.
    """

    id: str
    text: str
    is_report: bool
    agency: str | None
    report_year: int | None
    facts: list[SimulatedFact] = field(default_factory=list)
    headings: list[SimulatedHeading] = field(default_factory=list)
    lines: list[SimulatedLine] = field(default_factory=list)
    segments: list[SimulatedLine] = field(default_factory=list)
    spans: list[SimulatedSpan] = field(default_factory=list)
    html: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)

    def pairs(self) -> Iterator[tuple[tuple[int, int], tuple[int, int], str]]:
        """(metric offsets, value offsets, metric id) of every fact whose metric is named in the text."""
        for fact in self.facts:
            if fact.metric_start is not None and fact.metric_end is not None:
                yield (fact.metric_start, fact.metric_end), (fact.start, fact.end), fact.metric

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        return asdict(self)

    def to_gold(self) -> dict[str, Any]:
        """The report as a gold file: what is said twice with the same value stands once, the table's first."""
        unique: dict[tuple[Any, ...], SimulatedFact] = {}
        for fact in sorted(self.facts, key=lambda one: (one.optional, one.basis != "table")):
            key = (fact.metric, fact.applicant, fact.year, fact.scope, fact.value)
            unique.setdefault(key, fact)
        kept = ("metric", "applicant", "year", "value", "qualifier", "status", "basis", "scope", "evidence")
        facts = []
        for fact in sorted(unique.values(), key=lambda one: one.start):
            entry = {name: getattr(fact, name) for name in kept}
            facts.append(entry | {"optional": True} if fact.optional else entry)
        return {
            "doc": self.id,
            "is_report": self.is_report,
            "agency": self.agency,
            "report_year": self.report_year,
            "headings": [{"level": heading.level, "text": heading.text} for heading in self.headings],
            "facts": facts,
        }
