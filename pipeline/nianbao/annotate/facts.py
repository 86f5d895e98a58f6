"""Facts of corrected spans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from nianbao.annotate.marks import Layer, Mark
from nianbao.annotate.places import JudgedStretch
from nianbao.catalogue import Catalogue
from nianbao.language.measures import read_measures
from nianbao.language.numerals import Numeral, find_numerals
from nianbao.language.script import normalize

Decisions = dict[tuple[str, int, int], list[str | None]]
"""(doc_sha256, start, end) of a number in its document → the metrics that people chose; [None]: none fits."""


def carry_facts(
    catalogue: Catalogue, text: str, marks: Iterable[Mark], suggested: Layer, report_year: int | None
) -> list[Mark]:
    """The marks, VALUEs with their facts.

    A VALUE that was suggested keeps the suggestion's facts. One that people moved takes over those of the suggestion
    it lies on, with the number read anew from its own words. One that people added has its number and no metric.
    """
    before = {mark.key: mark for mark in suggested.marks}
    kept = list(marks)
    gone = [m for m in suggested.marks if m.label == "VALUE" and m.start < m.end and m.key not in {k.key for k in kept}]
    numerals: list[Numeral] | None = None
    done = []
    for mark in kept:
        known = before.get(mark.key)
        if known is not None:
            done.append(known)
            continue
        if mark.label == "VALUE":
            if numerals is None:
                numerals = find_numerals(catalogue.compiled(read_measures), normalize(text))
            mark = Mark(*mark.key, None, _facts(mark, gone, numerals, report_year))
        done.append(mark)
    # Blank cells have no characters: no annotator sees them, and none can have meant to take them away.
    done += [m for m in suggested.marks if m.start == m.end]
    return sorted(done, key=lambda mark: mark.key)


def _facts(mark: Mark, gone: list[Mark], numerals: list[Numeral], report_year: int | None) -> list[dict[str, Any]]:
    number = next((n for n in numerals if mark.start <= n.start and n.end <= mark.end), None)
    moved = next((m for m in gone if m.start < mark.end and mark.start < m.end), None)
    fresh = {
        "metric": None,
        "applicant": None,
        "value": None if number is None else number.value,
        "qualifier": "exact" if number is None else number.qualifier,
        "status": "stated" if number is None else "reported",
        "year": report_year or None,
        "scope": None,
        "basis": "prose",
    }
    if moved is None:
        return [fresh]
    numeral = {} if number is None else {name: fresh[name] for name in ("value", "qualifier", "status")}
    return [{**fact, **numeral} for fact in moved.facts] or [fresh]


def decide(catalogue: Catalogue, place: JudgedStretch, decisions: Decisions) -> None:
    """Puts the metrics that people chose into the facts of the place's VALUEs."""
    by_applicant = {metric.id for metric in catalogue.metrics if metric.by_applicant}
    for mark in place.layer.marks:
        key = (place.about["doc_sha256"], place.start + mark.start, place.start + mark.end)
        chosen = decisions.get(key)
        if mark.label != "VALUE" or chosen is None or not mark.facts:
            continue
        facts = []
        for metric in chosen:
            fact = next((f for f in mark.facts if f["metric"] == metric), None)
            if fact is None:
                dimension = metric in by_applicant
                applicant = next((f["applicant"] for f in mark.facts if f["applicant"]), "total") if dimension else None
                fact = {**mark.facts[0], "metric": metric, "applicant": applicant}
            facts.append(fact)
        mark.facts = facts


def fact_lines(parts: Iterable[JudgedStretch]) -> list[dict[str, Any]]:
    """One line a document, in the layout of the contract's gold files, and which stretches of it were judged.

    Facts of the same metric, applicant, year, scope and value are listed once.
    """
    documents: dict[str, list[JudgedStretch]] = defaultdict(list)
    for part in parts:
        documents[part.doc_id].append(part)
    return [_document(name, documents[name]) for name in sorted(documents)]


def _document(name: str, parts: list[JudgedStretch]) -> dict[str, Any]:
    about = parts[0].about
    facts: dict[tuple[Any, ...], dict[str, Any]] = {}
    headings = []
    for part in parts:
        words = {mark.key: part.text[mark.start : mark.end] for mark in part.layer.marks}
        names = {value: words[metric] for metric, value in part.layer.relations if metric[2] == "METRIC"}
        for mark in part.layer.marks:
            if mark.label.startswith("HEADING"):
                headings.append({"level": int(mark.label.removeprefix("HEADING")), "text": words[mark.key]})
            for fact in mark.facts if mark.label == "VALUE" else ():
                if fact["metric"] is None:
                    continue
                evidence = " | ".join(filter(None, (names.get(mark.key), words[mark.key])))
                key = tuple(fact[column] for column in ("metric", "applicant", "year", "scope", "value"))
                facts.setdefault(key, {**fact, "evidence": evidence})
    return {
        "doc": name,
        "is_report": about["is_report"],
        "agency": about["agency"] or None,
        "report_year": about["report_year"] or None,
        "headings": headings,
        "facts": list(facts.values()) if about["is_report"] else [],
        "judged": [[part.start, part.end] for part in parts],
        "whole": sum(part.end - part.start for part in parts) == about["doc_length"],
    }
