"""What a run did, in figures and names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nianbao.reading import ReadError
from nianbao.schema import Document, Fact
from nianbao.writing.output import tables_told

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
    empty: int = 0
    not_reports: int = 0
    # The first of them, in order.
    first_empty: list[str] = field(default_factory=list)
    first_not_reports: list[str] = field(default_factory=list)
    # Documents by the names of their warnings.
    warned: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    errors: int = 0
    # Data sets that could not be opened, or broke off.
    unreached: int = 0
    warnings: int = 0
    # The first of them, for a look; all are in the error file.
    first_records: list[ReadError] = field(default_factory=list)
    output: Path | None = None
    # Tables of an output that holds more than a run itself gives, and how many rows each has.
    tables: dict[str, int] = field(default_factory=dict)
    # Where damaged parts of an earlier start were put, before they were done again.
    set_aside: Path | None = None
    # Where the table of documents is, if not in the output itself.
    table: Path | None = None
    errors_file: Path | None = None

    def add_document(self, document: Document, facts: Iterable[Fact]) -> None:
        """Counts one document that was read."""
        self.documents += 1
        self.facts += document.facts
        self.warned.update({warning.partition(":")[0] for warning in document.warnings})
        name = document.doc_id or ""
        if document.status == "empty":
            self.empty += 1
            self.first_empty += [name][: _SHOWN - len(self.first_empty)]
        elif document.status == "no_report":
            self.not_reports += 1
            self.first_not_reports += [name][: _SHOWN - len(self.first_not_reports)]
        for fact in facts:
            self.open_facts += fact.metric is None
            self.flagged += bool(fact.flags)
            self.basis[fact.basis] += 1
            self.status[fact.status] += 1

    def add_record(self, record: ReadError) -> None:
        """Counts one record of the error file, or of a document that the filter refused."""
        if record.level == "refused":
            self.refused += 1
            return
        if record.level == "error":
            self.errors += 1
            self.unreached += record.format == "dataset" and record.line is None
        else:
            self.warnings += 1
        if len(self.first_records) < _SHOWN:
            self.first_records.append(record)

    def add(self, other: Summary) -> None:
        """Adds the counts of the part of a run that comes next."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))
        for name in ("first_empty", "first_not_reports", "first_records"):
            getattr(self, name).extend(getattr(other, name)[: _SHOWN - len(getattr(self, name))])

    def to_dict(self) -> dict[str, Any]:
        """The counts as plain data; `from_dict` is the inverse."""
        counts = {name: getattr(self, name) for name in _COUNTS}
        kinds = {name: dict(getattr(self, name)) for name in _COUNTERS}
        firsts = {"first_empty": self.first_empty, "first_not_reports": self.first_not_reports}
        return {**counts, **kinds, **firsts, "first_records": [record.to_dict() for record in self.first_records]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Summary:
        """The summary that `to_dict` told of."""
        counters: dict[str, Any] = {name: Counter(data[name]) for name in _COUNTERS}
        return cls(
            **{name: data[name] for name in _COUNTS},
            **counters,
            first_empty=list(data["first_empty"]),
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
        if self.empty:
            yield f"No facts in  {self.empty:,} of the reports: {_names(self.empty, self.first_empty)}"
        if self.not_reports:
            yield f"No reports   {self.not_reports:,}: {_names(self.not_reports, self.first_not_reports)}"
        if self.refused:
            yield f"Refused      {self.refused:,} by the filter"
        if self.warned:
            yield f"Warnings     {_counted(self.warned)}"
        if self.errors or self.warnings:
            yield f"Not read     {self.errors:,}; warnings {self.warnings:,}; all listed in {self.errors_file}"
        if self.set_aside is not None:
            yield f"Set aside    {self.set_aside}: damaged files of an earlier start, whose documents were read again"
        if self.tables:
            yield from tables_told(self.tables)
        if self.output is not None:
            yield f"Written      {self.output}" + (f" and {self.table}" if self.table else "")


_COUNTS = (
    "documents",
    "facts",
    "open_facts",
    "flagged",
    "empty",
    "not_reports",
    "refused",
    "errors",
    "warnings",
    "unreached",
)
_COUNTERS = ("basis", "status", "warned")


def _names(count: int, first: list[str]) -> str:
    rest = count - len(first)
    return ", ".join(first) + (f" ... and {rest:,} more (the table of documents names them)" if rest else "")


def _parts(counts: Counter[str]) -> str:
    return f"; {_counted(counts)}" if counts else ""


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
