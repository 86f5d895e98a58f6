"""People's corrections as training data: a folder of gold as `nianbao annotate pull` writes it.

Gold counts above weak and simulated labels: each of its examples is taken WEIGHT times.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span, SpanGroup
from spacy.util import filter_spans

from nianbao.language.script import normalize
from nianbao.pipes import extensions
from nianbao.pipes.tagger import SPANS_KEY

WEIGHT = 5
_ENTITIES = frozenset(("METRIC", "VALUE", "PERIOD", "SCOPE"))
_SENTENCE = re.compile(r"[^。!?;\n]+[。!?;\n]?")
# Labels of the lines project → labels of the line tagger. A heading's level stands in the spans; a table that nobody
# parted teaches nothing.
_LINES = {
    "title": "title",
    "prose": "prose",
    "furniture": "furniture",
    "table_caption": "caption",
    "table_head": "column_head",
    "table_row_label": "row_label",
    "table_value": "value",
    "table_unit": "unit",
    "table_note": "note",
}
_HEADINGS = {f"HEADING{level}": f"heading-{level}" for level in range(1, 6)}


def gold_parts(folder: Path, kind: str = "spans") -> list[dict[str, Any]]:
    """The judged stretches of a folder of gold, without those whose disputes are open.

    Raises:
        FileNotFoundError: there is no gold in the folder.
    """
    path = folder / f"{kind}.jsonl"
    if not path.is_file():
        if kind == "spans":
            raise FileNotFoundError(f"no gold in {folder}; `nianbao annotate pull --gold {folder}` brings it")
        return []
    lines = [json.loads(line) for line in path.read_bytes().split(b"\n") if line]
    return [line for line in lines if not any(task["open"] for task in line["tasks"])]


def gold_labels(part: dict[str, Any]) -> dict[tuple[int, int], list[str | None]]:
    """Span of each VALUE of a stretch → its metrics; [None]: people say that no metric fits."""
    return {
        (span["start"], span["end"]): [fact["metric"] for fact in span["facts"]]
        for span in part["spans"]
        if span["label"] == "VALUE" and span["start"] < span["end"]
    }


def gold_facts(part: dict[str, Any]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Start, end and fact of each number of a stretch that people left a metric and a value."""
    for span in part["spans"]:
        for fact in span["facts"] if span["label"] == "VALUE" and span["start"] < span["end"] else ():
            if fact["metric"] is not None and fact["value"] is not None:
                yield span["start"], span["end"], fact


def gold_docs(nlp: Language, folder: Path) -> Iterator[Doc]:
    """Reference Docs for the taggers: sentences with their mentions, stretches with their lines.

    Raises:
        FileNotFoundError: there is no gold in the folder.
    """
    extensions.register()
    for part in gold_parts(folder):
        yield from _sentences(nlp, part)
        yield _lines(
            nlp, part, {s["label"]: f"heading-{s['label'][-1]}" for s in part["spans"] if "HEAD" in s["label"]}
        )
    for part in gold_parts(folder, "lines"):
        yield _lines(nlp, part, _LINES)


def write_mixed(nlp: Language, folder: Path, weak: Path | None, out: Path) -> int:
    """Writes a DocBin of weak Docs (where there are any) and of gold ones, WEIGHT times; returns how many are gold.

    A text that people corrected has no weak Doc beside it.
    """
    mixed = DocBin(store_user_data=True)
    gold = list(gold_docs(nlp, folder))
    corrected = {doc.text for doc in gold}
    if weak is not None:
        for doc in DocBin().from_disk(weak).get_docs(nlp.vocab):
            if doc.text not in corrected:
                mixed.add(doc)
    for doc in gold * WEIGHT:
        mixed.add(doc)
    mixed.to_disk(out)
    return len(gold)


def _sentences(nlp: Language, part: dict[str, Any]) -> Iterator[Doc]:
    """Sentences of prose that hold a number; a table's cells are not what the mention tagger reads."""
    text = part["text"]
    spans = [span for span in part["spans"] if span["label"] in _ENTITIES and span["start"] < span["end"]]
    for match in _SENTENCE.finditer(normalize(text)):
        own = [span for span in spans if match.start() <= span["start"] and span["end"] <= match.end()]
        values = [fact["basis"] for span in own for fact in span.get("facts", ())]
        if not values or "table" in values:
            continue
        doc = nlp.make_doc(text[match.start() : match.end()])
        found = [doc.char_span(s["start"] - match.start(), s["end"] - match.start(), s["label"]) for s in own]
        doc.set_ents(filter_spans(span for span in found if span is not None), default="outside")
        yield doc


def _lines(nlp: Language, part: dict[str, Any], labels: dict[str, str]) -> Doc:
    doc = nlp.make_doc(part["text"])
    found: list[Span] = []
    for span in part["spans"]:
        if span["label"] in labels:
            line = doc.char_span(span["start"], span["end"], labels[span["label"]], alignment_mode="expand")
            if line is not None:
                found.append(line)
    doc.spans[SPANS_KEY] = SpanGroup(doc, name=SPANS_KEY, spans=found)
    doc.set_ents([], default="missing")
    return doc
