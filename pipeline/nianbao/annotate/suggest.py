"""Tasks of a document that the pipeline has read, with its suggestions on them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from spacy.tokens import Doc

from nianbao.annotate.doubt import Doubts, Opinions
from nianbao.annotate.marks import Layer, Mark
from nianbao.annotate.settings import Settings
from nianbao.annotate.tasks import Task, about, cut
from nianbao.pipes.extensions import views

FACT_COLUMNS = ("metric", "applicant", "value", "qualifier", "status", "year", "scope", "basis")
_DEEPEST = 5
# Characters before a value in which the words of its scope are looked for.
_SCOPE_REACH = 200

Span = tuple[int, int]
Values = dict[Span, list[str | None]]
"""Span of a number in its document → the metrics that it has in the gold; [None]: none is known."""


def make_tasks(
    doc: Doc,
    kind: str,
    settings: Settings,
    opinions: Opinions | None = None,
    values: Values | None = None,
) -> list[Task]:
    """The document's tasks for one project, in the order of the text.

    Args:
        doc: read by the whole pipeline.
        kind: spans, lines or links.
        opinions: what the linker thinks of each number, `LinkerPipe.opinions`; None or empty: the rules alone
            are asked.
        values: for links, the numbers that people confirmed; None: those that the pipeline found.
    """
    doubts = Doubts(doc, settings.sampling, opinions or {})
    if kind == "links":
        numbers = _found(doc, settings) if values is None else _confirmed(values, settings)
        return list(_link_tasks(doc, settings, opinions or {}, doubts, numbers))
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
    for start, end, kind in doc._.structure.get("blocks", ()):
        while at < len(values) and values[at] < start:
            at += 1
        if kind == "prose" and at < len(values) and values[at] < end:
            yield from (match.span() for match in _compiled(pattern).finditer(norm, start, end))


def _line_layer(doc: Doc) -> Layer:
    lines = doc._.structure.get("blocks", ())
    return Layer([Mark(start, end, kind, "structure") for start, end, kind in lines if kind != "blank" and start < end])


@dataclass(slots=True)
class _Number:
    """A number to link: its metrics by now (`none` where it has none), more ids in case nothing else is known."""

    metrics: list[str]
    linked: int
    rule: str | None = None
    others: list[str] = field(default_factory=list)


def _found(doc: Doc, settings: Settings) -> dict[Span, _Number]:
    by_place: dict[Span, list[dict[str, Any]]] = defaultdict(list)
    for link in doc._.links:
        by_place[link["start"], link["end"]].append(link)
    return {
        place: _Number(
            [link["metric"] or settings.none_label for link in links],
            sum(link["metric"] is not None for link in links),
            links[0]["rule"],
            [link["runner_up"] for link in links if link["runner_up"]],
        )
        for place, links in by_place.items()
    }


def _confirmed(values: Values, settings: Settings) -> dict[Span, _Number]:
    return {
        place: _Number([name or settings.none_label for name in metrics], sum(name is not None for name in metrics))
        for place, metrics in sorted(values.items())
    }


def _link_tasks(
    doc: Doc, settings: Settings, opinions: Opinions, doubts: Doubts, numbers: dict[Span, _Number]
) -> Iterator[Task]:
    text, _ = views(doc)
    names = {metric.id: metric.name_zh for metric in settings.catalogue.metrics}
    data, stratum = about(doc), _stratum(doc)
    sections = {(f["start"], f["end"]): f["section"] for f in doc._.facts}
    reach = settings.tasks["context"]
    for (start, end), number in numbers.items():
        # A number that people moved still is what the linker spoke of.
        seen = next((place for place in opinions if place[0] < end and start < place[1]), (start, end))
        opinion = opinions.get(seen)
        candidates = [*dict.fromkeys([*number.metrics, *(opinion.names if opinion else number.others)])]
        candidates = candidates[: settings.tasks["candidates"]]
        left, right = max(0, start - reach), min(len(text), end + reach)
        shown = f"{text[left:start]}【{text[start:end]}】{text[end:right]}"
        listed = "\n".join(f"{i}. {name} {names.get(name, '')}" for i, name in enumerate(candidates, 1))
        section = sections.get((start, end)) or _heading(doc, start)
        known = number.metrics if number.linked else []
        yield Task(
            kind="links",
            doc_id=doc._.source_id,
            start=start,
            end=end,
            text=f"{section}\n{shown}\n\n{listed}".lstrip("\n"),
            suggested=Layer([Mark(0, 0, name, number.rule if name in known else None) for name in candidates]),
            about={**data, "words": text[start:end], "linked": number.linked},
            score=doubts.of(start, end),
            stratum=stratum,
        )


def _heading(doc: Doc, at: int) -> str:
    headings = [heading["text"] for heading in doc._.structure.get("headings", ()) if heading["start"] <= at]
    return headings[-1] if headings else ""


def _stratum(doc: Doc) -> tuple[str, ...]:
    """Year, form and layout: what a selection is spread over."""
    structure = doc._.structure
    forms = sorted({cell["form"] for cell in doc._.cells})
    layout = "grid" if doc._.grids else "table" if doc._.cells else "prose"
    return str(structure.get("report_year")), "+".join(forms) or "none", layout
