"""What a run did, in figures and names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nianbao.reading import ReadError
from nianbao.schema import Fact

_SHOWN = 20


@dataclass(slots=True)
class Summary:
    """Counts over a run; `not_reports`: ids of the documents that are no such report, in order."""

    documents: int = 0
    facts: int = 0
    open_facts: int = 0
    flagged: int = 0
    basis: Counter[str] = field(default_factory=Counter)
    status: Counter[str] = field(default_factory=Counter)
    not_reports: list[str] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0
    # The first of them, for a look; all are in the error file.
    first_records: list[ReadError] = field(default_factory=list)
    output: Path | None = None
    errors_file: Path | None = None

    def add_document(self, doc_id: str, facts: list[Fact], is_report: bool) -> None:
        """Counts one document that was read."""
        self.documents += 1
        self.facts += len(facts)
        if not is_report:
            self.not_reports.append(doc_id)
        for fact in facts:
            self.open_facts += fact.metric is None
            self.flagged += bool(fact.flags)
            self.basis[fact.basis] += 1
            self.status[fact.status] += 1

    def add_record(self, record: ReadError) -> None:
        """Counts one record of the error file."""
        if record.level == "error":
            self.errors += 1
        else:
            self.warnings += 1
        if len(self.first_records) < _SHOWN:
            self.first_records.append(record)

    def lines(self) -> Iterator[str]:
        """The summary as lines for a person; ids and paths in them come from outside and may hold anything."""
        yield f"Documents    {self.documents:,}"
        yield f"Facts        {self.facts:,}{_parts(self.basis)}{_parts(self.status)}"
        yield f"Open facts   {self.open_facts:,} (no canonical metric)"
        if self.flagged:
            yield f"Flagged      {self.flagged:,} (checks that fail, see the column flags)"
        if self.not_reports:
            yield f"No reports   {len(self.not_reports):,}: {_names(self.not_reports)}"
        if self.errors or self.warnings:
            yield f"Not read     {self.errors:,}; read in part {self.warnings:,}; all listed in {self.errors_file}"
        if self.output is not None:
            yield f"Written      {self.output}"


def _parts(counts: Counter[str]) -> str:
    return f"; {', '.join(f'{name} {count:,}' for name, count in sorted(counts.items()))}" if counts else ""


def _names(names: list[str]) -> str:
    more = f" ... and {len(names) - _SHOWN:,} more (nianbao structure tells which)" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
