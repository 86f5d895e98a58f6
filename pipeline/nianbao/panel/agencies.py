"""What each document's agency is, and when the document was published or fetched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from nianbao.panel.regions import resolve
from nianbao.panel.who import JOINED, agencies

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def add_agencies(connection: duckdb.DuckDBPyConnection, least: float) -> None:
    """Adds to `docs`: key, region_code, region and level of the agency (see `nianbao.panel.regions`).

    The key is the same for all names of one agency (`nianbao.panel.who`), where that they are one is `least` sure;
    `full_name` and what is said of its place are those of the latest of them. `name_then` is the name of the report's
    year; `sure` and `evidence` say why it is that agency's. A bare name (民政局) that others end with (禾泽县民政局) is
    nobody's: it has no key. `who` numbers the agencies in the order of the panel.
    """
    import pyarrow as pa

    found = connection.execute(
        "SELECT agency, list(DISTINCT report_year) FROM docs WHERE agency IS NOT NULL GROUP BY agency ORDER BY agency"
    ).fetchall()
    places = {name: resolve(name) for name, _ in found}
    partial = _partial({place.whole for place in places.values()})
    nobody = {name for name, place in places.items() if place.bare and place.whole in partial}
    named = [(name, year) for name, years in found if name not in nobody for year in years]
    known = {one.name: one for one in agencies(named, least)}
    rows = []
    for name, place in places.items():
        agency = known.get(name)
        latest = resolve(agency.label) if agency is not None else place
        row = {"agency": name, "plain": place.name, "whole": place.whole, "partial": place.whole in partial}
        row |= {"key": agency.id if agency else None, "label": latest.name, "region_code": latest.code}
        row |= {"region": latest.region, "level": latest.level, "sure": agency.sure if agency else None}
        joined = [one for one in agency.links if one.kind in JOINED] if agency else []
        rows.append(row | {"evidence": "；".join(one.evidence_zh for one in joined) or None})
    connection.register("found_places", pa.Table.from_pylist(rows, schema=_schema()))
    # One name an agency in the panel: the longest spelling of its latest.
    connection.execute("""
        CREATE OR REPLACE TABLE places AS
        SELECT * EXCLUDE (label), first_value(label) OVER (
            PARTITION BY key ORDER BY length(label) DESC, label) AS full_name
        FROM found_places""")
    connection.unregister("found_places")
    connection.execute("""
        CREATE OR REPLACE TABLE docs AS
        SELECT docs.*, key, dense_rank() OVER (ORDER BY region_code NULLS LAST, full_name, key) AS who, plain, whole,
            full_name, plain AS name_then, coalesce(partial, false) AS partial, region_code, region, level, sure,
            evidence
        FROM docs LEFT JOIN places USING (agency)""")


def _schema() -> pa.Schema:
    import pyarrow as pa

    texts = ("agency", "key", "plain", "whole", "label", "region_code", "region", "level", "evidence")
    return pa.schema([*((name, pa.string()) for name in texts), ("partial", pa.bool_()), ("sure", pa.float64())])


def _partial(names: Collection[str]) -> set[str]:
    """The names that another ends with: 民政局 where there is 平潭县民政局."""
    return {name[at:] for name in names for at in range(1, len(name) - 1) if name[at:] in names}


def add_dates(connection: duckdb.DuckDBPyConnection, dates: Mapping[str, str]) -> None:
    """Adds to `docs`: the date of publication or of the crawl as ISO text.

    It is taken from `dates`, else from the end of an id: pages of a web archive have ADDRESS@2019-01-31T08:00:00Z.
    """
    import pyarrow as pa

    parts = [pa.array(list(column), pa.string()) for column in (dates, dates.values())]
    connection.register("given_dates", pa.Table.from_arrays(parts, names=["doc_id", "date"]))
    connection.execute("""
        CREATE OR REPLACE TABLE docs AS
        SELECT docs.*, coalesce(given_dates.date, nullif(regexp_extract(
            doc_id, '@([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z)$', 1), '')) AS date
        FROM docs LEFT JOIN given_dates USING (doc_id)""")
    connection.unregister("given_dates")
