"""Reports of several agencies: a whole and its parts, the same report or the same numbers under two names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from nianbao.audit.copies import Print, likeness
from nianbao.audit.make import Maker
from nianbao.audit.repeats import alike_finding
from nianbao.audit.report import Report
from nianbao.audit.years import Series, Year
from nianbao.schema import Fact, Finding

_RARE = 5
_SHARED = 3
"""So many rare numbers in common make two reports worth a comparison."""


def twin_findings(
    reports: Sequence[Report], who: Mapping[str, str], prints: Mapping[str, Print], make: Maker
) -> Iterator[Finding]:
    """Reports of two agencies for one year that are one, or have one's numbers."""
    known = {report.doc_id: report for report in reports}
    for first, second in _candidates(reports, who, prints):
        alike = likeness(prints[first], prints[second], make.rules)
        if alike is None:
            continue
        one, other = known[first], known[second]
        if _cut(one.agency or "", other.agency or ""):
            continue
        names = "same_report", "same_numbers", "same_text"
        yield alike_finding(names, other, one, alike, make, one.doc_id, 0.9, agency=one.agency or "?")


def _cut(one: str, other: str) -> bool:
    """Whether one name is the other cut off: a report of 民政局 that is 禾泽县民政局's is no other agency's."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short) or long.endswith(short)


def _candidates(
    reports: Sequence[Report], who: Mapping[str, str], prints: Mapping[str, Print]
) -> list[tuple[str, str]]:
    """Pairs of documents of one year and two agencies that share several numbers or sentences which few have."""
    holders: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for report in reports:
        if report.doc_id in who:
            for cell, value in prints[report.doc_id].numbers.items():
                if value >= 2:
                    holders[report.year, cell, value].append(report.doc_id)
            if report.text is not None:
                for sentence in prints[report.doc_id].sentences:
                    holders[report.year, sentence].append(report.doc_id)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for documents in holders.values():
        if 2 <= len(documents) <= _RARE:
            for pair in combinations(sorted(documents), 2):
                shared[pair] += 1
    return sorted(
        pair for pair, count in shared.items() if count >= _SHARED and who[pair[0]] != who[pair[1]]
    )  # fmt: skip


def tree_findings(
    by_agency: Mapping[str, Series], parents: Mapping[str, str], complete: Mapping[str, int], make: Maker
) -> Iterator[Finding]:
    """A whole against its parts.

    Args:
        parents: agency → the one whose number takes in its own.
        complete: agency → how many parts it has in all, where that is known.
    """
    children: dict[str, list[str]] = defaultdict(list)
    for child, parent in parents.items():
        if child in by_agency and parent in by_agency:
            children[parent].append(child)
    for parent, parts in sorted(children.items()):
        for at, whole in by_agency[parent].items():
            years = [by_agency[part][at] for part in sorted(parts) if at in by_agency[part]]
            if years:
                yield from _against_whole(whole, years, len(years) == complete.get(parent), make)


def _against_whole(whole: Year, parts: Sequence[Year], every: bool, make: Maker) -> Iterator[Finding]:
    for metric in make.rules.data["additive"]:
        total = whole.number(metric)
        given = [found for part in parts if (found := part.number(metric)) is not None]
        if total is None or total.value is None or not given:
            continue
        above = [part for part in given if (part.value or 0.0) > total.value]
        summed = sum(part.value or 0.0 for part in given)
        for part in above:
            yield make.make(
                "part_above_whole", [part], [total], relation=">", severity="warning", fault="report", sure=0.7,
                at=total, agency=part.agency or "?",
            )  # fmt: skip
        own = _own(whole, metric, make)
        if not above and summed > total.value:
            yield make.make(
                "parts_above_whole", given, [total], relation=">", severity="warning", fault="report", sure=0.7,
                at=total,
            )  # fmt: skip
        elif own is not None and every and len(given) == len(parts) and summed + (own.value or 0.0) != total.value:
            yield make.make(
                "parts_and_whole", [own, *given], [total], severity="warning", fault="report", sure=0.7, at=total
            )


def _own(whole: Year, metric: str, make: Maker) -> Fact | None:
    """What the report says of the agency itself beside the whole: 市本级."""
    found = [
        fact
        for report in whole.reports
        for fact in report.facts
        if fact.metric == metric and fact.scope in make.rules.data["own_part"] and fact.applicant in (None, "total")
        and fact.value is not None and fact.qualifier == "exact" and fact.year == report.year
    ]  # fmt: skip
    return found[0] if len({fact.value for fact in found}) == 1 else None
