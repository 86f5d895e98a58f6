"""The end of a run over many documents: ids that came twice, one file of errors, the sum of all."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nianbao.batch.document import DUPLICATE, of_record
from nianbao.batch.part import (
    ERRORS,
    documents_path,
    errors_path,
    facts_path,
    keys,
    manifest_path,
    read_manifest,
    read_records,
    write_manifest,
)
from nianbao.batch.run import ErrorFile
from nianbao.batch.summary import Summary
from nianbao.reading import ReadError, Source
from nianbao.reading.open import duplicate
from nianbao.schema import Document, Fact
from nianbao.writing.atomic import Pending, reporting
from nianbao.writing.columns import DOCUMENTS
from nianbao.writing.sinks import open_sink

ERROR_FILE = "_errors.jsonl"
_HELD = 4_000_000
"""Ids that are compared at a time, 8 bytes each."""


def finish(folder: Path) -> Summary:
    """Puts the parts of a run in order; done twice it changes nothing.

    Of documents with one id the first in the order of the input stays, as in a run of one process; the others' rows
    are taken out of their parts.

    Raises:
        WriteError: the system refused.
    """
    parts = keys(folder)
    for key, rows in _duplicates(folder, parts).items():
        _take_out(folder, key, rows)
    summary = Summary()
    for key in parts:
        summary.add(read_manifest(manifest_path(folder, key))[0])
    _join_errors(folder, parts)
    return summary


def _duplicates(folder: Path, parts: list[str]) -> dict[str, dict[str, str]]:
    """Part → id → where the first document with that id stands, for the documents that are not the first.

    Ids are compared by digests of 8 bytes, a share of them at a time, so that memory does not grow with the run;
    those whose digests agree are compared in full.
    """
    import numpy as np

    count = sum(1 for key in parts for _ in _claims(folder, key))
    passes = -(-count // _HELD) or 1
    found: dict[str, dict[str, str]] = {}
    for share in range(passes):
        digests = np.fromiter(
            (d for key in parts for claim in _claims(folder, key) if (d := claim.digest) % passes == share),
            dtype=np.uint64,
        )
        values, counts = np.unique(digests, return_counts=True)
        twice = {int(value) for value in values[counts > 1]}
        first: dict[str, str] = {}
        for key in parts if twice else ():
            for claim in _claims(folder, key):
                if claim.digest not in twice:
                    continue
                if claim.doc_id in first:
                    found.setdefault(key, {})[claim.doc_id] = first[claim.doc_id]
                first.setdefault(claim.doc_id, claim.place)
    return found


@dataclass(slots=True, frozen=True)
class _Claim:
    doc_id: str
    place: str

    @property
    def digest(self) -> int:
        return int.from_bytes(hashlib.blake2b(self.doc_id.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def _claims(folder: Path, key: str) -> Iterator[_Claim]:
    """The documents of a part that took their id: all whose text was read and wanted, whatever became of them."""
    for row in _rows(folder, key, ["id", "sha256", "status", "path", "line"]):
        if row["sha256"] is not None and row["status"] not in ("duplicate", "refused"):
            place = row["path"] or row["id"]
            yield _Claim(row["id"], place if row["line"] is None else f"{place}:{row['line']}")


def _rows(folder: Path, key: str, columns: list[str] | None = None) -> list[dict[str, Any]]:
    return _read(manifest_path(folder, key), columns)


def _read(path: Path, columns: list[str] | None = None) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        rows: list[dict[str, Any]] = file.read(columns, use_threads=False).to_pylist()
    return rows


def _take_out(folder: Path, key: str, first: dict[str, str]) -> None:
    """Takes documents out of a part: their rows and their errors, with a record that says why; the manifest last."""
    _, ended = read_manifest(manifest_path(folder, key))
    rows = _rows(folder, key)
    summary = Summary()
    facts: dict[str, list[Fact]] = {}
    for row in _read(facts_path(folder, key)):
        if row["doc_id"] not in first:
            facts.setdefault(row["doc_id"], []).append(Fact(**row))
    documents = [Document(**row) for row in _read(documents_path(folder, key))]
    doubled = {
        (row["path"], row["line"]): _duplicate(row, first[row["id"]])
        for row in rows
        if row["id"] in first and row["sha256"] is not None and row["status"] != "refused"
    }
    records = [record for record in read_records(folder, key) if (record.path, record.line) not in doubled]
    for at, (row, document) in enumerate(zip(rows, documents, strict=True)):
        if (row["path"], row["line"]) in doubled:
            record = doubled[row["path"], row["line"]]
            record.format, record.sha256 = document.kind, document.sha256
            records.append(record)
            documents[at] = of_record(record, document.model)
            row.update(status="duplicate", kind=DUPLICATE, is_report=None, facts=0)
        elif row["status"] == "done":
            summary.add_document(document, facts.get(row["id"], []))
        elif row["status"] == "refused":
            summary.refused += 1
    for record in records:
        summary.add_record(record)
    with (
        open_sink(facts_path(folder, key)) as kept,
        open_sink(documents_path(folder, key), (DOCUMENTS,)) as table,
    ):
        kept.write(fact for of_one in facts.values() for fact in of_one)
        table.write(documents)
        kept.commit()
        table.commit()
    _write_records(errors_path(folder, key), records)
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    write_manifest(manifest_path(folder, key), columns, summary, ended)


def _duplicate(row: dict[str, Any], first: str) -> ReadError:
    return duplicate(Source(row["id"], "", path=row["path"], line=row["line"]), first)


def _write_records(path: Path, records: list[ReadError]) -> None:
    with ErrorFile(path) as errors:
        for record in records:
            errors.write(record)
        errors.commit()


def join_documents(folder: Path, target: Path) -> None:
    """The tables of documents of all parts as one file, for a run that has nothing else to give.

    Raises:
        OutputError: something is in its way.
        WriteError: the system refused.
    """
    with open_sink(target, (DOCUMENTS,)) as table:
        for key in keys(folder):
            table.write(Document(**row) for row in _read(documents_path(folder, key)))
        table.commit()


def _join_errors(folder: Path, parts: list[str]) -> None:
    """The records of all parts as one file, in the order of the input; no file when there are none."""
    target = folder / ERROR_FILE
    if not any((folder / ERRORS).iterdir()):
        target.unlink(missing_ok=True)
        return
    pending = Pending(target)
    try:
        with reporting(target), pending.path.open("wb") as out:
            for key in parts:
                path = errors_path(folder, key)
                if path.exists():
                    with path.open("rb") as part:
                        shutil.copyfileobj(part, out)
        pending.commit()
    finally:
        pending.discard()
