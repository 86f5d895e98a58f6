"""Facts in, panel out: the steps, and what they found."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nianbao.catalogue import Catalogue
from nianbao.panel.agencies import add_agencies, add_dates
from nianbao.panel.choose import add_series, choose
from nianbao.panel.documents import group
from nianbao.panel.load import PanelError, load_documents, load_facts
from nianbao.writing import WriteError

if TYPE_CHECKING:
    import altair
    import duckdb

    from nianbao.panel.texts import Sketch

__all__ = ["Panel", "PanelError", "build"]

MOST_LINES = 12
"""As many agencies as one chart can show."""

ROLES = ("report", "copy", "older", "part", "unplaced", "empty", "no_report", "failed")


@dataclass(slots=True)
class Panel:
    """A built panel, in a DuckDB connection with the tables `panel` and `documents`, which ends with the block.

    `documents`: how many of each role; those without a fact are known from tables of documents. `left_out`: facts
    that have no place in the panel, by reason.
    """

    connection: duckdb.DuckDBPyConnection
    rows: int
    agencies: int
    contradicted: int
    derived: int
    documents: dict[str, int]
    left_out: dict[str, int]

    def plot(
        self, *metrics: str, agencies: Sequence[str] = (), applicant: str = "total", lang: str = "en"
    ) -> altair.LayerChart:
        """A chart of metrics over the years (see `nianbao.charts.draw`), which a notebook shows.

        Args:
            metrics: ids; none: requests.received.
            agencies: names; none: all, which must not be more than `MOST_LINES`.

        Raises:
            ChartError: there is nothing to draw, too much for one chart, or altair is not installed.
        """
        from nianbao.charts import ChartError, draw

        wanted = list(metrics) or ["requests.received"]
        found = self.connection.execute(
            """SELECT agency, year, metric, applicant, value, status, scope, contradictions FROM panel
            WHERE list_contains($metrics, metric) AND ($every OR list_contains($agencies, agency))""",
            {"metrics": wanted, "every": not agencies, "agencies": list(agencies)},
        )
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        if len({row["agency"] for row in rows}) > MOST_LINES:
            raise ChartError(f"more than {MOST_LINES} agencies are too many for one chart; name some of them")
        return draw(rows, wanted, agencies=agencies, applicant=applicant, lang=lang)


@contextmanager
def build(
    facts: Sequence[Path],
    *,
    scopes: bool = False,
    sure: float = 0.0,
    dates: Mapping[str, str] | None = None,
    sketches: Mapping[str, Sketch] | None = None,
    memory: str = "2GB",
    threads: int | None = None,
    catalogue: Catalogue | None = None,
) -> Iterator[Panel]:
    """Builds the panel of some files of facts.

        with build([Path("facts.parquet")]) as panel:
            panel.connection.sql("SELECT * FROM panel").show()

    Args:
        facts: outputs of extract, or folders of them; of two versions of a report, that of the later one is the later.
        scopes: also rows about parts of an agency.
        sure: names are those of one agency where that is as sure as this, 0 to 1 (`nianbao.panel.who`).
        dates: id of a document → date as ISO text, to tell the latest version.
        sketches: id of a document → sketch of its text (`nianbao.panel.texts`), to tell copies of reports that hold
            hardly a number.
        memory: what DuckDB may use; what is more goes to a folder of its own on disk.
        threads: of DuckDB; None: as many as there are cores.
        catalogue: whose metrics and series the facts speak of; None: the one that ships.

    Raises:
        PanelError: the facts cannot be used, or DuckDB is not installed.
        WriteError: memory or disk did not suffice.
    """
    try:
        import duckdb
    except ImportError as error:
        raise PanelError("the panel needs duckdb: pip install 'nianbao[duckdb]'") from error
    known = catalogue or Catalogue.load()
    with tempfile.TemporaryDirectory(prefix="nianbao-panel-") as scratch:
        config: dict[str, Any] = {
            "memory_limit": memory,
            "temp_directory": scratch,
            # Nothing is fetched from the network.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if threads is not None:
            config["threads"] = threads
        try:
            connection = duckdb.connect(str(Path(scratch) / "panel.duckdb"), config=config)
        except duckdb.Error as error:
            raise PanelError(f"memory {memory!r} is no size that DuckDB knows, such as 2GB ({error})") from error
        with connection:
            try:
                load_facts(connection, facts)
                load_documents(connection, facts)
                add_agencies(connection, sure)
                add_dates(connection, dates or {})
                group(connection, sketches or {})
                choose(connection, known, scopes=scopes)
                add_series(connection, known)
                _documents(connection)
            except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
                raise WriteError(
                    f"the panel could not be built ({error}); give it more with --memory, or make room in "
                    f"{tempfile.gettempdir()}"
                ) from error
            yield _counted(connection, scopes)


def _documents(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the table `documents`: each document with its role and the one it stands behind.

    Those without a fact come from the tables of documents; their role is what became of them.
    """
    connection.execute("""
        CREATE OR REPLACE TABLE documents AS
        WITH placed AS (
            SELECT docs.doc_id, docs.input, docs.agency, docs.key AS agency_id, docs.full_name AS agency_in_panel,
                docs.name_then AS agency_then, docs.sure AS agency_sure, docs.evidence AS agency_evidence,
                docs.region_code, docs.level, docs.report_year, docs.date, docs.facts, docs.linked, docs.role,
                leader.doc_id AS copy_of, docs.told_by
            FROM docs LEFT JOIN docs AS leader ON leader.doc = docs.of
        )
        SELECT placed.*, known.status, known.source, known.kind, known.sha256, known.warnings, known.error
        FROM placed LEFT JOIN known
            ON known.input = placed.input AND known.doc_id = placed.doc_id AND known.status <> 'failed'
        UNION ALL BY NAME
        SELECT doc_id, input, agency, report_year, 0 AS facts, 0 AS linked, status AS role,
            status, source, kind, sha256, warnings, error
        FROM known ANTI JOIN docs ON docs.input = known.input AND docs.doc_id = known.doc_id
            AND known.status <> 'failed'
        ORDER BY input, doc_id NULLS LAST, facts DESC, source, status""")


def _counted(connection: duckdb.DuckDBPyConnection, scopes: bool) -> Panel:
    def one(query: str) -> int:
        [(count,)] = connection.execute(query).fetchall()
        return int(count or 0)

    roles = dict(connection.execute("SELECT role, count(*) FROM documents GROUP BY role").fetchall())
    left_out = {
        "without a metric": one("SELECT sum(facts - linked) FROM docs"),
        "of copies": one("SELECT count(*) FROM facts JOIN docs USING (doc) WHERE role = 'copy'"),
        "of documents without agency or year": one(
            "SELECT count(*) FROM facts JOIN docs USING (doc) WHERE role = 'unplaced'"
        ),
        "without a year": one(
            "SELECT count(*) FROM facts JOIN docs USING (doc) WHERE year IS NULL AND role NOT IN ('copy', 'unplaced')"
        ),
    }
    if not scopes:
        left_out["about parts of an agency"] = one(
            "SELECT count(*) FROM facts JOIN docs USING (doc) "
            "WHERE scope IS NOT NULL AND year IS NOT NULL AND role NOT IN ('copy', 'unplaced')"
        )
    return Panel(
        connection=connection,
        rows=one("SELECT count(*) FROM panel"),
        agencies=one("SELECT count(DISTINCT key) FROM chosen"),
        contradicted=one("SELECT count(*) FROM panel WHERE len(contradictions) > 0"),
        derived=one("SELECT count(*) FROM panel WHERE basis = 'derived'"),
        documents={role: roles.get(role, 0) for role in ROLES},
        left_out={why: count for why, count in left_out.items() if count},
    )
