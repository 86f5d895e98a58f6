"""What each document's agency is, and when the document was published or fetched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from nianbao.panel.regions import resolve

if TYPE_CHECKING:
    import duckdb


def add_agencies(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds to `docs`: key, region_code, region and level of the agency (see `nianbao.panel.regions`).

    A bare name (民政局) that others end with (禾泽县民政局) is nobody's: it has no key. `who` numbers the agencies in
    the order of the panel.
    """
    import pyarrow as pa

    found = connection.execute("SELECT DISTINCT agency FROM docs WHERE agency IS NOT NULL").fetchall()
    places = [(name, resolve(name)) for (name,) in found]
    partial = _partial({place.whole for _, place in places})
    table = pa.table(
        {
            "partial": pa.array([place.whole in partial for _, place in places], pa.bool_()),
            "agency": pa.array([name for name, _ in places], pa.string()),
            "key": pa.array(
                [None if place.bare and place.whole in partial else place.key for _, place in places], pa.string()
            ),
            "plain": pa.array([place.name for _, place in places], pa.string()),
            "whole": pa.array([place.whole for _, place in places], pa.string()),
            "region_code": pa.array([place.code for _, place in places], pa.string()),
            "region": pa.array([place.region for _, place in places], pa.string()),
            "level": pa.array([place.level for _, place in places], pa.string()),
        }
    )
    connection.register("found_places", table)
    # One name an agency in the panel: its longest spelling.
    connection.execute("""
        CREATE OR REPLACE TABLE places AS
        SELECT *, first_value(plain) OVER (PARTITION BY key ORDER BY length(plain) DESC, plain) AS full_name
        FROM found_places""")
    connection.unregister("found_places")
    connection.execute("""
        CREATE OR REPLACE TABLE docs AS
        SELECT docs.*, key, dense_rank() OVER (ORDER BY region_code NULLS LAST, full_name, key) AS who, plain, whole,
            full_name, coalesce(partial, false) AS partial, region_code, region, level
        FROM docs LEFT JOIN places USING (agency)""")


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
