"""What the pages of a site show, read from a panel one agency at a time."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import duckdb

_ROWS = 20_000


class PanelCell(NamedTuple):
    """A number of the panel, or a cell without one."""

    year: int
    metric: str
    applicant: str | None
    value: float | None
    value_text: str | None
    status: str
    basis: str
    qualifier: str
    doc_id: str
    start: int | None
    end: int | None
    contradicted: bool


Key = tuple[int, str, str | None]
"""Year, metric, applicant."""


@dataclass(slots=True)
class AgencySeries:
    """An agency with its numbers. `reports`: year → id of the document that stands for it."""

    id: str
    name: str
    region: str | None
    level: str | None
    reports: dict[int, str] = field(default_factory=dict)
    cells: list[PanelCell] = field(default_factory=list)
    contradictions: dict[Key, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """Its page, below the site's top."""
        return agency_page(self.id)

    @property
    def years(self) -> list[int]:
        """The years with a report or a number."""
        return sorted({*self.reports, *(cell.year for cell in self.cells)})


def agency_page(agency_id: str) -> str:
    """The page of an agency: short, since many link to it, and the same whenever the site is built."""
    return f"agencies/{hashlib.sha256(agency_id.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}.html"


def agencies(connection: duckdb.DuckDBPyConnection) -> Iterator[AgencySeries]:
    """Every agency of the panel, in its order."""
    reports = _reports(connection)
    against = _contradictions(connection)
    places = {
        one: rest
        for one, *rest in connection.execute(
            "SELECT agency_id, any_value(agency), any_value(region), any_value(level) FROM panel GROUP BY agency_id"
        ).fetchall()
    }
    found = connection.execute("""
        SELECT agency_id, year, metric, applicant, value, value_text, status, basis, qualifier, doc_id,
            "start", "end", len(contradictions) > 0
        FROM panel WHERE scope IS NULL""")
    for agency_id, rows in groupby(_rows(found), key=itemgetter(0)):
        name, region, level = places[agency_id]
        cells = [PanelCell(*row[1:]) for row in rows]
        yield AgencySeries(
            agency_id, name, region, level, reports.get(agency_id, {}), cells, against.get(agency_id, {})
        )


def _rows(found: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while part := found.fetchmany(_ROWS):
        yield from part


def _reports(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[int, str]]:
    """Agency → year → the report that stands for it."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    query = "SELECT key, report_year, doc_id FROM docs WHERE role = 'report' AND key IS NOT NULL ORDER BY doc"
    for agency_id, year, doc_id in connection.execute(query).fetchall():
        if year is not None:
            found[agency_id].setdefault(int(year), doc_id)
    return found


def _contradictions(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[Key, list[dict[str, Any]]]]:
    found: dict[str, dict[Key, list[dict[str, Any]]]] = defaultdict(dict)
    query = """SELECT agency_id, year, metric, applicant, contradictions FROM panel
        WHERE scope IS NULL AND len(contradictions) > 0"""
    for agency_id, year, metric, applicant, others in connection.execute(query).fetchall():
        found[agency_id][year, metric, applicant] = others
    return found


class Missing(NamedTuple):
    """`tableless`: (agency, name, year, doc_id) of reports whose facts all stand in prose; `unplaced`: (doc_id, agency,
    year, role) of documents that give the panel nothing."""

    tableless: list[tuple[str, str, int, str]]
    unplaced: list[tuple[str, str | None, int | None, str]]


def missing(connection: duckdb.DuckDBPyConnection) -> Missing:
    """Reports without tables, and documents that were not read, are no reports, or name no agency or year."""
    tableless = connection.execute("""
        SELECT key, full_name, report_year, doc_id FROM docs
        WHERE role = 'report' AND key IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM facts WHERE facts.doc = docs.doc AND basis = 'table')
        ORDER BY who, report_year""").fetchall()
    unplaced = connection.execute("""
        SELECT coalesce(doc_id, source, '?'), agency, report_year, role FROM documents
        WHERE role IN ('unplaced', 'empty', 'no_report', 'failed') ORDER BY role, input, doc_id""").fetchall()
    return Missing(tableless, unplaced)


class YearOfMetric(NamedTuple):
    """A metric in a year, over the agencies. `quantiles`: 10, 25, 50, 75 and 90 of 100."""

    year: int
    numbers: int
    blanks: int
    quantiles: tuple[float, float, float, float, float] | None
    largest: float | None
    sum: float | None
    contradicted: int


class Rank(NamedTuple):
    """An agency's place in a year's ranking of a metric."""

    year: int
    place: int
    agency_id: str
    name: str
    value: float
    doc_id: str
    start: int | None
    end: int | None


@dataclass(slots=True)
class MetricData:
    """What a metric's page shows."""

    years: list[YearOfMetric] = field(default_factory=list)
    ranks: list[Rank] = field(default_factory=list)


def by_metric(connection: duckdb.DuckDBPyConnection, most: int) -> dict[str, MetricData]:
    """Metric → its years, and the first `most` agencies of each; only totals."""
    found: dict[str, MetricData] = defaultdict(MetricData)
    total = "scope IS NULL AND (applicant IS NULL OR applicant = 'total')"
    query = f"""SELECT metric, year, count(value), count(*) FILTER (status = 'blank'),
            quantile_cont(value, [0.1, 0.25, 0.5, 0.75, 0.9]), max(value), sum(value),
            count(*) FILTER (len(contradictions) > 0)
        FROM panel WHERE {total} GROUP BY ALL ORDER BY ALL"""  # noqa: S608  (own words)
    for metric, year, numbers, blanks, quantiles, largest, total_sum, contradicted in connection.execute(
        query
    ).fetchall():
        values = tuple(quantiles) if quantiles else None
        found[metric].years.append(YearOfMetric(year, numbers, blanks, values, largest, total_sum, contradicted))
    query = f"""SELECT metric, year, rank() OVER best AS place, agency_id, agency, value, doc_id, "start", "end"
        FROM panel WHERE {total} AND value IS NOT NULL
        WINDOW best AS (PARTITION BY metric, year ORDER BY value DESC)
        QUALIFY row_number() OVER (PARTITION BY metric, year ORDER BY value DESC, agency_id) <= ?
        ORDER BY metric, year, place, agency_id"""  # noqa: S608  (own words)
    for metric, *row in connection.execute(query, [most]).fetchall():
        found[metric].ranks.append(Rank(*row))
    return found
