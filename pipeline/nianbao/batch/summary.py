"""What a run did, in figures and names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nianbao.reading import ReadError
from nianbao.schema import Fact

_SHOWN = 20


@dataclass(slots=True)
class Summary:
    """Counts over a run; its size does not grow with the run."""

    documents: int = 0
    facts: int = 0
    open_facts: int = 0
    flagged: int = 0
    basis: Counter[str] = field(default_factory=Counter)
    status: Counter[str] = field(default_factory=Counter)
    not_reports: int = 0
    # The first of them, in order.
    first_not_reports: list[str] = field(default_factory=list)
    refused: int = 0
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
            self.not_reports += 1
            if len(self.first_not_reports) < _SHOWN:
                self.first_not_reports.append(doc_id)
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

    def add(self, other: Summary) -> None:
        """Adds the counts of the part of a run that comes next."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.basis.update(other.basis)
        self.status.update(other.status)
        self.first_not_reports += other.first_not_reports[: _SHOWN - len(self.first_not_reports)]
        self.first_records += other.first_records[: _SHOWN - len(self.first_records)]

    def to_dict(self) -> dict[str, Any]:
        """The counts as plain data; `from_dict` is the inverse."""
        counts = {name: getattr(self, name) for name in _COUNTS}
        kinds = {"basis": dict(self.basis), "status": dict(self.status)}
        records = [record.to_dict() for record in self.first_records]
        return {**counts, **kinds, "first_not_reports": self.first_not_reports, "first_records": records}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Summary:
        """The summary that `to_dict` told of."""
        return cls(
            **{name: data[name] for name in _COUNTS},
            basis=Counter(data["basis"]),
            status=Counter(data["status"]),
            first_not_reports=list(data["first_not_reports"]),
            first_records=[ReadError.from_dict(record) for record in data["first_records"]],
        )

    def lines(self) -> Iterator[str]:
        """The summary as lines for a person; ids and paths in them come from outside and may hold anything."""
        yield f"Documents    {self.documents:,}"
        yield f"Facts        {self.facts:,}{_parts(self.basis)}{_parts(self.status)}"
        yield f"Open facts   {self.open_facts:,} (no canonical metric)"
        if self.flagged:
            yield f"Flagged      {self.flagged:,} (checks that fail, see the column flags)"
        if self.not_reports:
            yield f"No reports   {self.not_reports:,}: {self._names()}"
        if self.refused:
            yield f"Refused      {self.refused:,} by the filter"
        if self.errors or self.warnings:
            yield f"Not read     {self.errors:,}; read in part {self.warnings:,}; all listed in {self.errors_file}"
        if self.output is not None:
            yield f"Written      {self.output}"

    def _names(self) -> str:
        rest = self.not_reports - len(self.first_not_reports)
        return ", ".join(self.first_not_reports) + (
            f" ... and {rest:,} more (nianbao structure tells which)" if rest else ""
        )


_COUNTS = ("documents", "facts", "open_facts", "flagged", "not_reports", "refused", "errors", "warnings")


def _parts(counts: Counter[str]) -> str:
    return f"; {', '.join(f'{name} {count:,}' for name, count in sorted(counts.items()))}" if counts else ""
