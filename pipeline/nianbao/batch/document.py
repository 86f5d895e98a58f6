"""The row of the table of documents, made once a document from what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nianbao.reading import ReadError
from nianbao.reading.open import place_of
from nianbao.schema import Document

if TYPE_CHECKING:
    from nianbao.extractor import Result

DUPLICATE = "duplicate_id"


def of_result(result: Result, model: str) -> Document:
    """The row of a document that was read. `model`: the version that read it."""
    source, said = result.source, result.structure
    is_report = bool(said["is_report"])
    return Document(
        doc_id=source.id,
        source=_plain(place_of(source)),
        kind=source.kind,
        sha256=source.sha256,
        status="no_report" if not is_report else "facts" if result.facts else "empty",
        error=None,
        warnings=[_plain(str(warning)) for warning in result.warnings],
        is_report=is_report,
        title=said.get("title"),
        agency=said.get("agency"),
        report_year=said.get("report_year"),
        period_start=said.get("period_start"),
        period_end=said.get("period_end"),
        pages=source.pages,
        characters=len(source.text),
        facts=len(result.facts),
        open_facts=sum(fact.metric is None for fact in result.facts),
        model=model,
    )


def of_record(record: ReadError, model: str) -> Document:
    """The row of a document that was not read, or that the filter left unread."""
    refused = record.level == "refused"
    return Document(
        # The id is the other document's: rows of facts must find theirs by it.
        doc_id=None if record.kind == DUPLICATE else record.doc_id,
        source=None if record.path is None else _plain(record.place),
        kind=record.format,
        sha256=record.sha256,
        status="no_report" if refused else "failed",
        error=None if refused else _plain(record.message),
        warnings=[_plain(f"{record.kind}: {record.message}")] if refused else [],
        is_report=None,
        title=None,
        agency=None,
        report_year=None,
        period_start=None,
        period_end=None,
        pages=None,
        characters=None,
        facts=0,
        open_facts=0,
        model=model,
    )


def warnings_of(result: Result) -> Iterator[ReadError]:
    """A document's warnings as records of the error file."""
    source = result.source
    for name, what in result.warnings:
        yield ReadError(what, path=source.path, line=source.line, doc_id=source.id, kind=name, level="warning")


def _plain(text: str) -> str:
    """One line that every output format takes; semicolons part the warnings in .csv."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").replace(";", ",").split())
