"""From the annotated text to the report that leaves: facts, headings, lines, spans, the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nianbao.simulate.annotated import Annotated, Span
from nianbao.simulate.document import HEADING
from nianbao.simulate.facts import (
    AGENCY,
    BLANK,
    METRIC,
    OTHER,
    PERIOD,
    SCOPE,
    STATED,
    VALUE,
    MentionData,
    NumberSlot,
)
from nianbao.simulate.html import to_html
from nianbao.simulate.layouts import KIND
from nianbao.simulate.report import SimulatedFact, SimulatedHeading, SimulatedLine, SimulatedReport, SimulatedSpan
from nianbao.simulate.world import World

_TABLE_KINDS = frozenset({"caption", "column_head", "row_label", "unit", "value", "note"})


def finish(name: str, text: Annotated, world: World, meta: dict[str, Any], is_report: bool) -> SimulatedReport:
    """The report with everything that its text's spans say."""
    mentions = {id(span.data): span for span in text.labelled(METRIC)}
    segments = [SimulatedLine(span.start, span.end, span.data) for span in text.labelled(KIND)]
    segments.sort(key=lambda one: one.start)
    facts = _facts(text, mentions, world) if is_report else []
    headings = [
        SimulatedHeading(span.data, text.text[span.start : span.end], span.start, span.end)
        for span in text.labelled(HEADING)
    ]
    return SimulatedReport(
        id=name,
        text=text.text,
        is_report=is_report,
        agency=world.agency.name if is_report else None,
        report_year=world.period.year if is_report else None,
        facts=facts,
        headings=headings if is_report else [],
        lines=_lines(text.text, segments),
        segments=segments,
        spans=_spans(text),
        html=to_html(text) if meta["layout"] == "html" else None,
        meta=meta,
    )


def _facts(text: Annotated, mentions: dict[int, Span], world: World) -> list[SimulatedFact]:
    facts = []
    for span in text.labelled(VALUE, STATED, BLANK):
        for slot in span.data if span.label == STATED else [span.data]:
            mention = mentions.get(id(slot.mention)) if slot.mention else None
            facts.append(_fact(text.text, span, slot, mention, world))
            for metric in slot.implied:
                applicant = world.applicant_of(slot, metric)
                facts.append(
                    replace(facts[-1], metric=metric, applicant=applicant, unit=world.unit_of(metric), optional=True)
                )
    facts.sort(key=lambda fact: fact.start)
    return facts


def _fact(text: str, span: Span, slot: NumberSlot, mention: Span | None, world: World) -> SimulatedFact:
    value_text = text[span.start : span.end]
    if slot.basis == "table":
        label = text[mention.start : mention.end] if mention else ""
        evidence = f"{label} | {value_text}"
    else:
        first, last = span.start, span.end
        if mention:
            first, last = min(first, mention.start), max(last, mention.end)
        evidence = text[first:last]
    return SimulatedFact(
        metric=slot.metric,
        applicant=world.applicant_of(slot),
        year=slot.year,
        value=None if slot.value is None else float(slot.value),
        qualifier=slot.qualifier,
        status=slot.status,
        basis=slot.basis,
        scope=slot.scope,
        evidence=evidence,
        value_text=value_text,
        unit=world.unit_of(slot.metric),
        start=span.start,
        end=span.end,
        metric_start=mention.start if mention else None,
        metric_end=mention.end if mention else None,
        optional=_optional(slot),
    )


def _optional(slot: NumberSlot) -> bool:
    """Parts always; in prose also the items of the year before and their change, which readers date differently."""
    if slot.scope:
        return True
    return slot.basis == "prose" and slot.metric.endswith((".items_previous_year", ".items_change"))


def _spans(text: Annotated) -> list[SimulatedSpan]:
    spans = []
    for span in text.labelled(METRIC, VALUE, STATED, PERIOD, SCOPE, AGENCY, OTHER):
        out = SimulatedSpan(span.start, span.end, span.label)
        data = span.data
        if isinstance(data, MentionData):
            out.metric, out.applicant = data.metric or None, data.applicant
        elif isinstance(data, NumberSlot):
            out.metric, out.applicant, out.year = data.metric, data.applicant, data.year
        elif span.label == PERIOD:
            out.year = data
        elif span.label == OTHER:
            out.kind = data.kind
        spans.append(out)
    spans.sort(key=lambda one: (one.start, one.end, one.label))
    return spans


def _lines(text: str, segments: list[SimulatedLine]) -> list[SimulatedLine]:
    """The lines that are not empty, each of the kind of its segments."""
    lines = []
    at = index = 0
    for line in text.split("\n"):
        end = at + len(line)
        while index < len(segments) and segments[index].end <= at:
            index += 1
        kinds = []
        look = index
        while look < len(segments) and segments[look].start < end:
            kinds.append(segments[look].kind)
            look += 1
        if line.strip():
            lines.append(SimulatedLine(at, end, _kind(kinds)))
        at = end + 1
    return lines


def _kind(kinds: list[str]) -> str:
    if not kinds:
        return "table"  # what layouts put between cells: pipes and dashes
    if len(set(kinds)) == 1:
        return kinds[0]
    return "table" if _TABLE_KINDS.issuperset(kinds) else "mixed"
