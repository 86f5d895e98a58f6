"""Tasks of a document that the pipeline has read, with its suggestions on them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from spacy.tokens import Doc

from nianbao.annotate.doubt import Doubts, Opinions
from nianbao.annotate.marks import Layer, Mark
from nianbao.annotate.settings import Settings
from nianbao.annotate.tasks import Task, about, cut
from nianbao.metrics import load_registry
from nianbao.pipes.extensions import views
from nianbao.pipes.linker import Opinion

FACT_COLUMNS = ("metric", "applicant", "value", "qualifier", "status", "year", "scope", "basis")
_DEEPEST = 5
# Characters before a value in which the words of its scope are looked for.
_SCOPE_REACH = 200


def make_tasks(doc: Doc, kind: str, settings: Settings, opinions: Opinions | None = None) -> list[Task]:
    """The document's tasks for one project, in the order of the text.

    Args:
        doc: read by the whole pipeline.
        kind: spans, lines or links.
        opinions: what the trained linker thinks of each number, `LinkerPipe.opinions`; None or empty: the rules alone
            are asked.
    """
    doubts = Doubts(doc, settings.sampling, opinions or {})
    if kind == "links":
        return list(_link_tasks(doc, settings, opinions or {}, doubts))
    text, _ = views(doc)
    layer = _span_layer(doc, settings) if kind == "spans" else _line_layer(doc)
    data = about(doc)
    stratum = _stratum(doc)
    return [
        Task(
            kind=kind,
            doc_id=doc._.source_id,
            start=start,
            end=end,
            text=text[start:end],
            suggested=layer.within(start, end),
            about=data,
            score=doubts.between(start, end),
            stratum=stratum,
        )
        for start, end in cut(doc, settings.tasks["longest"], settings.tasks["shortest"])
    ]


def _span_layer(doc: Doc, settings: Settings) -> Layer:
    text, norm = views(doc)
    marks: dict[tuple[int, int, str], Mark] = {}
    relations: dict[tuple[Any, Any], None] = {}

    def put(start: int, end: int, label: str, rule: str | None) -> Mark:
        return marks.setdefault((start, end, label), Mark(start, end, label, rule))

    for heading in doc._.structure.get("headings", ()):
        put(heading["start"], heading["end"], f"HEADING{min(heading['level'], _DEEPEST)}", "structure")
    rules = {(link["start"], link["end"], link["metric"]): link["rule"] for link in doc._.links}
    for fact in doc._.facts:
        start, end = fact["start"], fact["end"]
        rule = "table" if fact["basis"] == "table" else rules.get((start, end, fact["metric"]))
        value = put(start, end, "VALUE", rule)
        value.facts.append({name: fact[name] for name in FACT_COLUMNS})
        named = fact["metric"] and fact["metric_start"] is not None and fact["metric_start"] < fact["metric_end"]
        if named and start < end:
            name = put(fact["metric_start"], fact["metric_end"], "METRIC", rule)
            relations[name.key, value.key] = None
        if fact["scope"]:
            at = text.rfind(fact["scope"], max(0, start - _SCOPE_REACH), start)
            if at >= 0:
                put(at, at + len(fact["scope"]), "SCOPE", "scope")
    for start, end in _periods(doc, norm, settings.tasks["period"]):
        put(start, end, "PERIOD", "period")
    return Layer(sorted(marks.values(), key=lambda mark: mark.key), list(relations))


@lru_cache(maxsize=4)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _periods(doc: Doc, norm: str, pattern: str) -> Iterator[tuple[int, int]]:
    """Periods named on the lines of prose that hold a number."""
    values = sorted(fact["start"] for fact in doc._.facts if fact["basis"] == "prose")
    at = 0
    for start, end, kind in doc._.structure.get("lines", ()):
        while at < len(values) and values[at] < start:
            at += 1
        if kind == "prose" and at < len(values) and values[at] < end:
            yield from (match.span() for match in _compiled(pattern).finditer(norm, start, end))


def _line_layer(doc: Doc) -> Layer:
    lines = doc._.structure.get("lines", ())
    return Layer([Mark(start, end, kind, "structure") for start, end, kind in lines if kind != "blank" and start < end])


def _link_tasks(doc: Doc, settings: Settings, opinions: Opinions, doubts: Doubts) -> Iterator[Task]:
    text, _ = views(doc)
    names = {metric.id: metric.name_zh for metric in load_registry()}
    data, stratum = about(doc), _stratum(doc)
    sections = {(f["start"], f["end"]): f["section"] for f in doc._.facts}
    by_place: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for link in doc._.links:
        by_place[link["start"], link["end"]].append(link)
    reach = settings.tasks["context"]
    for (start, end), links in by_place.items():
        candidates = _candidates(links, opinions.get((start, end)), settings)
        left, right = max(0, start - reach), min(len(text), end + reach)
        shown = f"{text[left:start]}【{text[start:end]}】{text[end:right]}"
        listed = "\n".join(f"{i}. {name} {names.get(name, '')}" for i, name in enumerate(candidates, 1))
        linked = [link["metric"] for link in links if link["metric"]]
        marks = [Mark(0, 0, name, links[0]["rule"] if name in linked else None) for name in candidates]
        yield Task(
            kind="links",
            doc_id=doc._.source_id,
            start=start,
            end=end,
            text=f"{sections.get((start, end)) or ''}\n{shown}\n\n{listed}".lstrip("\n"),
            suggested=Layer(marks),
            about={**data, "words": text[start:end], "linked": len(linked)},
            score=doubts.between(start, end),
            stratum=stratum,
        )


def _candidates(links: list[dict[str, Any]], opinion: Opinion | None, settings: Settings) -> list[str]:
    """Ids, best first: what was linked (none, where nothing was), then the linker's own order."""
    names = [link["metric"] or settings.none_label for link in links]
    names += opinion.names if opinion else [link["runner_up"] for link in links]
    return [name for name in dict.fromkeys(names) if name][: settings.tasks["candidates"]]


def _stratum(doc: Doc) -> tuple[str, ...]:
    """Year, form and layout: what a selection is spread over."""
    structure = doc._.structure
    forms = sorted({cell["form"] for cell in doc._.cells})
    layout = "grid" if doc._.grids else "table" if doc._.cells else "prose"
    return str(structure.get("report_year")), "+".join(forms) or "none", layout
