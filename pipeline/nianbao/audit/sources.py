"""Which documents there are, with agency and year: from a panel, from outputs of extract, from tables of documents."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from nianbao.audit.coverage import Seen
from nianbao.writing import holds_facts, read_documents, read_facts

_READ = ("facts", "report", "copy", "older", "part")
_UNREAD = ("empty",)


def seen_in(path: Path) -> tuple[list[Seen], list[str]]:
    """The documents of a file that name agency and year, and the ids of those that were not read and name none.

    Args:
        path: a panel (.parquet, .csv, .duckdb), an output of extract, or the table of documents of either.

    Raises:
        ValueError: the file is none of these.
        OSError: it cannot be read.
    """
    found: dict[tuple[str, int, str], Seen] = {}
    nowhere: list[str] = []
    for row in _rows(path):
        status = row.get("role") or row.get("status")
        doc_id = str(row.get("doc_id") or row.get("source") or "?")
        # A panel names the agency by its latest name; who owed a report under an older one is told by that.
        agency = row.get("agency_then") or row.get("agency_in_panel") or row.get("agency")
        year = row.get("report_year")
        read = status in _READ or (status not in (*_UNREAD, "failed", "no_report", "unplaced"))
        if status == "no_report":
            continue
        if agency and year not in (None, ""):
            one = Seen(str(agency), int(float(year)), doc_id, read)
            if read or (one.agency, one.year, doc_id) not in found:
                found[one.agency, one.year, doc_id] = one
        elif not read:
            nowhere.append(doc_id)
    return list(found.values()), list(dict.fromkeys(nowhere))


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    if holds_facts(path):
        last = None
        for fact in read_facts(path):
            if fact["doc_id"] != last:
                last = fact["doc_id"]
                yield {name: fact[name] for name in ("doc_id", "agency", "report_year")}
        yield from read_documents(path) or ()
        return
    yield from _table(path)


def _table(path: Path) -> Iterable[Mapping[str, Any]]:
    ending = path.suffix.lower()
    if ending == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows: list[dict[str, Any]] = list(csv.DictReader(stream))
    elif ending == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            names = pq.read_schema(path).names
            wanted = ("doc_id", "agency", "agency_then", "agency_in_panel", "report_year", "role", "status", "source")
            # A panel's own `status` is that of a number.
            kept = [name for name in wanted if name in names and not (name == "status" and "metric" in names)]
            return pq.read_table(path, columns=kept).to_pylist()
        except pa.ArrowInvalid as error:
            raise ValueError(f"{path} is no Parquet file: {error}") from error
    elif ending == ".duckdb":
        rows = _duckdb(path)
    else:
        raise ValueError(f"{path} is no panel, no output of extract and no table of documents")
    if rows and not {"agency", "report_year"} <= rows[0].keys():
        raise ValueError(f"{path} has no columns agency and report_year")
    return [{name: value for name, value in row.items() if name != "status" or "metric" not in row} for row in rows]


def _duckdb(path: Path) -> list[dict[str, Any]]:
    import duckdb

    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            names = [name for (name,) in connection.execute("SHOW TABLES").fetchall()]
            table = next((name for name in ("panel", "documents") if name in names), None)
            if table is None:
                raise ValueError(f"{path} holds neither a panel nor a table of documents")
            found = connection.execute(f"SELECT * FROM {table}")  # noqa: S608  (one of two words)
            columns = [column[0] for column in found.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    except duckdb.Error as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
