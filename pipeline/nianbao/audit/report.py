"""A report as it is audited: its facts by cell, and what else is known of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nianbao.schema import Fact

Cell = tuple[str, str | None, int | None]
"""Metric, applicant, year."""

_AROUND = 60


@dataclass(slots=True)
class Report:
    """The facts of one document.

    `document`: its row in the table of documents. `text` and `headings` (those of `nianbao structure`): where the
    document is at hand. `forms`: for each fact the form of its table, where known. `apart`: numbers of the prose as it
    reads by itself where tables say otherwise (`nianbao.extractor.Result`). `prose` and `tables`: the numbers
    about the whole agency, by cell; of the tables only exact ones.
    """

    doc_id: str
    facts: Sequence[Fact]
    document: Mapping[str, Any] | None = None
    text: str | None = None
    headings: Sequence[Mapping[str, Any]] | None = None
    forms: Sequence[str | None] = ()
    apart: Sequence[Fact] = ()
    prose: dict[Cell, list[Fact]] = field(default_factory=dict)
    tables: dict[Cell, list[Fact]] = field(default_factory=dict)
    _tables_of: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        prose: dict[Cell, list[Fact]] = defaultdict(list)
        tables: dict[Cell, list[Fact]] = defaultdict(list)
        seen: dict[tuple[str, str | None, int | None], int] = {}
        for fact in sorted(self.facts, key=lambda one: one.start):
            if fact.metric is None or fact.scope is not None:
                continue
            cell = (fact.metric, fact.applicant, fact.year)
            if fact.basis == "table":
                # A cell that comes again stands in the next table of the form.
                self._tables_of[fact.start] = seen[cell] = seen.get(cell, -1) + 1
                if fact.value is not None and fact.qualifier == "exact":
                    tables[cell].append(fact)
            elif fact.value is not None:
                prose[cell].append(fact)
        self.prose, self.tables = dict(prose), dict(tables)

    @property
    def agency(self) -> str | None:
        """The agency that reports."""
        return self.facts[0].agency if self.facts else (self.document or {}).get("agency")

    @property
    def year(self) -> int | None:
        """The year that the report is about."""
        return self.facts[0].report_year if self.facts else (self.document or {}).get("report_year")

    @property
    def row(self) -> dict[str, Any]:
        """What a finding about the whole document says of it."""
        return {"doc_id": self.doc_id, "agency": self.agency, "report_year": self.year}

    def alone(self) -> dict[Cell, list[Fact]]:
        """`apart` by cell, as far as the other reading is less sure of it or has left it open."""
        sure = {(fact.start, fact.metric, fact.applicant): fact.confidence for fact in self.facts}
        found: dict[Cell, list[Fact]] = defaultdict(list)
        for fact in self.apart:
            known = sure.get((fact.start, fact.metric, fact.applicant), 0.0)
            if fact.metric is not None and fact.scope is None and fact.confidence > known:
                found[fact.metric, fact.applicant, fact.year].append(fact)
        return dict(found)

    def table_of(self, fact: Fact) -> int:
        """Which of the tables of its form a cell stands in, from 0."""
        return self._tables_of.get(fact.start, 0)

    def around(self, fact: Fact) -> str:
        """The words about a fact: of the text where it is at hand, else its quote."""
        if self.text is None:
            return fact.quote
        return self.text[max(0, fact.start - _AROUND) : fact.end + _AROUND]
