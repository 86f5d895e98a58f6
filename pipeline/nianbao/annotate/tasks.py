"""Documents as tasks: cut at headings, with what pulling needs to put them together again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from spacy.tokens import Doc

from nianbao.annotate.marks import Layer, Units
from nianbao.pipes.extensions import views

FORMAT = 1


def digest(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(slots=True)
class Task:
    """A stretch of a document for one annotator.

    `text` is shown; for kinds spans and lines it is the document's `[start:end]`, for links a number in its context,
    the number itself at `[start:end]`. `suggested`: what the pipeline thinks, in offsets of `text`; for links the
    marks' labels are the candidate ids, best first. `about`: the document's own data. `score`: how unsure the
    pipeline is; `stratum`: what a selection is spread over.
    """

    kind: str
    doc_id: str
    start: int
    end: int
    text: str
    suggested: Layer
    about: dict[str, Any]
    copy: int = 0
    score: float = 0.0
    stratum: tuple[str, ...] = ()
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        self.sha256 = digest(self.text)

    @property
    def place(self) -> str:
        """The same for every copy of the task."""
        parts = (self.kind, self.doc_id, str(self.start), str(self.end), self.about["doc_sha256"], self.sha256)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]

    @property
    def key(self) -> str:
        """Unlike for each task on a server."""
        return f"{self.place}-{self.copy}"

    def record(self, relation: str | None, origin: dict[str, str]) -> dict[str, Any]:
        """The task as doccano imports it. Everything of ours is under one key, as its importer wants it.

        `origin`: which model suggested, and who pushed.
        """
        source = {
            "format": FORMAT,
            "key": self.key,
            "kind": self.kind,
            "doc_id": self.doc_id,
            "start": self.start,
            "end": self.end,
            "copy": self.copy,
            "sha256": self.sha256,
            **origin,
            "suggested": self.suggested.pack(),
            **self.about,
        }
        record: dict[str, Any] = {"text": self.text, "src": source}
        # Zero-width marks are for the way back only: blank cells.
        shown = [mark for mark in self.suggested.marks if mark.start < mark.end or self.kind == "links"]
        if self.kind == "links":
            record["label"] = [mark.label for mark in shown]
            return record
        units = Units(self.text)
        at = {mark.key: number for number, mark in enumerate(shown)}
        entities = [
            {
                "id": at[mark.key],
                "label": mark.label,
                "start_offset": units.to_server(mark.start),
                "end_offset": units.to_server(mark.end),
            }
            for mark in shown
        ]
        if relation is None:
            record["label"] = [[e["start_offset"], e["end_offset"], e["label"]] for e in entities]
            return record
        record["entities"] = entities
        record["relations"] = [
            {"id": number, "from_id": at[a], "to_id": at[b], "type": relation}
            for number, (a, b) in enumerate(self.suggested.relations)
        ]
        return record

    def line(self, relation: str | None, origin: dict[str, str]) -> str:
        """The record as one line of ASCII: doccano guesses the encoding of anything else."""
        return json.dumps(self.record(relation, origin), ensure_ascii=True) + "\n"


def about(doc: Doc) -> dict[str, Any]:
    """What every task says of its document."""
    text, _ = views(doc)
    structure = doc._.structure
    return {
        "doc_sha256": digest(text),
        "doc_length": len(text),
        "is_report": bool(structure.get("is_report")),
        "agency": structure.get("agency") or "",
        "report_year": structure.get("report_year") or 0,
    }


def cut(doc: Doc, longest: int, shortest: int) -> list[tuple[int, int]]:
    """Stretches that tile the document: they begin at headings, and where a section is too long at lines.

    No stretch is blank, none begins within a heading, a fact's words or a line break.
    """
    text, _ = views(doc)
    if not text.strip():
        return []
    cuts = [0]
    for heading in doc._.structure.get("headings", ()):
        if heading["start"] - cuts[-1] >= shortest and text[cuts[-1] : heading["start"]].strip():
            cuts.append(heading["start"])
    if len(cuts) > 1 and (len(text) - cuts[-1] < shortest or not text[cuts[-1] :].strip()):
        cuts.pop()
    barred = sorted((f["start"], f["end"]) for f in doc._.facts)
    ends = [*cuts[1:], len(text)]
    sections = zip(cuts, ends, strict=True)
    return [piece for start, end in sections for piece in _pieces(text, start, end, longest, barred)]


def _pieces(text: str, start: int, end: int, longest: int, barred: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    while end - start > longest:
        at = text.rfind("\n", start + longest // 2, start + longest) + 1
        if not at:
            at = _clear(text, start + longest, barred)
        if at >= end or not text[start:at].strip() or not text[at:end].strip():
            break
        yield start, at
        start = at
    yield start, end


def _clear(text: str, at: int, barred: list[tuple[int, int]]) -> int:
    for start, end in barred:
        if start < at < end:
            at = start
    return at - 1 if text[at - 1 : at + 1] == "\r\n" else at
