"""Which documents are one report: copies on mirrors, later versions, parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from nianbao.panel.texts import similar

if TYPE_CHECKING:
    import duckdb

    from nianbao.panel.texts import Sketch

TELLING = 6
"""Numbers above zero that two documents must share to be one report where one of them does not name its agency."""

ALIKE = 0.9
"""Share of the cells in common that must agree for a document without its agency's name to be a version of a report."""

RARE = 300
"""A number of a metric that more documents than this have does not help to find a report's copies."""

SAME_SHARE = 0.8
"""Share of the shorter document's cells that a copy must have too; none may differ."""


def group(connection: duckdb.DuckDBPyConnection, sketches: Mapping[str, Sketch]) -> None:
    """Adds to `docs`: `of`, whose copy it is; `role`; `rank` and `told_by` among the versions of a report.

    Roles: copy, report (the only or latest version), older (an earlier version), part (another document of the same
    agency and year that says other things), unplaced (no agency or no year, and no copy of one that has them).
    `rank`: 1 for the latest. `told_by`: how the latest was told: date, input (files given later are later), facts (no
    date: the one with more facts), only.
    """
    _cells(connection)
    _relate(connection, sketches)
    copies = connection.execute("SELECT a, b FROM related WHERE relation = 'copy'").fetchall()
    best = dict(connection.execute(f"SELECT doc, row_number() OVER ({_ORDER}) FROM docs").fetchall())  # noqa: S608
    _register_pairs(connection, "copies", ("doc", "of"), list(_leaders(copies, best).items()))
    connection.execute("""
        CREATE OR REPLACE TABLE docs AS SELECT docs.*, copies.of FROM docs LEFT JOIN copies USING (doc)""")
    connection.unregister("copies")
    _rank(connection)


# Among equals the document that says most, and names its agency in full, stands for all.
_ORDER = (
    "ORDER BY (key IS NULL), (report_year IS NULL), (region_code IS NULL), linked DESC, input DESC, "
    "length(plain) DESC NULLS LAST, doc"
)


def _cells(connection: duckdb.DuckDBPyConnection) -> None:
    """`cells`: what each document says of its own year, by metric, applicant and basis: the least and the most of it.

    `docs.print` sums all of it up: hashes of whole cells, as DuckDB's hash of several values lets changes of two cells
    cancel each other out.
    """
    connection.execute("""
        CREATE OR REPLACE TABLE cells AS
        SELECT doc, metric, coalesce(applicant, '') AS applicant, basis, max(value) AS largest,
            CASE WHEN min(value) = max(value) THEN [min(value)] ELSE [min(value), max(value)] END AS numbers
        FROM facts JOIN docs USING (doc)
        WHERE value IS NOT NULL AND scope IS NULL AND (year = report_year OR report_year IS NULL)
        GROUP BY ALL""")
    connection.execute("""
        CREATE OR REPLACE TABLE docs AS
        SELECT docs.*, coalesce(telling, 0) AS telling, coalesce(said, 0) AS said, print
        FROM docs LEFT JOIN (
            SELECT doc, count(*) FILTER (largest > 0) AS telling, count(*) AS said,
                sum(hash(concat_ws('|', metric, applicant, basis, numbers::VARCHAR))::HUGEINT) AS print
            FROM cells GROUP BY doc
        ) USING (doc)""")


_COMPATIBLE = """
    (a.whole IS NULL OR b.whole IS NULL OR a.key = b.key OR ends_with(a.whole, b.whole) OR ends_with(b.whole, a.whole))
    AND (a.report_year IS NULL OR b.report_year IS NULL OR a.report_year = b.report_year)
"""


_NAMES = ("key", "who", "full_name", "region_code", "region", "level", "name_then", "sure", "evidence")


def _adopt(connection: duckdb.DuckDBPyConnection) -> None:
    """Gives a document with half a name or none the agency of the one whose report it is, though a number differs."""
    connection.execute(f"""
        CREATE OR REPLACE TABLE adopted AS
        SELECT lost.doc, min(known.doc) AS parent, {", ".join(f"any_value(known.{name}) AS {name}" for name in _NAMES)}
        FROM related JOIN docs AS lost ON lost.doc IN (a, b) JOIN docs AS known ON known.doc IN (a, b)
        WHERE relation = 'same' AND lost.doc <> known.doc AND lost.report_year = known.report_year
            AND (lost.key IS NULL OR lost.partial) AND known.key IS NOT NULL AND NOT known.partial
        GROUP BY lost.doc HAVING count(DISTINCT known.key) = 1""")  # noqa: S608
    kept = ", ".join(_NAMES)
    connection.execute(f"""
        CREATE OR REPLACE TABLE docs AS
        SELECT docs.* EXCLUDE ({kept}),
            {", ".join(f"CASE WHEN parent IS NULL THEN docs.{n} ELSE adopted.{n} END AS {n}" for n in _NAMES)}
        FROM docs LEFT JOIN adopted USING (doc)""")  # noqa: S608
    connection.execute("""
        INSERT INTO related SELECT least(doc, parent), greatest(doc, parent), 'version' FROM adopted""")


def _relate(connection: duckdb.DuckDBPyConnection, sketches: Mapping[str, Sketch]) -> None:
    """`related`: pairs of documents that are copies or versions of one report, or parts of it."""
    connection.execute("CREATE OR REPLACE TABLE related (a BIGINT, b BIGINT, relation VARCHAR)")
    # 1. Of one agency and year: compared cell by cell. A thousand copies of one report are one by their print first.
    connection.execute("""
        CREATE OR REPLACE TABLE firsts AS
        SELECT min(doc) AS doc, key, report_year, print, list(doc ORDER BY doc) AS all_docs
        FROM docs WHERE key IS NOT NULL AND report_year IS NOT NULL AND said > 0 GROUP BY key, report_year, print""")
    connection.execute("""
        INSERT INTO related
        SELECT doc, unnest(all_docs[2:]), 'copy' FROM firsts WHERE len(all_docs) > 1""")
    connection.execute("""
        CREATE OR REPLACE TABLE pairs AS
        SELECT a.doc AS a, b.doc AS b FROM firsts AS a JOIN firsts AS b USING (key, report_year) WHERE a.doc < b.doc""")
    _compare(connection, anonymous=False)
    # 2. Documents that lack their agency's full name or their year, against all that could be the same report: those
    # with the same print, and those that share several numbers which few documents have.
    connection.execute(f"""
        CREATE OR REPLACE TABLE pairs AS
        WITH lost AS (
            SELECT * FROM docs WHERE telling >= {TELLING} AND (key IS NULL OR partial OR report_year IS NULL)
        ),
        own AS (SELECT cells.* FROM cells JOIN lost USING (doc) WHERE largest >= 10),
        found AS (SELECT cells.* FROM cells SEMI JOIN own USING (metric, applicant, basis, numbers)),
        rare AS (SELECT metric, applicant, basis, numbers FROM found GROUP BY ALL HAVING count(*) <= {RARE}),
        shared AS (
            SELECT own.doc AS a, found.doc AS b
            FROM own JOIN rare USING (metric, applicant, basis, numbers)
            JOIN found USING (metric, applicant, basis, numbers)
            WHERE found.doc <> own.doc GROUP BY ALL HAVING count(*) >= 2
            UNION
            SELECT lost.doc, docs.doc FROM lost JOIN docs USING (print) WHERE lost.doc <> docs.doc
        )
        SELECT DISTINCT least(shared.a, shared.b) AS a, greatest(shared.a, shared.b) AS b FROM shared
        JOIN docs AS a ON a.doc = shared.a JOIN docs AS b ON b.doc = shared.b
        WHERE (a.key IS DISTINCT FROM b.key OR a.report_year IS DISTINCT FROM b.report_year) AND {_COMPATIBLE}""")  # noqa: S608
    _compare(connection, anonymous=True)
    _adopt(connection)
    if sketches:
        _relate_texts(connection, sketches)


def _compare(connection: duckdb.DuckDBPyConnection, *, anonymous: bool) -> None:
    """Judges the table `pairs` by the cells: a copy has most of the other's and none that differs."""
    telling = TELLING if anonymous else 0
    connection.execute(
        """
        INSERT INTO related
        WITH compared AS (
            SELECT pairs.a, pairs.b, count(*) FILTER (x.numbers = y.numbers OR list_has_all(x.numbers, y.numbers)
                    OR list_has_all(y.numbers, x.numbers)) AS agree,
                count(*) FILTER (x.largest > 0 AND x.numbers = y.numbers) AS telling, count(*) AS common
            FROM pairs JOIN cells AS x ON x.doc = pairs.a
            JOIN cells AS y
                ON y.doc = pairs.b AND y.metric = x.metric AND y.applicant = x.applicant AND y.basis = x.basis
            GROUP BY ALL
        )
        SELECT compared.a, compared.b, CASE
            WHEN agree = common AND agree >= $share * least(da.said, db.said)
                AND compared.telling >= $telling THEN 'copy'
            WHEN $anonymous AND compared.telling >= $telling AND agree >= $same * common
                AND common >= $share * least(da.said, db.said) THEN 'same'
            WHEN $anonymous THEN NULL
            WHEN 2 * agree >= common AND 2 * common >= least(da.said, db.said) THEN 'version'
            ELSE 'part' END AS relation
        FROM compared JOIN docs AS da ON da.doc = compared.a JOIN docs AS db ON db.doc = compared.b
        WHERE relation IS NOT NULL""",
        {"share": SAME_SHARE, "same": ALIKE, "telling": telling, "anonymous": anonymous},
    )


def _relate_texts(connection: duckdb.DuckDBPyConnection, sketches: Mapping[str, Sketch]) -> None:
    """Documents that say too little in numbers to be told by them, but whose texts are alike and say nothing else."""
    ids = dict(connection.execute("SELECT doc_id, doc FROM docs ORDER BY doc DESC").fetchall())
    pairs = [(ids[a], ids[b]) for a, b in similar({name: s for name, s in sketches.items() if name in ids})]
    _register_pairs(connection, "alike", ("a", "b"), pairs)
    connection.execute(f"""
        INSERT INTO related
        SELECT alike.a, alike.b, 'copy' FROM alike
        JOIN docs AS a ON a.doc = alike.a JOIN docs AS b ON b.doc = alike.b
        WHERE {_COMPATIBLE} AND NOT EXISTS (
            SELECT 1 FROM cells AS x JOIN cells AS y USING (metric, applicant, basis)
            WHERE x.doc = a.doc AND y.doc = b.doc AND x.numbers <> y.numbers)""")  # noqa: S608
    connection.unregister("alike")


def _register_pairs(
    connection: duckdb.DuckDBPyConnection, name: str, columns: tuple[str, str], pairs: Sequence[tuple[int, int]]
) -> None:
    import pyarrow as pa

    parts = [pa.array([pair[at] for pair in pairs], pa.int64()) for at in (0, 1)]
    connection.register(name, pa.Table.from_arrays(parts, names=list(columns)))


def _leaders(pairs: Iterable[tuple[int, int]], best: Mapping[int, int]) -> dict[int, int]:
    """Copy → the document it stands behind: the best of all that are connected by being copies."""
    above: dict[int, int] = {}

    def top(doc: int) -> int:
        while (higher := above.get(doc, doc)) != doc:
            above[doc] = above.get(higher, higher)
            doc = higher
        return doc

    for a, b in pairs:
        first, second = sorted((top(a), top(b)), key=best.__getitem__)
        above[second] = first
    return {doc: top(doc) for doc in above if top(doc) != doc}


def _rank(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("""
        CREATE OR REPLACE TABLE docs AS
        WITH standing AS (
            SELECT doc, row_number() OVER versions AS rank, count(*) OVER whole AS standing,
                count(DISTINCT date) OVER whole AS dates, count(DISTINCT input) OVER whole AS inputs,
                first_value(doc) OVER versions AS latest
            FROM docs WHERE of IS NULL AND key IS NOT NULL AND report_year IS NOT NULL
            WINDOW whole AS (PARTITION BY key, report_year),
                versions AS (PARTITION BY key, report_year
                    ORDER BY date DESC NULLS LAST, input DESC, linked DESC, doc_id)
        ),
        versions AS (SELECT DISTINCT a, b FROM related WHERE relation = 'version')
        SELECT docs.*, rank,
            CASE WHEN standing IS NULL THEN NULL WHEN standing = 1 THEN 'only' WHEN dates > 1 THEN 'date'
                WHEN inputs > 1 THEN 'input' ELSE 'facts' END AS told_by,
            CASE WHEN docs.of IS NOT NULL THEN 'copy' WHEN standing IS NULL THEN 'unplaced'
                WHEN rank = 1 THEN 'report' WHEN versions.a IS NOT NULL THEN 'older' ELSE 'part' END AS role
        FROM docs LEFT JOIN standing USING (doc)
        LEFT JOIN versions ON versions.a = least(docs.doc, latest) AND versions.b = greatest(docs.doc, latest)""")
