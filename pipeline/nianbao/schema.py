"""The rows that leave the pipeline, their columns, once: a fact, and what became of a document."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

Qualifier = Literal["exact", "over", "approx", "nearly"]
Status = Literal["reported", "blank", "text", "stated", "ambiguous"]
Basis = Literal["table", "prose"]
Outcome = Literal["facts", "empty", "no_report", "failed"]
Severity = Literal["error", "warning", "doubt"]
Fault = Literal["report", "reading", "unknown"]
State = Literal["confirmed", "dismissed"]

MOST_VALUE = 1e15
"""Values lie below it: a number of more than fifteen digits is none of anything, and no float holds it exactly."""

APPLICANTS: tuple[str, ...] = (
    "natural_person",
    "commercial",
    "research",
    "welfare",
    "legal_service",
    "other",
    "total",
)


@dataclass(slots=True)
class Fact:
    """One number (or stated or blank cell) of one report, with the characters that say so.

    `start` and `end` are offsets, in code points, into the document's text, the end exclusive:
    `text[start:end] == value_text`. `metric` is None for an open fact. `value` is in the metric's
    canonical unit, None for a cell that is blank, holds words or can be read in several ways. `confidence`
    lies in 0..1.

    `name`: the metric's Chinese name in the registry. `quote`: the words that say it, on one line, at most 120
    characters. `page`, from 1, and `box` (x0, top, x1, bottom in points from the page's top left corner): where
    `value_text` stands in a .pdf. `readings`: of an ambiguous fact, each way to read it, cells joined by "/".
    """

    doc_id: str
    agency: str | None
    report_year: int | None
    year: int | None
    metric: str | None
    metric_text: str | None
    applicant: str | None
    value: float | None
    value_text: str | None
    unit: str | None
    qualifier: Qualifier
    status: Status
    basis: Basis
    scope: str | None
    section: str | None
    start: int
    end: int
    metric_start: int | None
    metric_end: int | None
    confidence: float
    flags: list[str] = field(default_factory=list)
    name: str | None = None
    quote: str = ""
    page: int | None = None
    box: list[float] | None = None
    readings: list[str] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The row as plain data, keys in the order of the columns."""
        return asdict(self)


COLUMNS: tuple[str, ...] = tuple(f.name for f in fields(Fact))


@dataclass(slots=True)
class Document:
    """What became of one input document: there is a row for each, whatever it was.

    `doc_id` is None where the document has none of its own: a record without an id, or with one that another document
    has already. `source`: the file or address as it was given, for one document of several with the line or number
    behind a colon. `kind`: of file, told by its content. `sha256`: of the bytes that were read (of a record its text,
    as UTF-8). `status`: facts, a report with facts; empty, a report in which none was found; no_report; failed, `error`
    says why. `warnings`: each a name, a colon and what happened; no semicolon is in them. `characters`: of the text.
    `open_facts`: those of the `facts` that have no metric. `model`: `nianbao.batch.version.model_version`.
    """

    doc_id: str | None
    source: str | None
    kind: str | None
    sha256: str | None
    status: Outcome
    error: str | None
    warnings: list[str]
    is_report: bool | None
    title: str | None
    agency: str | None
    report_year: int | None
    period_start: str | None
    period_end: str | None
    pages: int | None
    characters: int | None
    facts: int
    open_facts: int
    model: str

    def to_dict(self) -> dict[str, Any]:
        """The row as plain data, keys in the order of the columns."""
        return asdict(self)


DOCUMENT_COLUMNS: tuple[str, ...] = tuple(f.name for f in fields(Document))


@dataclass(slots=True)
class Finding:
    """One thing that an auditor would ask about: two sides that do not go together, or something that is missing.

    `check`: its name (configs/identities.yaml, configs/audit.yaml). `severity`: error, the form or plain arithmetic
    forbids it and every cell was read for certain; warning, unusual or against habit; doubt, worth a look. `relation`:
    how `left` stands to `right` ("≠", ">", "∌"); all three null where something is missing. `left_at`, `right_at`: the
    places of the two sides, each "DOC_ID:START-END", offsets into that document's text. `left_quote`, `right_quote`:
    the words there, several parted by " / ". `fault`: whose error it seems, `sure` (0..1) how sure that is.
    `key`: the same for the same finding in every run. `state`: what a person has said of it, None: nothing yet.
    """

    doc_id: str
    agency: str | None
    report_year: int | None
    check: str
    severity: Severity
    left: float | None
    relation: str | None
    right: float | None
    left_at: list[str]
    right_at: list[str]
    left_quote: str
    right_quote: str
    fault: Fault
    sure: float
    message_zh: str
    message_en: str
    key: str
    state: State | None = None

    def to_dict(self) -> dict[str, Any]:
        """The row as plain data, keys in the order of the columns."""
        return asdict(self)


FINDING_COLUMNS: tuple[str, ...] = tuple(f.name for f in fields(Finding))
