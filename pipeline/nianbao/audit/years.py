"""An agency's reports over the years: what one carries forward and the next begins with, copies, slipped digits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nianbao.audit.make import Maker
from nianbao.audit.report import Report
from nianbao.catalogue.identities import Identity
from nianbao.schema import APPLICANTS, Fact, Finding

Key = tuple[str, str | None]
"""Metric, applicant."""


@dataclass(slots=True)
class Year:
    """The reports of one agency for one year. `numbers`: what they say of that year; several where they disagree."""

    reports: list[Report] = field(default_factory=list)
    numbers: dict[Key, list[Fact]] = field(default_factory=dict)

    def number(self, metric: str, applicant: str | None = None) -> Fact | None:
        """The one number that is said, whichever way its applicant is named; None where there is none, or several."""
        for whose in dict.fromkeys((applicant, "total", None) if applicant in (None, "total") else (applicant,)):
            if found := self.numbers.get((metric, whose)):
                return found[0] if len(found) == 1 else None
        return None


Series = Mapping[int, Year]


def series_of(reports: Sequence[Report], who: Mapping[str, str]) -> dict[str, dict[int, Year]]:
    """Agency → year → its reports. `who`: a document's id → the identity of its agency."""
    found: dict[str, dict[int, Year]] = defaultdict(lambda: defaultdict(Year))
    for report in reports:
        agency = who.get(report.doc_id)
        if agency is None or report.year is None:
            continue
        year = found[agency][report.year]
        year.reports.append(report)
        # What a table says goes before the prose.
        for cells in (report.tables, report.prose):
            for (metric, applicant, about), facts in cells.items():
                if about == report.year:
                    _add(year, (metric, applicant), facts, prose=cells is report.prose)
    return {agency: dict(sorted(years.items())) for agency, years in sorted(found.items())}


def _add(year: Year, key: Key, facts: Sequence[Fact], *, prose: bool) -> None:
    known = year.numbers.setdefault(key, [])
    if prose and any(fact.basis == "table" for fact in known):
        return
    for fact in facts:
        if fact.qualifier == "exact" and all(fact.value != other.value for other in known):
            known.append(fact)


def carried_findings(series: Series, make: Maker, identities: Sequence[Identity]) -> Iterator[Finding]:
    """Identities between a report and that for the year before."""
    for at, this in series.items():
        last = series.get(at - 1)
        if last is None:
            continue
        for identity in identities:
            for applicant in APPLICANTS if identity.per_applicant else ("total",):
                before = [last.number(metric, applicant) for metric in identity.last]
                left = [this.number(metric, applicant) for metric in identity.left]
                right = [this.number(metric, applicant) for metric in identity.right]
                sides = [[one for one in side if one is not None] for side in ([*before, *left], right)]
                if None in (*before, *left, *right) or _balanced(sides, identity.tolerance):
                    continue
                severity = "error" if identity.error else "warning"
                yield make.make(identity.name, sides[0], sides[1], severity=severity)  # type: ignore[arg-type]


def _balanced(sides: Sequence[Sequence[Fact]], tolerance: float) -> bool:
    left, right = (sum(fact.value or 0.0 for fact in side) for side in sides)
    return abs(left - right) <= tolerance + 1e-6
