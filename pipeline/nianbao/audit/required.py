"""Sections and tables that the form requires and a report lacks or leaves empty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nianbao.audit.make import Maker
from nianbao.audit.report import Report
from nianbao.catalogue.forms import Forms, Table, han
from nianbao.language.script import normalize
from nianbao.panel.regions import resolve
from nianbao.schema import Fault, Finding, Severity

_MANY = 3
_SHORT = 200
"""A text with fewer characters is no whole report."""

_PRINTED = re.compile(r"[\u3400-\u9fff0-9A-Za-z]")


def required_findings(report: Report, make: Maker, forms: Forms) -> Iterator[Finding]:
    """What the regime of the report's year asks for and is not there."""
    for regime in make.rules.data["required"]:
        first, last = regime["years"]
        if report.year is None or not first <= report.year <= last or not _whole(report) or _by_other_rules(report):
            continue
        norm = normalize(report.text) if report.text is not None else None
        if regime.get("free"):
            yield from _spoken(report, make, forms, regime, norm)
            continue
        absent = list(_tables(report, make, forms, regime, norm))
        if report.headings is None or norm is None:
            if len(absent) == len(regime["tables"]):
                yield make.missing("cut_off", report.row, "", severity="doubt", fault="unknown", sure=0.5)
            else:
                yield from absent
            continue
        sections = regime["sections"]
        ends = _ends(report, sections)
        if ends is None:
            # What stops before its last sections was cut off, by whom is not known.
            if absent:
                last = normalize(report.headings[-1]["text"]) if report.headings else ""
                yield make.missing("cut_off", report.row, last, severity="doubt", fault="unknown", sure=0.5)
            continue
        missing = _missing(report, make, sections, norm)
        if len(missing) >= _MANY:
            # An extract, or another layout: what it lacks is not told one by one.
            said = "、".join(missing)
            yield make.missing("not_by_the_form", report.row, said, severity="doubt", fault="unknown", sure=0.5)
            continue
        yield from absent
        for name in missing:
            yield make.missing("section_missing", report.row, name, severity="error", fault="report", sure=0.9)
        gone = {finding.check for finding in absent} & {"table_missing", "table_unread"}
        yield from _empty(report, make, [one for one in sections if not (gone and one.get("table"))], norm)


def _by_other_rules(report: Report) -> bool:
    return report.agency is not None and resolve(report.agency).level == "university"


def _spoken(
    report: Report, make: Maker, forms: Forms, regime: Mapping[str, Any], norm: str | None
) -> Iterator[Finding]:
    """What a report in a layout of its own says nothing of, where its last part shows that the text is whole."""
    titles = [normalize(heading["text"]) for heading in report.headings or ()]
    if norm is None or len(titles) < make.rules.data["sections_known"]:
        return
    if not any(re.search(regime["ends"], title) for title in titles[1:]):
        return
    missing = [one["name"] for one in regime["sections"] if not re.search(one["text"], norm)]
    if len(missing) >= _MANY:
        said = "、".join(missing)
        yield make.missing("not_by_the_form", report.row, said, severity="doubt", fault="unknown", sure=0.5)
        return
    # A picture or a page that was not read may say it.
    warned = _warned(report, make.rules.data["unread_warnings"])
    for name in missing:
        severity: Severity = "doubt" if warned else "warning"
        fault: Fault = "reading" if warned else "report"
        yield make.missing("part_missing", report.row, name, severity=severity, fault=fault, sure=0.6)
    # A table that the text names is behind it, or a file of its own; labels alone are also words of the prose.
    if not re.search(regime["named"], norm):
        yield from _tables(report, make, forms, regime, None)


def _ends(report: Report, sections: Sequence[Mapping[str, Any]]) -> str | None:
    """The last of the required sections that is a heading, where it is one of the two with which a report ends."""
    titles = [normalize(heading["text"]) for heading in report.headings or () if heading["level"] == 1]
    found = [one["name"] for one in sections[-2:] if any(re.search(one["heading"], title) for title in titles)]
    return found[-1] if found else None


def _whole(report: Report) -> bool:
    """Whether the document can be a whole report: an extract of a few lines lacks everything."""
    if report.text is not None:
        return len(report.text) >= _SHORT
    characters = (report.document or {}).get("characters")
    return characters is not None and characters >= _SHORT


def _missing(report: Report, make: Maker, sections: Sequence[Mapping[str, Any]], norm: str) -> list[str]:
    """The names of those that are neither a heading nor spoken of."""
    titles = [normalize(heading["text"]) for heading in report.headings or ()]
    missing = []
    known = 0
    for section in sections:
        if any(re.search(section["heading"], title) for title in titles):
            known += 1
        elif not re.search(section["text"], norm):
            missing.append(section["name"])
    return missing if known >= make.rules.data["sections_known"] else []


def _empty(report: Report, make: Maker, sections: Sequence[Mapping[str, Any]], norm: str) -> Iterator[Finding]:
    """Required sections with nothing printed before the next heading."""
    headings = sorted(report.headings or (), key=lambda one: int(one["start"]))
    ends = [*(int(one["start"]) for one in headings[1:]), len(norm)]
    for heading, end in zip(headings, ends, strict=True):
        if heading["level"] != 1 or _PRINTED.search(norm, int(heading["end"]), end):
            continue
        name = _named(heading, sections)
        after = next((one for one in headings if int(one["start"]) >= end), None)
        # What follows may be a part of it; only the next required section shows that it has ended.
        ended = after is None or (after["level"] == 1 and _named(after, sections) not in (None, name))
        if name is not None and ended:
            place = f"{report.doc_id}:{heading['start']}-{heading['end']}"
            yield make.missing(
                "section_empty",
                report.row,
                name,
                # Nothing behind the last heading may be the end of what was fetched.
                severity="error" if after is not None else "warning",
                fault="report" if after is not None else "unknown",
                sure=0.9 if after is not None else 0.5,
                quote=heading["text"],
                left_at=[place],
            )


def _named(heading: Mapping[str, Any], sections: Sequence[Mapping[str, Any]]) -> str | None:
    title = normalize(heading["text"])
    return next((one["name"] for one in sections if re.search(one["heading"], title)), None)


def _stretches(report: Report, sections: Sequence[Mapping[str, Any]], norm: str) -> dict[str, str]:
    """Table → what stands under the heading of its section, up to the next required one."""
    named = [(int(one["end"]), int(one["start"]), _named(one, sections)) for one in report.headings or ()]
    tops = sorted((end, start, name) for end, start, name in named if name is not None)
    found = {}
    for section in sections:
        at = [n for n, (_, _, name) in enumerate(tops) if name == section["name"]]
        if section.get("table") and at:
            # The same words head a part of the prose before; the form's own section is the last.
            last = at[-1]
            end = next((start for _, start, name in tops[last + 1 :] if name != section["name"]), len(norm))
            found[section["table"]] = norm[tops[last][0] : end]
    return found


def _tables(
    report: Report, make: Maker, forms: Forms, regime: Mapping[str, Any], norm: str | None
) -> Iterator[Finding]:
    warned = _warned(report, make.rules.data["unread_warnings"])
    read = {fact.metric for fact in report.facts if fact.basis == "table"}
    titles = regime["tables"]
    stretches = {} if norm is None else _stretches(report, regime["sections"], norm)
    wanted = [table for table in forms.tables if table.name in titles]
    # Where several are gone, whoever fetched the page may have lost them; a table behind a report of free layout is
    # often a file of its own.
    alone = not regime.get("free") and sum(bool(read & _metrics(table)) for table in wanted) >= len(wanted) - 1
    for table in wanted:
        metrics = _metrics(table)
        cells = [fact for fact in report.facts if fact.basis == "table" and fact.metric in metrics]
        title = titles[table.name]
        if cells and all(fact.status == "blank" for fact in cells):
            fault, sure = ("reading", 0.6) if warned else ("report", 0.9)
            yield make.missing(
                "table_empty", report.row, title, severity="doubt" if warned else "warning", fault=fault, sure=sure,  # type: ignore[arg-type]
                left_at=[f"{report.doc_id}:{cells[0].start}-{cells[0].end}"],
            )  # fmt: skip
        elif not cells and (
            warned or _labels(table, stretches.get(table.name, norm)) >= make.rules.data["labels_known"]
        ):
            yield make.missing("table_unread", report.row, title, severity="doubt", fault="reading", sure=0.8)
        elif not cells:
            if alone and norm is not None:
                yield make.missing("table_missing", report.row, title, severity="error", fault="report", sure=0.8)
            else:
                graver: Severity = "doubt" if regime.get("free") else "warning"
                yield make.missing("table_missing", report.row, title, severity=graver, fault="unknown", sure=0.5)


def _metrics(table: Table) -> set[str]:
    return {metric for form in table.forms for metric in table.metrics(form)}


def _labels(table: Table, norm: str | None) -> int:
    text = han(norm or "")
    labels = {*table.anchors, *(key for row in table.rows for key in row.keys if not row.weak)}
    return sum(len(label) > 3 and label in text for label in map(han, labels))


def _warned(report: Report, names: Sequence[str]) -> bool:
    warnings = (report.document or {}).get("warnings") or ()
    return any(str(warning).partition(":")[0] in names for warning in warnings)
