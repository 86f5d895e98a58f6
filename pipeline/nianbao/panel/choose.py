"""One row an agency, year, metric and applicant: the fact that stands for it, what contradicts it, sums of parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nianbao.catalogue import Catalogue

if TYPE_CHECKING:
    import duckdb

_KEY = "who, year, metric, applicant, scope"
# What a row is not taken from where there is another, the worst first.
_WORSE = (
    "report_year <> year",
    "role = 'older'",
    "value IS NULL",
    "basis <> 'table'",
    "status = 'blank'",
    "qualifier <> 'exact'",
    "copied",
)
# That order as one number, the least of which stands, with the version's rank, the confidence and, last, the fact's own
# number: sorting each row's facts would take longer than all the rest.
_ORDER = " + ".join(
    (
        *(f"(coalesce({test}, true)::BIGINT << {62 - at})" for at, test in enumerate(_WORSE)),
        "(least(rank, 16383)::BIGINT << 42)",
        "((1000 - round(1000 * coalesce(confidence, 0)))::BIGINT << 32)",
        "fact",
    )
)
_FACT = (1 << 32) - 1
# Whether `other` cannot be true where `chosen` is: 余 says more than, 近 less than; 约 says nothing for certain.
_AGAINST = """
    other.value IS NOT NULL AND other.value IS DISTINCT FROM chosen.value AND (
        chosen.value IS NULL
        OR (chosen.qualifier = 'exact' AND other.qualifier = 'exact')
        OR (chosen.qualifier = 'exact' AND other.qualifier = 'over' AND other.value > chosen.value)
        OR (chosen.qualifier = 'exact' AND other.qualifier = 'nearly' AND other.value < chosen.value)
        OR (chosen.qualifier = 'over' AND other.qualifier = 'exact' AND other.value < chosen.value)
        OR (chosen.qualifier = 'nearly' AND other.qualifier = 'exact' AND other.value > chosen.value))
"""
PLACE = (
    'STRUCT(value DOUBLE, value_text VARCHAR, doc_id VARCHAR, "start" BIGINT, "end" BIGINT, basis VARCHAR, '
    '"from" VARCHAR)'
)
PART = 'STRUCT(metric VARCHAR, value DOUBLE, value_text VARCHAR, doc_id VARCHAR, "start" BIGINT, "end" BIGINT)'


def choose(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, *, scopes: bool) -> None:
    """Makes the table `chosen` from `facts` and `docs`: the panel's rows, with `contradictions` and `parts`.

    Args:
        scopes: also facts about a part of the agency (市本级), rows of their own.
    """
    connection.execute(
        """
        CREATE OR REPLACE TABLE placed AS
        SELECT docs.doc_id, first.who, first.key, first.name_then, first.sure, first.report_year, first.role,
            first.rank, first.told_by, docs.of IS NOT NULL AS copied, facts.*
        FROM facts JOIN docs USING (doc) JOIN docs AS first ON first.doc = coalesce(docs.of, docs.doc)
        WHERE first.role IN ('report', 'older', 'part') AND year IS NOT NULL AND ($scopes OR scope IS NULL)""",
        {"scopes": scopes},
    )
    connection.execute(f"""
        CREATE OR REPLACE TABLE best AS
        SELECT * FROM placed SEMI JOIN (
            SELECT min({_ORDER}) & {_FACT} AS fact FROM placed GROUP BY {_KEY}
        ) USING (fact)""")  # noqa: S608
    connection.execute(f"""
        CREATE OR REPLACE TABLE against AS
        SELECT chosen.fact, list({{
            'value': other.value, 'value_text': other.value_text, 'doc_id': other.doc_id, 'start': other.start,
            'end': other.end, 'basis': other.basis, 'from': CASE WHEN other.doc = chosen.doc THEN 'document'
                WHEN other.report_year <> chosen.report_year THEN 'other_year'
                WHEN other.rank = chosen.rank THEN 'copy' WHEN other.role = 'older' THEN 'version'
                ELSE 'other_document' END}}::{PLACE} ORDER BY other.fact) AS contradictions
        FROM best AS chosen JOIN placed AS other USING (who, year, metric)
        WHERE chosen.applicant IS NOT DISTINCT FROM other.applicant AND chosen.scope IS NOT DISTINCT FROM other.scope
            AND {_AGAINST}
        GROUP BY chosen.fact""")  # noqa: S608
    connection.execute(f"""
        CREATE OR REPLACE TABLE chosen AS
        SELECT who, key, year, metric, applicant, scope, value, unit, status, basis, qualifier, report_year, doc_id,
            value_text, "start", "end", quote, page, confidence, flags, told_by, name_then, sure,
            coalesce(contradictions, []) AS contradictions, []::{PART}[] AS parts
        FROM best LEFT JOIN against USING (fact)""")  # noqa: S608
    _add_sums(connection, catalogue)


def _add_sums(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Rows for series that a form prints in parts: only where one document has all parts as exact numbers."""
    for one in catalogue.series.sums:
        unit = catalogue.metrics.get(one.metric).unit
        connection.execute(
            f"""
            INSERT INTO chosen BY NAME
            SELECT who, key, year, $metric AS metric, applicant, scope, sum(value) AS value, $unit AS unit,
                'derived' AS status, 'derived' AS basis, 'exact' AS qualifier, any_value(report_year) AS report_year,
                any_value(doc_id) AS doc_id, min(confidence) AS confidence, any_value(told_by) AS told_by,
                any_value(name_then) AS name_then, any_value(sure) AS sure,
                []::VARCHAR[] AS flags, []::{PLACE}[] AS contradictions,
                list({{'metric': metric, 'value': value, 'value_text': value_text, 'doc_id': doc_id, 'start': "start",
                    'end': "end"}}::{PART} ORDER BY metric) AS parts
            FROM chosen AS part
            WHERE list_contains($parts, metric) AND year >= $first AND value IS NOT NULL AND qualifier = 'exact'
                AND NOT EXISTS (SELECT 1 FROM chosen AS printed WHERE printed.metric = $metric
                    AND printed.who = part.who AND printed.year = part.year
                    AND printed.applicant IS NOT DISTINCT FROM part.applicant
                    AND printed.scope IS NOT DISTINCT FROM part.scope)
            GROUP BY who, key, year, applicant, scope
            HAVING count(*) = $count AND count(DISTINCT doc_id) = 1""",  # noqa: S608
            {"metric": one.metric, "unit": unit, "parts": list(one.parts), "first": one.first, "count": len(one.parts)},
        )


def add_series(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Makes the table `panel`: `chosen` with the agency's names and codes and the series, in a fixed order."""
    import pyarrow as pa

    found = catalogue.series.segments
    table = pa.table(
        {
            "metric": pa.array([one.metric for one in found], pa.string()),
            "first": pa.array([one.first for one in found], pa.int64()),
            "last": pa.array([one.last for one in found], pa.int64()),
            "series": pa.array([one.name for one in found], pa.string()),
        }
    )
    connection.register("segments", table)
    names = [(metric.id, metric.name_zh) for metric in catalogue.metrics]
    connection.register("names", pa.table({"metric": [one for one, _ in names], "name": [name for _, name in names]}))
    connection.execute("""
        CREATE OR REPLACE TABLE panel AS
        WITH agencies AS (
            SELECT key, any_value(full_name) AS agency, any_value(region_code) AS region_code,
                any_value(region) AS region, any_value(level) AS level
            FROM docs WHERE key IS NOT NULL GROUP BY key
        )
        SELECT chosen.key AS agency_id, agency, name_then AS agency_then, sure AS agency_sure, region_code, region,
            level, chosen.year, chosen.metric, names.name, applicant, scope, value, unit, series,
            status, basis, qualifier, report_year, doc_id, value_text, "start", "end", quote, page, confidence, flags,
            contradictions, parts, told_by AS version_by
        FROM chosen JOIN agencies USING (key) LEFT JOIN names ON names.metric = chosen.metric
        LEFT JOIN segments ON segments.metric = chosen.metric AND chosen.year >= segments.first
            AND (segments.last IS NULL OR chosen.year <= segments.last)
        ORDER BY who, chosen.year, chosen.metric, applicant NULLS FIRST, scope NULLS FIRST""")
    connection.unregister("segments")
    connection.unregister("names")
