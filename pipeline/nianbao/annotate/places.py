"""Judged stretches of documents, and the stretched-together parts in which gold is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from nianbao.annotate.errors import AnnotateError
from nianbao.annotate.marks import Layer, Mark, shift_relations
from nianbao.annotate.tasks import digest

ABOUT = ("doc_sha256", "doc_length", "is_report", "agency", "report_year")


@dataclass(slots=True)
class JudgedStretch:
    """One task's stretch of a document with what stands on it, offsets counted from the stretch's start.

    `provenance`: by (names), at (the server's time of confirmation), model (whose suggestion), open (a dispute is
    not settled).
    """

    doc_id: str
    start: int
    end: int
    text: str
    layer: Layer
    suggested: Layer
    about: dict[str, Any]
    provenance: dict[str, Any] = field(default_factory=dict)


def merge(old: Iterable[JudgedStretch], new: list[JudgedStretch]) -> list[JudgedStretch]:
    """Old and new places of one project; a new one replaces every old one on the same characters.

    Old places of a document whose text has changed since are dropped.
    """
    by_doc: dict[str, list[JudgedStretch]] = defaultdict(list)
    for place in new:
        by_doc[place.doc_id].append(place)
    kept = [place for place in old if not any(_replaces(other, place) for other in by_doc[place.doc_id])]
    return sorted([*kept, *new], key=lambda place: (place.doc_id, place.start))


def _replaces(new: JudgedStretch, old: JudgedStretch) -> bool:
    return new.about["doc_sha256"] != old.about["doc_sha256"] or (new.start < old.end and old.start < new.end)


def stitch(places: Iterable[JudgedStretch]) -> Iterator[JudgedStretch]:
    """Adjoining places of a document as one part, whose provenance lists the tasks with their stretches.

    Raises:
        AnnotateError: all of a document is there and is not the document.
    """
    group: list[JudgedStretch] = []
    for place in places:
        if group and (group[-1].doc_id, group[-1].end) != (place.doc_id, place.start):
            yield _joined(group)
            group = []
        group.append(place)
    if group:
        yield _joined(group)


def _joined(group: list[JudgedStretch]) -> JudgedStretch:
    first, last = group[0], group[-1]
    text = "".join(place.text for place in group)
    if len(text) == first.about["doc_length"] and digest(text) != first.about["doc_sha256"]:
        raise AnnotateError(
            f"the tasks of {first.doc_id} do not make up its text again; delete them on the server and push it anew"
        )
    tasks = [{"start": place.start, "end": place.end, **place.provenance} for place in group]
    return JudgedStretch(
        first.doc_id,
        first.start,
        last.end,
        text,
        _united((place.layer, place.start - first.start) for place in group),
        _united((place.suggested, place.start - first.start) for place in group),
        first.about,
        {"tasks": tasks},
    )


def _united(layers: Iterable[tuple[Layer, int]]) -> Layer:
    whole = Layer()
    for layer, by in layers:
        whole.marks += [mark.moved(by) for mark in layer.marks]
        whole.relations += shift_relations(layer.relations, by)
    return whole


def to_plain(part: JudgedStretch, layer: Layer) -> dict[str, Any]:
    """A part as one line of JSON: spans are counted in its own `text`, `start` and `end` in the document."""
    index = {mark.key: number for number, mark in enumerate(layer.marks)}
    return {
        "doc_id": part.doc_id,
        "start": part.start,
        "end": part.end,
        "text": part.text,
        "sha256": digest(part.text),
        **{name: part.about[name] for name in ABOUT},
        "spans": [_mark_to_plain(mark) for mark in layer.marks],
        "relations": [[index[a], index[b]] for a, b in layer.relations],
        "tasks": part.provenance["tasks"],
    }


def _mark_to_plain(mark: Mark) -> dict[str, Any]:
    plain: dict[str, Any] = {"start": mark.start, "end": mark.end, "label": mark.label}
    if mark.label == "VALUE":
        plain["metric"] = next((fact["metric"] for fact in mark.facts), None)
        plain["facts"] = mark.facts
    if mark.rule:
        plain["rule"] = mark.rule
    return plain


def from_plain(line: dict[str, Any], suggested: dict[str, Any] | None = None) -> Iterator[JudgedStretch]:
    """The places of a part, as they were before they were stitched together.

    Raises:
        ValueError: the text does not match its hash.
        KeyError: no such line.
    """
    if digest(line["text"]) != line["sha256"]:
        raise ValueError(f"the text of {line['doc_id']} at {line['start']} does not match its hash")
    layer = _layer(line)
    before = _layer(suggested) if suggested is not None else Layer()
    about = {name: line[name] for name in ABOUT}
    for task in line["tasks"]:
        start, end = task["start"] - line["start"], task["end"] - line["start"]
        provenance = {name: value for name, value in task.items() if name not in ("start", "end")}
        yield JudgedStretch(
            line["doc_id"],
            task["start"],
            task["end"],
            line["text"][start:end],
            layer.within(start, end),
            before.within(start, end),
            about,
            provenance,
        )


def _layer(line: dict[str, Any]) -> Layer:
    marks = [Mark(s["start"], s["end"], s["label"], s.get("rule"), s.get("facts", [])) for s in line["spans"]]
    return Layer(marks, [(marks[a].key, marks[b].key) for a, b in line["relations"]])
