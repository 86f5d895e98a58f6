"""The rows of the tables that are made from facts: failed checks, the panel, the codebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, make_dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from nianbao.audit.auditor import Auditor, reports_of
from nianbao.catalogue import Catalogue
from nianbao.writing.columns import TableSchema

if TYPE_CHECKING:
    import duckdb

_FETCHED = 10_000
_TYPES = {"VARCHAR": str, "BIGINT": int, "INTEGER": int, "DOUBLE": float, "BOOLEAN": bool, "HUGEINT": int}


@dataclass(slots=True)
class Check:
    """A finding of `nianbao check`, as a sheet shows it; see configs/export.yaml for the columns."""

    document: str
    agency: str | None
    report_year: int | None
    check: str
    formula: str
    kind: str
    left: float | None
    right: float | None
    verdict: str
    name: str
    quote: str
    page: int | None
    offsets: list[str]


@dataclass(slots=True)
class CodebookEntry:
    """A metric of the codebook; one that the registry does not know has its id alone."""

    metric: str
    name: str | None
    name_en: str | None
    unit: str | None
    by_applicant: bool | None
    form_local: str | None
    form_2014: str | None
    form_2019: str | None
    form_2021: str | None
    wordings: list[str]
    series: list[str]
    comparability: str | None


CHECKS = TableSchema("checks", Check)
CODEBOOK = TableSchema("codebook", CodebookEntry)


def codebook(catalogue: Catalogue, used: set[str]) -> Iterator[CodebookEntry]:
    """The registry, and after it those of the `used` metrics that it does not know."""
    series: dict[str, list[str]] = {}
    for one in catalogue.series.segments:
        series.setdefault(one.metric, []).append(f"{one.first}-{one.last or ''}")
    for metric in catalogue.metrics:
        forms = {f"form_{name}": metric.forms.get(name) for name in ("local", "2014", "2019", "2021")}
        yield CodebookEntry(
            metric=metric.id,
            name=metric.name_zh,
            name_en=metric.name_en,
            unit=metric.unit,
            by_applicant=metric.by_applicant,
            **forms,
            wordings=list(metric.wordings),
            series=series.get(metric.id, []),
            comparability=metric.comparability,
        )
    for name in sorted(used):
        if name not in catalogue.metrics:
            yield CodebookEntry(name, None, None, None, None, None, None, None, None, [], [], None)


def failed_checks(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> Iterator[Check]:
    """What `nianbao check` finds, agency by agency, from a built panel: memory holds one agency's facts."""
    auditor = Auditor(catalogue)
    formulas = {identity.name: identity.formula for identity in catalogue.identities}
    found = connection.cursor().execute("""
        SELECT coalesce(docs.key, docs.agency) AS who, docs.doc_id, docs.agency, docs.report_year,
            facts.* EXCLUDE (doc, fact)
        FROM facts JOIN docs USING (doc) ORDER BY who, docs.input, docs.doc, facts.fact""")
    for _, group in groupby(_records(found), key=lambda row: row.pop("who")):
        facts = list(group)
        cells = {f"{row['doc_id']}:{row['start']}-{row['end']}": row for row in facts}
        for one in auditor.audit(reports_of(facts)):
            offsets = [*one.left_at, *one.right_at]
            places = [cells[place] for place in offsets if place in cells]
            yield Check(
                document=one.doc_id,
                agency=one.agency,
                report_year=one.report_year,
                check=one.check,
                formula=formulas.get(one.check, one.message_zh),
                kind=one.severity,
                left=one.left,
                right=one.right,
                verdict=one.fault,
                name="；".join(dict.fromkeys(_name(cell["metric"], catalogue) for cell in places)),
                quote=" … ".join(dict.fromkeys(cell["quote"] for cell in places if cell["quote"])),
                page=places[0]["page"] if places else None,
                offsets=offsets,
            )


def _name(metric: str, catalogue: Catalogue) -> str:
    return catalogue.metrics.get(metric).name_zh if metric in catalogue.metrics else metric


def panel_table(connection: duckdb.DuckDBPyConnection) -> TableSchema:
    """The panel as a table for sinks; its columns are those that the connection's `panel` has."""
    described = connection.execute("SELECT column_name, column_type FROM (DESCRIBE panel)").fetchall()
    hints: list[tuple[str, Any]] = []
    for name, kind in described:
        hints.append((name, list[str] if kind.endswith("[]") else _TYPES.get(kind, str) | None))
    return TableSchema("panel", make_dataclass("PanelRow", hints, slots=True))


def panel_rows(connection: duckdb.DuckDBPyConnection, table: TableSchema) -> Iterator[Any]:
    """The panel's rows, streamed; places stay plain data in their lists."""
    found = connection.cursor().execute("SELECT * FROM panel")
    while rows := found.fetchmany(_FETCHED):
        yield from (table.row(*row) for row in rows)


def _records(found: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    names = [column[0] for column in found.description or ()]
    while rows := found.fetchmany(_FETCHED):
        yield from (dict(zip(names, row, strict=True)) for row in rows)
