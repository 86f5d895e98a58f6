"""Component nianbao_facts: cells and links become rows, all of the contract's columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from nianbao.catalogue import Catalogue
from nianbao.pipes import extensions
from nianbao.pipes.base import ScoredPipe
from nianbao.pipes.quotes import cell_quote, clause_quote
from nianbao.schema import COLUMNS, MOST_VALUE
from nianbao.structure import Structure


class Facts(ScoredPipe):
    """Sets `doc._.facts` (list of rows as plain data) from `doc._.cells`, `doc._.links` and `doc._.structure`."""

    def compile(self) -> None:
        self.units = {metric.id: metric.unit for metric in self.catalogue.metrics}
        self.names = {metric.id: metric.name_zh for metric in self.catalogue.metrics}

    def __call__(self, doc: Doc) -> Doc:
        self.ready()
        structure = Structure.from_dict({**doc._.structure, "blocks": []})
        text, norm = extensions.views(doc)
        source_id = doc._.source_id
        rows = [self._cell(text, cell, structure) for cell in doc._.cells]
        taken = {(row["start"], row["end"]) for row in rows}
        rows += [
            self._link(text, norm, link, structure)
            for link in doc._.links
            if (link["start"], link["end"]) not in taken or link["metric"]
        ]
        for row in rows:
            row["doc_id"] = source_id
            _bounded(row)
            if not structure.is_report:
                row["metric"] = row["applicant"] = row["unit"] = None
            row["name"] = self.names.get(row["metric"])
            row["section"] = structure.section_path(row["start"])
        rows.sort(key=lambda row: (row["start"], row["end"], row["metric"] or "", row["applicant"] or ""))
        doc._.facts = rows
        return doc

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Figures against the facts in `reference._.facts`, for `spacy evaluate`; empty without a scorer."""
        return {} if self.scorer is None else self.scorer(examples, **kwargs)

    def _row(self, structure: Structure, **values: Any) -> dict[str, Any]:
        row: dict[str, Any] = dict.fromkeys(COLUMNS)
        row.update(agency=structure.agency, report_year=structure.report_year, flags=[], qualifier="exact")
        row.update(values)
        return row

    def _cell(self, text: str, cell: dict[str, Any], structure: Structure) -> dict[str, Any]:
        year = structure.report_year
        if year is not None and cell["year_offset"] is not None:
            year += cell["year_offset"]
        return self._row(
            structure,
            year=year,
            metric=cell["metric"],
            metric_text=cell["metric_text"],
            applicant=cell["applicant"],
            value=cell["value"],
            value_text=text[cell["start"] : cell["end"]],
            unit=self.units.get(cell["metric"]),
            qualifier=cell["qualifier"],
            status=cell["status"],
            basis="table",
            start=cell["start"],
            end=cell["end"],
            metric_start=cell["metric_start"],
            metric_end=cell["metric_end"],
            confidence=cell["confidence"],
            quote=cell_quote(cell["metric_text"], cell["column"], text[cell["start"] : cell["end"]]),
            readings=cell["readings"],
        )

    def _link(self, text: str, norm: str, link: dict[str, Any], structure: Structure) -> dict[str, Any]:
        start, end = link["name"] or (None, None)
        named = start is not None
        year = link["year"]
        return self._row(
            structure,
            year=structure.report_year if year is None else year,
            metric=link["metric"],
            metric_text=text[start:end] if named else None,
            applicant=link["applicant"],
            value=link["value"],
            value_text=text[link["start"] : link["end"]],
            unit=self.units[link["metric"]] if link["metric"] else (link["unit"] or None),
            qualifier=link["qualifier"],
            status=link["status"],
            basis="prose",
            scope=link["scope"],
            start=link["start"],
            end=link["end"],
            metric_start=start,
            metric_end=end,
            confidence=round(link["confidence"], 4),
            quote=clause_quote(text, norm, link["start"], link["end"]),
            readings=link["readings"],
        )


def _bounded(row: dict[str, Any]) -> None:
    """Leaves a number without a value, or with one that no count reaches, open: its words stay."""
    value = row["value"]
    if value is not None and not abs(value) < MOST_VALUE:
        row["value"] = value = None
    if value is None and row["status"] in ("reported", "stated"):
        row["status"], row["readings"] = "ambiguous", [row["value_text"]]
        row["metric"] = row["applicant"] = None


@Language.factory(
    "nianbao_facts",
    assigns=["doc._.facts"],
    requires=["doc._.cells", "doc._.links"],
    default_config={"catalogue": {"@misc": "nianbao.Catalogue.v1"}, "scorer": {"@scorers": "nianbao.fact_scorer.v1"}},
    default_score_weights={"facts_prose_f": 1.0, "facts_table_f": 0.0, "facts_blank_f": 0.0, "facts_wrong": 0.0},
)
def create(nlp: Language, name: str, catalogue: Catalogue, scorer: Callable[..., dict[str, Any]] | None) -> Facts:
    """The component, as spaCy's registry wants it."""
    return Facts(catalogue, name, scorer)
