"""The panel as a file: long or wide, whole or not at all."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from nianbao.catalogue import Registry
from nianbao.schema import APPLICANTS
from nianbao.writing.atomic import OutputError, Pending, WriteError, check_target, reporting
from nianbao.writing.cells import cell

if TYPE_CHECKING:
    import duckdb

ENDINGS = (".parquet", ".csv", ".duckdb")


def check_panel_target(target: Path) -> None:
    """Refuses what `write_table` cannot write.

    Raises:
        OutputError: unknown ending, missing folder, or a folder at its place.
    """
    check_target(target)
    if target.suffix.lower() not in ENDINGS:
        raise OutputError(
            f"{target} has an ending that cannot be written; use one of {' '.join(ENDINGS)}, or nianbao export for "
            "a workbook or a SQLite database"
        )


def widen(connection: duckdb.DuckDBPyConnection, metrics: Registry, *, applicants: bool = False) -> None:
    """Makes the table `wide`: a row an agency and year, a column a metric, from the rows about whole agencies.

    A metric's column is its total; with `applicants` there is one more for each kind, "requests.received/commercial".
    `blank` and `contradicted` name columns, `sources` maps them to where their numbers stand: a null is a blank cell
    only where `blank` names it.
    """
    names = [metric.id for metric in metrics]
    if applicants:
        kinds = [one for one in APPLICANTS if one != "total"]
        names += [f"{metric.id}/{one}" for metric in metrics if metric.by_applicant for one in kinds]
    listed = ", ".join(f"'{name}'" for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    connection.execute(
        """
        CREATE OR REPLACE TABLE named AS
        SELECT * EXCLUDE (name), CASE WHEN applicant IS NULL OR applicant = 'total' THEN metric
            ELSE metric || '/' || applicant END AS name
        FROM panel WHERE scope IS NULL AND ($applicants OR applicant IS NULL OR applicant = 'total')""",
        {"applicants": applicants},
    )
    connection.execute(f"""
        CREATE OR REPLACE TABLE wide AS
        WITH numbers AS (
            PIVOT (SELECT agency_id, year, name, value FROM named) ON name IN ({listed})
            USING max(value) GROUP BY agency_id, year
        ),
        places AS (
            SELECT agency_id, year, any_value(agency) AS agency,
                first(agency_then ORDER BY report_year <> year, metric) AS agency_then,
                min(agency_sure) AS agency_sure, any_value(region_code) AS region_code,
                any_value(region) AS region, any_value(level) AS level,
                coalesce(list(name ORDER BY name) FILTER (status = 'blank'), []) AS blank,
                coalesce(list(name ORDER BY name) FILTER (len(contradictions) > 0), []) AS contradicted,
                map_from_entries(list({{'key': name, 'value': {{'doc_id': doc_id, 'start': "start", 'end': "end",
                    'value_text': value_text, 'basis': basis, 'status': status}}}} ORDER BY name)) AS sources
            FROM named GROUP BY agency_id, year
        )
        SELECT agency_id, agency, agency_then, agency_sure, region_code, region, level, year, {columns}, blank,
            contradicted, sources
        FROM places JOIN numbers USING (agency_id, year)
        ORDER BY region_code NULLS LAST, agency, agency_id, year""")  # noqa: S608


def write_table(connection: duckdb.DuckDBPyConnection, table: str, target: Path) -> None:
    """Writes a table of the connection: .parquet and .duckdb with its types, .csv as `nianbao.writing.cells.cell` says.

    Raises:
        OutputError: see `check_panel_target`.
        WriteError: the system refused.
    """
    import duckdb

    check_panel_target(target)
    pending = Pending(target)
    try:
        with reporting(target):
            {".parquet": _parquet, ".csv": _csv, ".duckdb": _duckdb}[target.suffix.lower()](
                connection, table, pending.path
            )
        pending.commit()
    # DuckDB has its own errors for the disk.
    except duckdb.Error as error:
        raise WriteError(
            f"{target} could not be written: {error}; nothing was left there. Make room or choose another place, "
            "and run again"
        ) from error
    finally:
        pending.discard()


def _parquet(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    connection.table(table).write_parquet(str(path), compression="zstd")


def _duckdb(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    # DuckDB makes the file itself and takes an empty one for a broken database.
    path.unlink()
    quoted = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS written")
    try:
        connection.execute(f"CREATE TABLE written.{table} AS SELECT * FROM {table}")  # noqa: S608  (own names)
    finally:
        connection.execute("DETACH written")


def _csv(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    found = connection.execute(f"SELECT * FROM {table}")  # noqa: S608  (own names)
    names = [column[0] for column in found.description or ()]
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(names)
        while rows := found.fetchmany(10_000):
            out.writerows([cell(value) for value in row] for row in rows)
