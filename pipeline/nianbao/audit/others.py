"""Reports of several agencies: a whole and its parts, the same report or the same numbers under two names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from operator import itemgetter

from nianbao.audit.copies import Print, likeness
from nianbao.audit.make import Maker
from nianbao.audit.repeats import alike_finding
from nianbao.audit.report import Report
from nianbao.audit.years import Series, Year
from nianbao.schema import Fact, Finding

_RAREST = 6
_THREE = 3
_FEW = 20
"""A three that more reports have tells none of them."""
_SHARED = 4
"""So many threes in common, those of four numbers, make two reports worth a comparison."""


def twin_findings(
    reports: Sequence[Report], who: Mapping[str, str], prints: Mapping[str, Print], make: Maker
) -> Iterator[Finding]:
    """Reports of two agencies for one year that are one, or have one's numbers."""
    known = {report.doc_id: report for report in reports}
    for first, second in _candidates(reports, who, prints, make.rules.data["copies"]["telling"]):
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
    reports: Sequence[Report], who: Mapping[str, str], prints: Mapping[str, Print], telling: int
) -> list[tuple[str, str]]:
    """Pairs of documents of one year and two agencies that share several of the numbers, or sentences, which few have.

    Every report is known by threes of its own rarest: one three is seldom another's by chance in the largest country,
    and what was copied has nearly all of them.
    """
    by_year: dict[int | None, list[str]] = defaultdict(list)
    for report in reports:
        if report.doc_id in who:
            by_year[report.year].append(report.doc_id)
    found = []
    for documents in by_year.values():
        marks = {name: _marks(prints[name], telling) for name in documents}
        held = Counter(mark for kinds in marks.values() for kind in kinds for mark in kind)
        told = sorted(((count, repr(mark), mark) for mark, count in held.items() if count > 1), key=itemgetter(0, 1))
        rank = {mark: at for at, (_, _, mark) in enumerate(told)}
        holders: dict[tuple[int, ...], list[str]] = defaultdict(list)
        for name, kinds in marks.items():
            for kind in kinds:
                rarest = sorted(rank[mark] for mark in kind if mark in rank)[:_RAREST]
                for three in combinations(rarest, _THREE):
                    holders[three].append(name)
        shared: Counter[tuple[str, str]] = Counter()
        for names in holders.values():
            if 2 <= len(names) <= _FEW:
                shared.update(combinations(sorted(names), 2))
        found += [pair for pair, count in shared.items() if count >= _SHARED and who[pair[0]] != who[pair[1]]]
    return sorted(found)


def _marks(one: Print, telling: int) -> list[Collection[object]]:
    """What a report may be known by: numbers of its tables and of its prose, or its sentences where it has few."""
    if len(one.numbers) < telling:
        return [one.sentences]
    return [[item for item in one.numbers.items() if item[0][2] == basis] for basis in ("table", "prose")]


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
