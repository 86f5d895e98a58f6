"""Which agency has a report for which year, which an unread one, which none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from nianbao.audit.listed import Listed
from nianbao.panel.who import Agency, agencies

State = Literal["report", "unread", "none"]
STATES: tuple[State, ...] = ("report", "unread", "none")


@dataclass(frozen=True, slots=True)
class Seen:
    """A document with its agency and year. `read`: whether it has facts."""

    agency: str
    year: int
    doc_id: str
    read: bool


@dataclass(slots=True)
class Cover:
    """An agency in a year: report, a report with facts; unread, a document in which none was found; none.

    `doc_ids`: its documents, those that were read first.
    """

    agency_id: str
    agency: str
    region_code: str | None
    region: str | None
    level: str | None
    year: int
    state: State
    doc_ids: list[str]

    def to_dict(self) -> dict[str, Any]:
        """The row as plain data, keys in the order of the columns."""
        return asdict(self)


COVER_COLUMNS: tuple[str, ...] = tuple(f.name for f in fields(Cover))


def coverage(seen: Sequence[Seen], listed: Sequence[Listed] = (), years: tuple[int, int] | None = None) -> list[Cover]:
    """A row for each agency and year for which it owes a report, by region, agency and year.

    Args:
        listed: the agencies that owe one. Without a list, every agency that is seen, from its first report to the last
            year of all, or to its own last where it was merged into another.
        years: first and last year; None: those that are seen.
    """
    if not seen and not years:
        return []
    first, last = years or (min(one.year for one in seen), max(one.year for one in seen))
    named = [(one.agency, one.year) for one in seen]
    known = {one.name: one for one in agencies([*named, *((one.agency, None) for one in listed)])}
    documents: dict[tuple[str, int], list[Seen]] = defaultdict(list)
    for one in seen:
        documents[known[one.agency].id, one.year].append(one)
    owed = _listed(listed, known, (first, last)) if listed else _seen(known, seen, (first, last))
    rows = [_cover(agency, year, documents.get((agency.id, year), [])) for agency, year in owed]
    return sorted(rows, key=lambda row: (row.region_code or "~", row.agency, row.agency_id, row.year))


def _cover(agency: Agency, year: int, documents: Sequence[Seen]) -> Cover:
    state: State = "none" if not documents else "report" if any(one.read for one in documents) else "unread"
    ordered = sorted(documents, key=lambda one: (not one.read, one.doc_id))
    ids = list(dict.fromkeys(one.doc_id for one in ordered))
    return Cover(agency.id, agency.label, agency.region_code, agency.region, agency.level, year, state, ids)


def _listed(
    listed: Sequence[Listed], known: Mapping[str, Agency], years: tuple[int, int]
) -> Iterator[tuple[Agency, int]]:
    owed: dict[tuple[str, int], Agency] = {}
    for one in listed:
        agency = known[one.agency]
        if one.level or one.region_code:
            agency.level, agency.region_code = one.level or agency.level, one.region_code or agency.region_code
        for year in range(max(one.first or years[0], years[0]), min(one.last or years[1], years[1]) + 1):
            owed.setdefault((agency.id, year), agency)
    return ((agency, year) for (_, year), agency in owed.items())


def _seen(known: Mapping[str, Agency], seen: Sequence[Seen], years: tuple[int, int]) -> Iterator[tuple[Agency, int]]:
    spans: dict[str, list[int]] = defaultdict(list)
    for one in seen:
        spans[known[one.agency].id].append(one.year)
    latest = {agency.id: agency for agency in known.values() if agency.name == agency.label}
    latest = {agency.id: agency for agency in known.values()} | latest
    merged = {agency.id for agency in known.values() if any(_merged(agency, link.old) for link in agency.links)}
    for agency_id, agency in latest.items():
        if spans[agency_id]:
            end = max(spans[agency_id]) if agency_id in merged else years[1]
            for year in range(max(min(spans[agency_id]), years[0]), min(end, years[1]) + 1):
                yield agency, year


def _merged(agency: Agency, old: str) -> bool:
    return any(link.kind == "merged" and link.old == old == agency.label for link in agency.links)


def summed(rows: Iterable[Cover]) -> dict[tuple[str, int], Counter[State]]:
    """(level, year) → how many agencies are in which state; the level is "" where it is not known."""
    found: dict[tuple[str, int], Counter[State]] = defaultdict(Counter)
    for row in rows:
        found[row.level or "", row.year][row.state] += 1
    return dict(sorted(found.items()))
